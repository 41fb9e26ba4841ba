// The folder that a project goes into: what may be there already, a place to render beside it, and the one step that moves it in.
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, rmdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** The folder cannot take a project. */
export class TargetError extends Error {
  override readonly name = 'TargetError';
}

/** How many names a message lists. */
const NAMED = 10;

/** @throws TargetError when something stands in the way of a project there */
export function checkTarget(dir: string): void {
  if (!existsSync(dir)) return;
  if (!statSync(dir).isDirectory()) throw new TargetError(`${dir} is a file: name a folder that is new or empty.`);
  const inTheWay = readdirSync(dir).filter((name) => name !== '.git');
  if (inTheWay.length === 0) return;
  const more = inTheWay.length > NAMED ? ` and ${inTheWay.length - NAMED} more` : '';
  throw new TargetError(
    `${dir} is not empty: ${inTheWay.slice(0, NAMED).join(', ')}${more} stand in the way. Name a folder that is new or empty; --diff shows how it differs.`,
  );
}

/** A folder beside the target that a project is rendered into; it is gone, or has become the target, when its user is done. */
export class Staging {
  readonly dir: string;
  private readonly madeParent: string | undefined;

  /** @throws TargetError when nothing can be written beside the target */
  constructor(private readonly target: string) {
    const parent = dirname(target);
    try {
      this.madeParent = mkdirSync(parent, { recursive: true });
      this.dir = join(parent, `.${basename(target)}-${randomUUID()}`);
      mkdirSync(this.dir); // not mkdtemp, whose folders only their owner may enter
    } catch (error) {
      throw new TargetError(
        `Nothing can be written in ${parent}: ${error instanceof Error ? error.message : String(error)}.`,
      );
    }
  }

  /** Makes the staged project the target. An empty folder stays the same folder: someone may be standing in it. */
  moveIn(): void {
    if (!existsSync(this.target)) {
      renameSync(this.dir, this.target);
      return;
    }
    checkTarget(this.target);
    const moved: string[] = [];
    try {
      for (const name of readdirSync(this.dir)) {
        renameSync(join(this.dir, name), join(this.target, name));
        moved.push(name);
      }
    } catch (error) {
      for (const name of moved) renameSync(join(this.target, name), join(this.dir, name));
      throw error;
    }
  }

  /** Removes what is left: everything, unless the project has moved in. Of the parents, those that it made and nobody uses. */
  remove(): void {
    rmSync(this.dir, { recursive: true, force: true });
    if (this.madeParent === undefined) return;
    for (let dir = dirname(this.target); dir.startsWith(this.madeParent); dir = dirname(dir)) {
      if (readdirSync(dir).length > 0) return;
      rmdirSync(dir);
    }
  }
}
