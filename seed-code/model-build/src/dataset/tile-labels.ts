// The labels of a tile: its share of the frame's boxes, by SAHI's rule.
import type { Box, Tile, Truth } from '../vision';

/**
 * Boxes clipped to the tile, in the tile's pixels. A box is kept if and only if at least `visibleShare` of its area lies
 * inside, as SAHI's `slice_coco` keeps annotations (its `min_area_ratio`).
 */
export function tileLabels(truths: readonly Truth[], tile: Tile, visibleShare: number): Truth[] {
  return truths.flatMap(({ box, classIndex }) => {
    const clipped: Box = [
      Math.max(box[0] - tile.x, 0),
      Math.max(box[1] - tile.y, 0),
      Math.min(box[2] - tile.x, tile.width),
      Math.min(box[3] - tile.y, tile.height),
    ];
    const visible = area(clipped);
    return visible > 0 && visible >= visibleShare * area(box) ? [{ box: clipped, classIndex }] : [];
  });
}

function area([left, top, right, bottom]: Box): number {
  return Math.max(right - left, 0) * Math.max(bottom - top, 0);
}
