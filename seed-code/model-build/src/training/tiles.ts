// The tiles of a training channel, as the preprocess step lays them out.
import { readdir, readFile } from 'node:fs/promises';
import { join, parse, relative, sep } from 'node:path';
import { parseYoloLabels, type LabelRow } from '../dataset';
import { StepError } from '../sagemaker';

/** One tile's files. */
export interface TileFile {
  /** Path of the image. */
  readonly image: string;
  readonly labels: readonly LabelRow[];
}

/**
 * The tiles of a channel in an order that does not depend on the file system; a tile without a label file, or with an empty
 * one, is background.
 * @param channel folder with `images/` and `labels/`
 * @throws StepError that names the file and the row when a label is not one of `classes` classes inside its tile
 */
export async function readTiles(channel: string, classes: number): Promise<TileFile[]> {
  const images = join(channel, 'images');
  const entries = await readdir(images, { recursive: true, withFileTypes: true }).catch(absent);
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  files.sort((a, b) => (a < b ? -1 : 1));
  const tiles: TileFile[] = [];
  for (const image of files) {
    const { dir, name } = parse(relative(images, image));
    const file = join(channel, 'labels', dir, `${name}.txt`);
    tiles.push({ image, labels: parseLabels(await readFile(file, 'utf8').catch(absentText), classes, file) });
  }
  return tiles;
}

/** A tile's name inside its channel, the same on every platform. */
export function tileName(channel: string, tile: TileFile): string {
  return relative(channel, tile.image).split(sep).join('/');
}

function parseLabels(text: string, classes: number, file: string): readonly LabelRow[] {
  const {
    rows,
    faults: [fault],
  } = parseYoloLabels(text, classes);
  if (fault) {
    throw new StepError(
      `${file}, row ${fault.line}: ${JSON.stringify(fault.text)} is not a class below ${classes} and a box in shares of the tile.`,
    );
  }
  return rows;
}

function absent(error: unknown): never[] {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
  throw error;
}

function absentText(error: unknown): string {
  return absent(error).join('');
}
