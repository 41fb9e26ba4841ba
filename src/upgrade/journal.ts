// Writes many files as one: everything is staged and journalled, then renamed into place; what was interrupted is finished later.
import { createHash } from 'node:crypto';
import { basename, dirname, join, sep } from 'node:path';
import { disk, type Disk } from './disk';
import type { Action } from './plan';

/** Where a transaction is prepared, below the project; the name keeps tools and git away from it. */
export const PENDING_FOLDER = '.drone-mlops/pending';

const JOURNAL = 'journal.json';

interface Step {
  /** Below the project. */
  readonly path: string;
  /** Its name among the staged; none where the path is to go. */
  readonly staged?: string;
  /** SHA-256 of what was there when it was planned; none when nothing was. */
  readonly before?: string;
}

/**
 * Does all actions or none: from the moment the journal is in place, whoever comes next finishes it.
 * @param root the project; nothing outside it is written
 */
export function commit(root: string, actions: readonly Action[], on: Disk = disk): void {
  if (actions.length === 0) return;
  const pending = join(root, PENDING_FOLDER);
  on.removeFolder(pending);
  on.makeFolder(pending);
  const steps = actions.map((action, i): Step => {
    const before = hashOf(on.read(join(root, action.path)));
    const common = { path: action.path, ...(before === undefined ? {} : { before }) };
    if (action.do === 'remove') return common;
    const staged = String(i);
    on.write(join(pending, staged), action.bytes, action);
    return { ...common, staged };
  });
  on.write(join(pending, `${JOURNAL}.part`), Buffer.from(JSON.stringify(steps)), PLAIN);
  on.rename(join(pending, `${JOURNAL}.part`), join(pending, JOURNAL));
  finish(root, steps, on);
}

const PLAIN = { executable: false, readonly: false };

/**
 * Finishes what an interrupted {@link commit} had decided, or drops what it had not.
 * @returns paths that were changed in the meantime: they were kept, and what was to be written lies beside them
 */
export function recover(root: string, on: Disk = disk): string[] {
  const pending = join(root, PENDING_FOLDER);
  const journal = on.read(join(pending, JOURNAL));
  if (journal === undefined) {
    on.removeFolder(pending);
    return [];
  }
  // Written by commit, in one piece.
  return finish(root, JSON.parse(journal.toString()) as Step[], on);
}

function finish(root: string, steps: readonly Step[], on: Disk): string[] {
  const pending = join(root, PENDING_FOLDER);
  const kept: string[] = [];
  const made = new Set<string>();
  for (const { path, staged, before } of steps) {
    const target = join(root, path);
    const source = staged === undefined ? undefined : join(pending, staged);
    if (source !== undefined && !on.exists(source)) continue; // in place already
    const unchanged = hashOf(on.read(target)) === before;
    if (source === undefined) {
      if (unchanged) removeFile(root, target, made, on);
      continue;
    }
    if (!unchanged) kept.push(path);
    if (!made.has(dirname(target))) on.makeFolder(dirname(target));
    made.add(dirname(target));
    on.rename(source, unchanged ? target : `${target}.new`);
  }
  // First the journal: what is done must not be done again to a project that has moved on.
  on.removeFile(join(pending, JOURNAL));
  on.removeFolder(pending);
  return kept;
}

/** Removes a file, and folders that are empty without it. */
function removeFile(root: string, file: string, made: Set<string>, on: Disk): void {
  on.removeFile(file);
  for (let dir = dirname(file); dir.startsWith(root + sep) && basename(dir) !== '.git'; dir = dirname(dir)) {
    if (!on.removeEmptyFolder(dir)) return;
    made.delete(dir);
  }
}

function hashOf(bytes: Buffer | undefined): string | undefined {
  return bytes && createHash('sha256').update(bytes).digest('hex');
}
