// A rendered project, as a list of files and as a difference from a folder.
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
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
  let text = '';
  for (const { path } of renderedFiles(rendered)) {
    const before = join(target, path);
    const after = join(rendered, path);
    const exists = existsSync(before);
    if (exists && readFileSync(before).equals(readFileSync(after))) continue;
    const args = ['diff', '--no-index', '--no-ext-diff', '--', exists ? before : '/dev/null', after];
    const { stdout } = await run('git', args);
    text += stdout.replaceAll(after, `/${path}`).replaceAll(before, `/${path}`);
  }
  return text;
}
