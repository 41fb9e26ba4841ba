// Files below a folder.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Paths of every file below a folder, sorted. */
export async function glob(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
