// A folder in YOLO layout: which images it holds, and which label file belongs to each.
import { readdir, stat } from 'node:fs/promises';
import { extname, join, posix, relative, sep } from 'node:path';
import { isClassList, readClassNames } from './class-names';
import { DataFolderError } from './errors';

export interface FolderImage {
  /** Inside the folder, with `/`. */
  readonly path: string;
  /** Path of the image's file. */
  readonly file: string;
  /** Path of its label file; null when there is none. */
  readonly labelFile: string | null;
}

export interface DataFolder {
  /** Sorted by path. */
  readonly images: readonly FolderImage[];
  /** Class names by number; null when the folder states none. */
  readonly classes: readonly string[] | null;
  /** Label files that belong to no image. */
  readonly labelsWithoutImage: readonly string[];
  /** Images of a format that is not read here. */
  readonly unsupported: readonly string[];
}

const READ = new Set(['.jpg', '.jpeg', '.png', '.tif', '.tiff', '.webp']);
const NOT_READ = new Set(['.bmp', '.dng', '.gif', '.heic', '.heif', '.jp2', '.avif', '.mpo', '.pfm']);

/**
 * Finds images and their labels: `labels/…/X.txt` for `images/…/X.jpg` as Ultralytics has it, else `X.txt` beside the image.
 * Extensions may be in capitals; hidden files are passed over; links to files are followed.
 * @param labelFolder what stands for `images` in a label file's path; VisDrone says `annotations`
 * @throws DataFolderError when there is no such folder, no image in it, or its classes are not stated well
 */
export async function scanFolder(dir: string, labelFolder = 'labels'): Promise<DataFolder> {
  const files = await listFiles(dir);
  const byExtension = (known: ReadonlySet<string>): string[] => files.filter((file) => known.has(extension(file)));
  const texts = new Map(
    files.filter((file) => extension(file) === '.txt' && !isClassList(file)).map((file) => [stem(file), file]),
  );
  const found = byExtension(READ);
  if (found.length === 0) {
    throw new DataFolderError(
      `${dir} holds no images (${[...READ].join(', ')}): give the folder that holds images/ and labels/.`,
    );
  }
  const used = new Set<string>();
  const images = found.map((path): FolderImage => {
    const label = labelStems(path, labelFolder).flatMap((candidate) => texts.get(candidate) ?? [])[0];
    if (label !== undefined) used.add(label);
    return { path, file: join(dir, path), labelFile: label === undefined ? null : join(dir, label) };
  });
  const labelFolders = new Set(
    images.flatMap(({ path }) => labelStems(path, labelFolder).map((candidate) => posix.dirname(candidate))),
  );
  return {
    images,
    classes: await readClassNames(dir, files),
    labelsWithoutImage: [...texts.values()].filter((file) => !used.has(file) && labelFolders.has(posix.dirname(file))),
    unsupported: byExtension(NOT_READ),
  };
}

/** Extension in small letters, with its dot. */
export function extension(path: string): string {
  return extname(path).toLowerCase();
}

function stem(path: string): string {
  return path.slice(0, path.length - extname(path).length);
}

/** Where an image's labels may be, in order, without the extension. */
export function labelStems(path: string, labelFolder = 'labels'): string[] {
  const beside = stem(path);
  const at = `/${beside}`.lastIndexOf('/images/');
  return at < 0 ? [beside] : [`${beside.slice(0, at)}${labelFolder}/${beside.slice(at + 'images/'.length)}`, beside];
}

/** Every file below `dir` that is not hidden, by its path with `/`, sorted by code units so that the order is the same everywhere. */
async function listFiles(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
    throw new DataFolderError(
      `${dir} cannot be read as a folder: ${(error as NodeJS.ErrnoException).code ?? 'unknown reason'}.`,
    );
  });
  const files: string[] = [];
  for (const entry of entries) {
    const file = join(entry.parentPath, entry.name);
    const path = relative(dir, file).split(sep).join('/');
    if (path.split('/').some((part) => part.startsWith('.') || part === '__MACOSX')) continue;
    const isFile = entry.isSymbolicLink() ? (await stat(file)).isFile() : entry.isFile();
    if (isFile) files.push(path);
  }
  return files.sort((a, b) => (a < b ? -1 : 1));
}
