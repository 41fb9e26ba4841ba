// A folder in YOLO layout: which images it holds, and which label file belongs to each.
import { extname, posix } from 'node:path';
import { isClassList, readClassNames, textOf } from './class-names';
import { DataFolderError } from './errors';
import { localPlace, type Place } from './place';

export interface FolderImage {
  /** Inside the folder, with `/`. */
  readonly path: string;
  /** Its label file, inside the folder; null when there is none. */
  readonly labels: string | null;
}

export interface DataFolder {
  readonly place: Place;
  /** Of every file, by its path: changes when the file does. */
  readonly stamps: ReadonlyMap<string, string>;
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
 * @param where a folder's path, or a place
 * @param labelFolder what stands for `images` in a label file's path; VisDrone says `annotations`
 * @throws DataFolderError when there is no such folder, no image in it, or its classes are not stated well
 */
export async function scanFolder(where: string | Place, labelFolder = 'labels'): Promise<DataFolder> {
  const place = typeof where === 'string' ? localPlace(where) : where;
  const stamps = new Map((await place.list()).map(({ path, stamp }) => [path, stamp]));
  const files = [...stamps.keys()];
  const byExtension = (known: ReadonlySet<string>): string[] => files.filter((file) => known.has(extension(file)));
  const texts = new Map(
    files.filter((file) => extension(file) === '.txt' && !isClassList(file)).map((file) => [stem(file), file]),
  );
  const found = byExtension(READ);
  if (found.length === 0) {
    throw new DataFolderError(
      `${place.name} holds no images (${[...READ].join(', ')}): give the folder that holds images/ and labels/.`,
    );
  }
  const used = new Set<string>();
  const images = found.map((path): FolderImage => {
    const label = labelStems(path, labelFolder).flatMap((candidate) => texts.get(candidate) ?? [])[0];
    if (label !== undefined) used.add(label);
    return { path, labels: label ?? null };
  });
  const labelFolders = new Set(
    images.flatMap(({ path }) => labelStems(path, labelFolder).map((candidate) => posix.dirname(candidate))),
  );
  return {
    place,
    stamps,
    images,
    classes: await readClassNames(place, files),
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

/** The text of an image's label file; null when it has none. */
export async function labelText({ place }: DataFolder, { labels }: FolderImage): Promise<string | null> {
  return labels === null ? null : textOf(await place.read(labels));
}
