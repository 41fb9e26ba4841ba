// The tiles of a training channel, as the preprocess step lays them out.
import { readdir, readFile } from 'node:fs/promises';
import { join, parse, relative, sep } from 'node:path';
import { StepError } from '../sagemaker';

/** One tile's files. */
export interface TileFile {
  /** Path of the image. */
  readonly image: string;
  readonly labels: readonly TileLabel[];
}

/** One row of a YOLO label file: class, then centre and sides as shares of the tile's. */
export interface TileLabel {
  readonly classIndex: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
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

function parseLabels(text: string, classes: number, file: string): TileLabel[] {
  const rows = text.split('\n').filter((row) => row.trim() !== '');
  return rows.map((row, index) => {
    const [classIndex, x, y, width, height, ...rest] = row.trim().split(/\s+/).map(Number);
    const inside = [x, y, width, height].every((value) => value >= 0 && value <= 1);
    if (!Number.isInteger(classIndex) || classIndex < 0 || classIndex >= classes || !inside || rest.length > 0) {
      throw new StepError(
        `${file}, row ${index + 1}: ${JSON.stringify(row)} is not a class below ${classes} and a box in shares of the tile.`,
      );
    }
    return { classIndex, x, y, width, height };
  });
}

function absent(error: NodeJS.ErrnoException): never[] {
  if (error.code === 'ENOENT') return [];
  throw error;
}

function absentText(error: NodeJS.ErrnoException): string {
  return absent(error).join('');
}
