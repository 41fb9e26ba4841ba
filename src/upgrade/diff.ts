// Differences as `git diff` shows them.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { runSync } from '../process';

/** A file before and after; none where there is no file. */
export interface FileChange {
  readonly path: string;
  readonly before?: Buffer;
  readonly after?: Buffer;
}

/**
 * One text with the differences of all files.
 * @throws ProcessStartError when there is no git
 */
export function diffOf(changes: readonly FileChange[]): string {
  const dir = mkdtempSync(join(tmpdir(), 'drone-mlops-diff-'));
  try {
    for (const side of ['a', 'b']) mkdirSync(join(dir, side));
    for (const { path, before, after } of changes) {
      if (before) place(join(dir, 'a', path), before);
      if (after) place(join(dir, 'b', path), after);
    }
    // Without prefixes: the folders are called as git would call the sides.
    const args = ['diff', '--no-index', '--no-ext-diff', '--no-color', '--no-prefix', '--', 'a', 'b'];
    return runSync('git', args, dir).stdout.toString();
  } finally {
    rmSync(dir, { recursive: true });
  }
}

function place(file: string, bytes: Buffer): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, bytes);
}
