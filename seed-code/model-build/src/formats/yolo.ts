// YOLO: `images/…`, `labels/….txt` and a dataset yaml. Holds plain boxes of known classes, and nothing else.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { formatYoloLabels, parseYoloLabels, scanFolder, type LabelFaultKind, type LabelRow } from '../dataset';
import type { Box, Truth } from '../vision';
import { FormatError } from './errors';
import type { LabelFormat, LabelledImage, LabelledSet, ReadOptions, WriteOptions } from './labelled-image';
import { readFolder, writeFolder } from './labelled-folder';
import { IMAGES } from './layout';
import type { Losses, LossKind } from './losses';
import { plainTruths } from './plain-truths';

/**
 * - Classes: the dataset yaml's or `classes.txt`'s, else `--classes`.
 * - Rows that Ultralytics refuses (not five columns, no number, a class that is not named, a value outside 0 to 1 such as a
 *   pixel) are left out and counted. A box may reach beyond its frame as long as its centre lies within.
 * - No label file and an empty one are the same: background.
 * - Parts: images below `train/`, `val/` or `test/` stay there, and the yaml names these; else it names none, so that nobody
 *   validates on what was trained with.
 */
export const yolo: LabelFormat = { holdsImages: true, read, write };

const LOSS_OF_FAULT: Readonly<Record<LabelFaultKind, LossKind>> = {
  class: 'unknown-class',
  columns: 'row-unreadable',
  number: 'row-unreadable',
  range: 'row-beyond-frame',
};

async function read(source: string, options: ReadOptions): Promise<LabelledSet> {
  const { place, losses } = options;
  const folder = await scanFolder(place);
  const named = folder.classes ?? options.classes;
  if (!named) {
    throw new FormatError(`${source} names no classes: add a dataset yaml or classes.txt, or give --classes.`);
  }
  return readFolder(folder, options, named, (rows, image) => {
    const parsed = parseYoloLabels(rows, named.length);
    for (const { kind } of parsed.faults) losses.add(LOSS_OF_FAULT[kind], image.path);
    losses.add('duplicate-object', image.path, parsed.duplicates);
    losses.add('empty-box', image.path, parsed.empty);
    return parsed.rows.map((row) => ({ label: row.classIndex, box: boxOf(row, image) }));
  });
}

async function write({ classes, images }: LabelledSet, target: string, options: WriteOptions): Promise<void> {
  const parts = new Set<string>();
  await writeFolder(images, target, options, 'labels', (image) => {
    parts.add(image.path.slice(0, image.path.indexOf('/') + 1));
    return formatYoloLabels(truthsOf(image, options.losses), image);
  });
  await writeFile(join(target, 'data.yaml'), datasetYaml(classes, parts));
}

/** What names a YOLO set's classes and parts. @param parts the images' first folders, each with its `/` */
export function datasetYaml(classes: readonly string[], parts: ReadonlySet<string>): string {
  const named = ['train', 'val', 'test'].filter((part) => parts.has(`${part}/`));
  const where = Object.fromEntries(named.map((part) => [part, IMAGES + part]));
  return stringify({ ...where, names: new Map(classes.entries()) });
}

/** What YOLO holds of an image. */
function truthsOf(image: LabelledImage, losses: Losses): Truth[] {
  return plainTruths(image, losses).flatMap(({ box, classIndex, score }) => {
    if (score !== undefined) losses.add('score-dropped', image.path);
    if (fits(box, image)) return [{ box, classIndex }];
    const [left, top, right, bottom] = box;
    const clipped: Box = [
      Math.max(left, 0),
      Math.max(top, 0),
      Math.min(right, image.width),
      Math.min(bottom, image.height),
    ];
    const visible = clipped[2] > clipped[0] && clipped[3] > clipped[1];
    losses.add(visible ? 'box-clipped' : 'outside-frame', image.path);
    return visible ? [{ box: clipped, classIndex }] : [];
  });
}

/** Whether all four values of its row lie from 0 to 1, as Ultralytics demands of every row. */
function fits([left, top, right, bottom]: Box, { width, height }: LabelledImage): boolean {
  const shares = [
    (left + right) / 2 / width,
    (top + bottom) / 2 / height,
    (right - left) / width,
    (bottom - top) / height,
  ];
  // What a row cannot tell from 0 or 1 is that.
  return shares.every((share) => share > -5e-9 && share < 1 + 5e-9);
}

function boxOf({ x, y, width, height }: LabelRow, frame: { width: number; height: number }): Box {
  return [
    (x - width / 2) * frame.width,
    (y - height / 2) * frame.height,
    (x + width / 2) * frame.width,
    (y + height / 2) * frame.height,
  ];
}
