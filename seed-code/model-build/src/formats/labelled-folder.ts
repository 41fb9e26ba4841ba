// Formats that are a folder: images below `images/`, and a file of rows for each at the same path below another folder.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { labelStems, labelText, type DataFolder } from '../dataset';
import type { Frame } from '../vision';
import { imageSize, writeLabels } from './image-files';
import type { LabelledImage, LabelledObject, LabelledSet, ReadOptions, WriteOptions } from './labelled-image';
import { IMAGES, insideImages } from './layout';

/** An image whose rows are read. */
type RowsImage = Pick<LabelledImage, 'path'> & Pick<Frame, 'width' | 'height'>;

/** @param objectsOf what an image's rows say; null where it has no file of them */
export function readFolder(
  folder: DataFolder,
  { select, losses }: ReadOptions,
  classes: readonly string[],
  objectsOf: (rows: string | null, image: RowsImage) => LabelledObject[],
): LabelledSet {
  for (const file of folder.labelsWithoutImage) losses.add('label-without-image', file);
  for (const file of folder.unsupported) losses.add('unread-image', file);
  const chosen = select(folder.images);
  async function* images(): AsyncGenerator<LabelledImage, void> {
    for (const entry of chosen) {
      const file = { place: folder.place, path: entry.path };
      const image = { path: insideImages(entry.path), ...(await imageSize(file)) };
      yield { ...image, file, objects: objectsOf(await labelText(folder, entry), image) };
    }
  }
  return { classes, total: chosen.length, images: images() };
}

/**
 * @param labelFolder what stands for `images` in the path of a file of rows
 * @param rowsOf the rows of an image
 */
export async function writeFolder(
  images: LabelledSet['images'],
  target: string,
  { takeImage }: WriteOptions,
  labelFolder: string,
  rowsOf: (image: LabelledImage) => string,
): Promise<void> {
  await mkdir(target, { recursive: true });
  for await (const image of images) {
    const path = IMAGES + image.path;
    const [labels] = labelStems(path, labelFolder);
    await takeImage(image, path);
    await writeLabels(image, join(target, `${labels}.txt`), rowsOf(image));
  }
}
