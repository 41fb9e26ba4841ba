// Files that belong to the team: generated once, and merged with each generation after that.
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { FileContent } from '../upgrade';

/**
 * What lies in a seed package's folder and is not seed: its installation, its build, and tests that train for minutes, which a
 * team's builds need not repeat.
 */
const NOT_SEED = new Set(['node_modules', 'dist', '__pycache__', 'vendor', 'package-lock.json', 'acceptance']);

/** Any of the three bits that let someone execute a file. */
const EXECUTABLE = 0o111;

/** What a root hands to its team. */
export class OwnedFiles {
  private readonly folders: string[] = [];
  private readonly texts = new Map<string, string>();

  /** Adds each file below a folder, hidden ones aside. */
  addFolder(source: string): void {
    this.folders.push(source);
  }

  addText(path: string, text: string): void {
    this.texts.set(path, text);
  }

  /** By path below the root, with `/`. */
  contents(): Map<string, FileContent> {
    const contents = new Map<string, FileContent>();
    for (const folder of this.folders) {
      for (const file of filesBelow(folder)) {
        const executable = (statSync(file).mode & EXECUTABLE) !== 0;
        contents.set(relative(folder, file).replaceAll(sep, '/'), { bytes: readFileSync(file), executable });
      }
    }
    for (const [path, text] of this.texts) contents.set(path, { bytes: Buffer.from(text), executable: false });
    return contents;
  }
}

function filesBelow(dir: string): string[] {
  return readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
    if (NOT_SEED.has(entry.name) || entry.name.startsWith('.')) return [];
    const path = join(dir, entry.name);
    return entry.isDirectory() ? filesBelow(path) : entry.isFile() ? [path] : [];
  });
}
