// The image files beside the labels: their size, where they lie, and taking them along.
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, posix } from 'node:path';
import sharp from 'sharp';
import { FormatError } from './errors';
import { nameOf, type Place } from '../dataset';
import type { ImageFile, LabelledImage } from './labelled-image';

/** Bytes in which JPEG, PNG and WebP tell their size, previews in EXIF included; a TIFF may tell it anywhere. */
const HEADER_BYTES = 512 * 1024;

/**
 * Width and height as the frame is seen, after EXIF orientation; only the header is read, where that suffices.
 * @throws FormatError that names the file
 */
export async function imageSize({ place, path }: ImageFile): Promise<{ width: number; height: number }> {
  const sizeOf = async (bytes: Buffer) => (await sharp(bytes, { limitInputPixels: false }).metadata()).autoOrient;
  const header = await place.read(path, HEADER_BYTES);
  try {
    return await sizeOf(header).catch(async (error: unknown) => {
      if (header.length < HEADER_BYTES) throw error;
      return sizeOf(await place.read(path));
    });
  } catch (error) {
    const file = nameOf(place, path);
    throw new FormatError(`${file} is no image that can be read (${(error as Error).message}): repair or remove it.`);
  }
}

/** The file of an image in a place, or below its `images/`; null when it is at neither. */
export async function findImage(place: Place, path: string): Promise<ImageFile | null> {
  for (const candidate of [path, posix.join('images', path)]) {
    if ((await place.size(candidate)) !== null) return { place, path: candidate };
  }
  return null;
}

/** @throws FormatError when the image's file was not found */
export function fileOf({ file, path }: LabelledImage): ImageFile {
  if (file !== null) return file;
  throw new FormatError(
    `${path} is not found: say where the images are with --images, or leave them out with --labels-only.`,
  );
}

/**
 * Writes the label file of an image.
 * @throws FormatError when another image's labels stand there: two images whose names differ in their extension alone
 */
export async function writeLabels(image: LabelledImage, file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text, { flag: 'wx' }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new FormatError(
      `${image.path} would share its label file with another image: rename one, so that names differ in more than the extension.`,
    );
  });
}
