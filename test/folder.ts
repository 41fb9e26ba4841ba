// Temporary folders, and what they hold.
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';

const made: string[] = [];

afterAll(() => {
  for (const dir of made) rmSync(dir, { recursive: true, force: true });
});

/** A new folder, removed after the tests of the file. */
export function temporaryFolder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'drone-mlops-test-'));
  made.push(dir);
  return dir;
}

/** The text of every file below a folder, by path. */
export function filesIn(dir: string): Record<string, string> {
  const entries = readdirSync(dir, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((file) => [relative(dir, file), readFileSync(file, 'latin1')] as const);
  return Object.fromEntries(entries);
}
