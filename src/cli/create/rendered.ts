// A rendered project, as a list of files and as a difference from a folder.
import { readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { run } from '../../process';

/** Not part of what is generated. */
const NOT_GENERATED = new Set(['node_modules', '.git', 'package-lock.json']);

export interface RenderedFile {
  /** Path below the project, with `/`. */
  readonly path: string;
  readonly bytes: number;
}

/** The files of a rendered project, sorted by path. */
export function renderedFiles(dir: string): RenderedFile[] {
  const below = (folder: string): string[] =>
    readdirSync(folder, { withFileTypes: true })
      .filter(({ name }) => !NOT_GENERATED.has(name))
      .flatMap((entry) => (entry.isDirectory() ? below(join(folder, entry.name)) : [join(folder, entry.name)]));
  return below(dir)
    .map((file) => ({ path: relative(dir, file), bytes: statSync(file).size }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** How a folder's files differ from the rendered ones, as `git diff` shows it; files that were not rendered are left out. */
export async function differences(target: string, rendered: string): Promise<string> {
  const parts: string[] = [];
  for (const { path } of renderedFiles(rendered)) {
    const args = ['diff', '--no-index', '--no-ext-diff', '--', exists(join(target, path)), join(rendered, path)];
    const { stdout } = await run('git', args);
    parts.push(stdout.replaceAll(join(rendered, path), `/${path}`).replaceAll(join(target, path), `/${path}`));
  }
  return parts.join('');
}

function exists(file: string): string {
  return statSync(file, { throwIfNoEntry: false }) ? file : '/dev/null';
}
