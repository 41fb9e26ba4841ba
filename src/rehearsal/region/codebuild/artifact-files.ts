// Which files a build leaves: the globs of a buildspec's artifacts.
// Source: CodeBuild User Guide, "Build specification reference", artifacts/files.
import { readdirSync, statSync } from 'node:fs';
import { basename, join, relative, sep } from 'node:path';
import type { ArtifactFiles } from './buildspec';

/** Nothing is where the buildspec says that something is. */
export class NoArtifactError extends Error {
  override readonly name = 'NoArtifactError';
}

/** A file to upload, and the path that it has in the artifact. */
export interface ArtifactFile {
  readonly file: string;
  readonly path: string;
}

/**
 * @param source the folder that the build's source was in
 * @throws NoArtifactError when the base folder, or every file, is missing
 */
export function findArtifacts(source: string, wanted: ArtifactFiles): ArtifactFile[] {
  const base = join(source, wanted.baseDirectory);
  if (relative(source, base).startsWith('..') || !statSync(base, { throwIfNoEntry: false })?.isDirectory()) {
    throw new NoArtifactError(`no matching base directory path found for ${wanted.baseDirectory}`);
  }
  const includes = wanted.files.map(glob);
  const excludes = wanted.exclude.map(glob);
  const found = readdirSync(base, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => ({ file, path: relative(base, file).split(sep).join('/') }))
    .filter(({ path }) => includes.some((one) => one.test(path)) && !excludes.some((one) => one.test(path)))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  if (found.length === 0) throw new NoArtifactError(`no matching artifact paths found for ${wanted.files.join(', ')}`);
  return wanted.discardPaths ? found.map(({ file, path }) => ({ file, path: basename(path) })) : found;
}

/** `**` stands for any folders, `*` for any part of a name, `?` for one character. */
function glob(pattern: string): RegExp {
  const source = pattern
    .replace(/^\.\//, '')
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*\*\/|\*\*|\*|\?/g, (part) =>
      part === '**/' ? '(?:.*/)?' : part === '**' ? '.*' : part === '*' ? '[^/]*' : '[^/]',
    );
  return new RegExp(`^${source}$`, 's');
}
