// Where a conversion goes: written beside the target and moved there at the end; in a bucket, images first and labels last.
import { constants, existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { localPlace, nameOf, type Place } from '../dataset';
import { FormatError } from './errors';
import { fileOf } from './image-files';
import type { LabelledImage } from './labelled-image';
import { IMAGES } from './layout';

/**
 * What is half done stands in `work` and is taken up by the next run: images that are there whole are not taken again. Labels
 * are written anew.
 */
export interface Target {
  /** Where the format writes: a path that is free. */
  readonly path: string;
  readonly takeImage: (image: LabelledImage, path: string) => Promise<void>;
  /** Makes all of it appear at the target. */
  readonly publish: () => Promise<void>;
  /** Removes what is half done. */
  readonly discard: () => Promise<void>;
}

export interface TargetOptions {
  /** The target: a folder, or the folder that the one file goes to. */
  readonly place: Place;
  /** The one file's name; null for a folder. */
  readonly file: string | null;
  /** A folder beside the target on this machine, else a temporary one, that the next run finds again. */
  readonly work: string;
  readonly withImages: boolean;
  /** Whether others write into the target too. */
  readonly shared: boolean;
}

/** @throws FormatError that names what stands at the target */
export async function openTarget(options: TargetOptions): Promise<Target> {
  const { place, file, work, withImages, shared } = options;
  const path = join(work, 'target');
  if (!shared) await refuseTaken(options);
  const stage = localPlace(path);
  const kept = await keepImages(path);
  await mkdir(work, { recursive: true });
  const images = place.folder === null ? place : stage;
  return {
    path,
    async takeImage(image, at) {
      if (!withImages) return;
      const from = fileOf(image);
      kept.delete(at);
      if ((await images.size(at)) === (await from.place.size(from.path))) return;
      if (from.place.folder !== null && images.folder !== null)
        await copy(join(from.place.folder, from.path), join(path, at));
      else await images.write(at, await from.place.read(from.path));
    },
    async publish() {
      // Images of an earlier run that are not of this one.
      for (const stale of kept) await rm(join(path, stale));
      if (file !== null && place.folder === null) {
        await place.write(file, await localPlace(work).read('target'));
      } else if (file !== null || (place.folder !== null && !shared)) {
        await rename(path, file === null ? (place.folder ?? '') : join(place.folder ?? '', file));
      } else {
        for (const { path: at } of await stage.list()) {
          if (place.folder === null) await place.write(at, await stage.read(at));
          else await move(join(path, at), join(place.folder, at));
        }
      }
      await rm(work, { recursive: true, force: true });
    },
    discard: () => rm(work, { recursive: true, force: true }),
  };
}

/** In a bucket, images alone are what an interrupted run has left. */
async function refuseTaken({ place, file }: TargetOptions): Promise<void> {
  const names = await standing(place, file);
  if (names.length === 0) return;
  const taken = file === null ? place.name : nameOf(place, file);
  throw new FormatError(
    `${taken} is there already (${names.slice(0, 5).join(', ')}): give a path that is free, or remove it.`,
  );
}

async function standing(place: Place, file: string | null): Promise<string[]> {
  if (file !== null) return (await place.size(file)) === null ? [] : [file];
  if (place.folder === null) {
    return (await place.list()).map(({ path }) => path).filter((path) => !path.startsWith(IMAGES));
  }
  if (!existsSync(place.folder)) return [];
  return (await stat(place.folder)).isDirectory() ? readdir(place.folder) : [place.folder];
}

/** Removes all that is not an image. @returns the images that an earlier run has copied */
async function keepImages(path: string): Promise<Set<string>> {
  if (!existsSync(path) || (await stat(path)).isFile()) {
    await rm(path, { force: true });
    return new Set();
  }
  const files = (await localPlace(path).list()).map((file) => file.path);
  const images = files.filter((file) => file.startsWith(IMAGES) && !file.endsWith('.txt'));
  const staying = new Set(images);
  for (const file of files) if (!staying.has(file)) await rm(join(path, file));
  return staying;
}

/** The copy shares its blocks with the file where the file system can; it appears whole. */
async function copy(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  const half = join(dirname(to), `.${basename(to).slice(0, 200)}.partial`);
  await copyFile(from, half, constants.COPYFILE_FICLONE);
  await rename(half, to);
}

async function move(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await rename(from, to);
}
