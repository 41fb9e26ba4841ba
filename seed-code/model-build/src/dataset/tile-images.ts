// Cuts a frame into tile images with label files beside them, as trainers read them.
import sharp from 'sharp';
import { cropFrame, decodeImage, ImageError, tileGrid, type Frame, type Tile } from '../vision';
import { dropOf, labelsOf, type Drop } from './label-check';
import type { SplitRecord } from './records';
import { tileLabels } from './tile-labels';
import { formatYoloLabels, toTruths } from './yolo-labels';

export interface TileSettings {
  /** Side of a tile, in pixels. */
  readonly size: number;
  /** Share of a tile that its neighbour covers as well. */
  readonly overlap: number;
  /** Share of a box's area that a tile must show to keep its label. */
  readonly visibleShare: number;
}

/** Writes a tile or its labels, by the file's name. */
export type WriteTile = (kind: 'images' | 'labels', name: string, body: Buffer | string) => Promise<void>;

export interface CutTiles {
  readonly tiles: number;
  readonly boxes: number;
  readonly dropped: Drop | null;
}

/** Without chroma subsampling, which would wash out the colours of objects of ten pixels; close to lossless at a third of PNG's size. */
const JPEG = { quality: 95, chromaSubsampling: '4:4:4' } as const;

/**
 * Writes `<name>_<x>_<y>.jpg` and `.txt` for every tile of an image; a tile without objects gets an empty label file.
 * An image that cannot be read, or that training would drop for its labels, is dropped whole, and nothing of it is written.
 * @param source the image's file, or its bytes
 */
export async function cutTiles(
  record: Pick<SplitRecord, 'path' | 'width' | 'height' | 'labels'>,
  name: string,
  source: string | Buffer,
  classes: readonly string[],
  { size, overlap, visibleShare }: TileSettings,
  write: WriteTile,
): Promise<CutTiles> {
  const labels = labelsOf(record, classes);
  const frame = dropOf(record, labels) ?? (await readFrame(source, record.path));
  if ('reason' in frame) return { tiles: 0, boxes: 0, dropped: frame };

  const truths = toTruths(labels.rows, frame);
  const tiles = tileGrid(frame.width, frame.height, size, overlap);
  let boxes = 0;
  for (const tile of tiles) {
    const inside = tileLabels(truths, tile, visibleShare);
    const place = `${name}_${tile.x}_${tile.y}`;
    await write('labels', `${place}.txt`, formatYoloLabels(inside, tile));
    await write('images', `${place}.jpg`, await tileJpeg(frame, tile));
    boxes += inside.length;
  }
  return { tiles: tiles.length, boxes, dropped: null };
}

async function readFrame(source: string | Buffer, path: string): Promise<Frame | Drop> {
  try {
    return await decodeImage(source, path);
  } catch (error) {
    if (error instanceof ImageError) return { reason: 'unreadable', detail: error.message };
    throw error;
  }
}

function tileJpeg(frame: Frame, tile: Tile): Promise<Buffer> {
  const { data, width, height } = cropFrame(frame, tile);
  return sharp(data, { raw: { width, height, channels: 3 } })
    .jpeg(JPEG)
    .toBuffer();
}
