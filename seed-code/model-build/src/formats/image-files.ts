// The image files beside the labels: their size, where they lie, and taking them along.
import { constants, existsSync } from 'node:fs';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { FormatError } from './errors';
import type { LabelledImage } from './labelled-image';

/**
 * Width and height as the frame is seen, after EXIF orientation; only the header is read.
 * @throws FormatError that names the file
 */
export async function imageSize(file: string): Promise<{ width: number; height: number }> {
  try {
    const { autoOrient } = await sharp(file, { limitInputPixels: false }).metadata();
    return autoOrient;
  } catch (error) {
    throw new FormatError(`${file} is no image that can be read (${(error as Error).message}): repair or remove it.`);
  }
}

/** The file of an image below a folder, or below its `images/`; null when it is at neither place. */
export function findImage(dir: string, path: string): string | null {
  return [join(dir, path), join(dir, 'images', path)].find((file) => existsSync(file)) ?? null;
}

/** @throws FormatError when the image's file was not found */
export function fileOf({ file, path }: LabelledImage): string {
  if (file !== null) return file;
  throw new FormatError(
    `${path} is not found: say where the images are with --images, or leave them out with --labels-only.`,
  );
}

/** Takes an image along; the copy shares its blocks with the file where the file system can. */
export async function copyImage(image: LabelledImage, target: string): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  await copyFile(fileOf(image), target, constants.COPYFILE_FICLONE);
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
