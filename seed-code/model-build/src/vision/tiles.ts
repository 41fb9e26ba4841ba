// Tiles of a frame, as SAHI's `get_slice_bboxes` cuts them.
import type { Frame } from './detection';

/** A rectangle of whole pixels inside a frame. */
export interface Tile {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Square tiles of side `size` that cover a frame row by row. Neighbours share `int(overlap · size)` pixels; the last of a row
 * or column is shifted back to keep its size; a frame smaller than a tile is one tile of the frame's size.
 * @param overlap share of a tile's side, 0 ≤ overlap < 1
 */
export function tileGrid(width: number, height: number, size: number, overlap: number): Tile[] {
  const step = size - Math.floor(overlap * size);
  return starts(height, size, step).flatMap((y) =>
    starts(width, size, step).map((x) => ({ x, y, width: Math.min(size, width), height: Math.min(size, height) })),
  );
}

/** The pixels of a tile as a frame of its own. */
export function cropFrame(frame: Frame, { x, y, width, height }: Tile): Frame {
  const data = new Uint8Array(width * height * 3);
  for (let row = 0; row < height; row += 1) {
    const from = ((y + row) * frame.width + x) * 3;
    data.set(frame.data.subarray(from, from + width * 3), row * width * 3);
  }
  return { width, height, data };
}

function starts(length: number, size: number, step: number): number[] {
  const all = [0];
  for (let end = size; end < length; end += step) all.push(Math.min(end - size + step, length - size));
  return all;
}
