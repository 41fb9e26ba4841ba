// The team's side of a root, as it is on the disk.
import { lstatSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { TeamFile, TeamFiles } from './plan';

/** What lies in a project and is not the team's to move files into. */
const NOT_TEAM = new Set(['node_modules', '.git', 'dist', '.drone-mlops', '.rehearsal']);

/**
 * Reads a root's files; each is read once.
 * @param elsewhere folders in it that are roots of their own
 */
export function teamFilesIn(root: string, elsewhere: readonly string[]): TeamFiles {
  const known = new Map<string, TeamFile | undefined>();
  const folders = new Map<string, boolean>([['.', true]]);
  let listed: string[] | undefined;

  /** Whether a folder is one, or is not there: a link in its place leads elsewhere. */
  const isFolder = (path: string): boolean => {
    const before = folders.get(path);
    if (before !== undefined) return before;
    const found = lstatSync(join(root, path), { throwIfNoEntry: false });
    const is = isFolder(dirname(path)) && (found === undefined || found.isDirectory());
    folders.set(path, is);
    return is;
  };
  const read = (path: string): TeamFile | undefined => {
    if (!isFolder(dirname(path))) return { kind: 'other' };
    const found = lstatSync(join(root, path), { throwIfNoEntry: false });
    if (!found) return undefined;
    if (!found.isFile()) return { kind: 'other' };
    const [executable, writable] = [0o111, 0o200].map((bits) => (found.mode & bits) !== 0);
    const bytes = readFileSync(join(root, path));
    return { kind: 'file', bytes, executable: executable ?? false, writable: writable ?? true };
  };
  const below = (folder: string): string[] =>
    readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (NOT_TEAM.has(entry.name) || elsewhere.includes(path)) return [];
      return entry.isDirectory() ? below(path) : entry.isFile() ? [path] : [];
    });

  return {
    read(path) {
      if (!known.has(path)) known.set(path, read(path));
      return known.get(path);
    },
    list: () => (listed ??= lstatSync(root, { throwIfNoEntry: false })?.isDirectory() ? below('').sort() : []),
  };
}

/** The same files with some of them changed. */
export function withChanges(team: TeamFiles, changes: ReadonlyMap<string, Buffer>): TeamFiles {
  return {
    read(path) {
      const bytes = changes.get(path);
      const before = team.read(path);
      if (bytes === undefined) return before;
      return before?.kind === 'file'
        ? { ...before, bytes }
        : { kind: 'file', bytes, executable: false, writable: true };
    },
    list: () => [...new Set([...team.list(), ...changes.keys()])].sort(),
  };
}
