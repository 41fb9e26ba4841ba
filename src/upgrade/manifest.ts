// package.json, read before anything else reads it: npm and Node would tell of a spoilt one by a stack.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** JSON that a team may edit cannot be read. */
export class UnreadableJsonError extends Error {
  override readonly name = 'UnreadableJsonError';

  /** @param file as a person names it */
  constructor(file: string, text: string, { message }: SyntaxError) {
    super(`${file}${lineOf(text, message)} cannot be read (${message}): mend it, then run again.`);
    this.stack = `${this.name}: ${this.message}`; // what is printed of an error that `.projenrc.ts` throws
  }
}

/** @throws UnreadableJsonError when the folder has a package.json that is no JSON, such as one with conflict markers */
export function checkManifest(dir: string): void {
  const file = join(dir, 'package.json');
  if (!existsSync(file)) return;
  const text = readFileSync(file, 'utf8');
  try {
    JSON.parse(text);
  } catch (error) {
    throw new UnreadableJsonError(file, text, error as SyntaxError); // JSON.parse throws nothing else
  }
}

/** `:12`, where the message says at which character the reader stopped. */
function lineOf(text: string, message: string): string {
  const position = /position (\d+)/.exec(message)?.[1];
  return position === undefined ? '' : `:${text.slice(0, Number(position)).split('\n').length}`;
}
