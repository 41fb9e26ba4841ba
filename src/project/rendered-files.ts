// Files that projen rendered into a folder.
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { FileContent } from '../upgrade';

/**
 * The files of a folder, by path below it, with `/`.
 * @param elsewhere folders below it that are left out
 */
export function renderedFiles(dir: string, elsewhere: readonly string[]): Map<string, FileContent> {
  const found = new Map<string, FileContent>();
  const visit = (folder: string): void => {
    for (const entry of readdirSync(join(dir, folder), { withFileTypes: true })) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory() && !elsewhere.includes(path)) visit(path);
      if (!entry.isFile()) continue;
      const file = join(dir, path);
      found.set(path, { bytes: readFileSync(file), executable: (statSync(file).mode & 0o100) !== 0 });
    }
  };
  visit('');
  return found;
}
