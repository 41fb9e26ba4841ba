// EXIF orientation: where each pixel of a stored picture goes in the frame as it is meant to be seen.
import type { Frame } from './detection';

/** The frame's size, and where it takes the stored picture's pixels. */
export interface Orientation {
  readonly width: number;
  readonly height: number;
  /** Place of the stored pixel (0, 0) in the frame, and how far the next of its row and of its column lie; in pixels. */
  readonly first: number;
  readonly along: number;
  readonly down: number;
}

/**
 * @param width of the picture as it is stored
 * @param code EXIF's, 1 to 8 (CIPA DC-008, tag 274); anything else counts as 1
 */
export function orientation(width: number, height: number, code = 1): Orientation {
  const [right, below] = [width - 1, height - 1];
  const [upright, turned] = [
    { width, height },
    { width: height, height: width },
  ];
  switch (code) {
    case 2:
      return { ...upright, first: right, along: -1, down: width };
    case 3:
      return { ...upright, first: below * width + right, along: -1, down: -width };
    case 4:
      return { ...upright, first: below * width, along: 1, down: -width };
    case 5:
      return { ...turned, first: 0, along: height, down: 1 };
    case 6:
      return { ...turned, first: below, along: height, down: -1 };
    case 7:
      return { ...turned, first: right * height + below, along: -height, down: -1 };
    case 8:
      return { ...turned, first: right * height, along: -height, down: 1 };
    default:
      return { ...upright, first: 0, along: 1, down: width };
  }
}

/** Side of the squares that are moved at a time, so that rows and columns both stay in the processor's cache. */
const BLOCK = 64;

/**
 * Puts rows of a stored picture where they belong.
 * @param strip RGB, whole rows of the stored picture
 * @param top the strip's first row in the stored picture
 */
export function placeStrip(strip: Frame, top: number, { first, along, down }: Orientation, frame: Uint8Array): void {
  const { width, height, data } = strip;
  for (let blockY = 0; blockY < height; blockY += BLOCK) {
    const lastY = Math.min(blockY + BLOCK, height);
    for (let blockX = 0; blockX < width; blockX += BLOCK) {
      const lastX = Math.min(blockX + BLOCK, width);
      for (let y = blockY; y < lastY; y += 1) {
        let from = (y * width + blockX) * 3;
        let to = (first + blockX * along + (top + y) * down) * 3;
        for (let x = blockX; x < lastX; x += 1) {
          frame[to] = data[from];
          frame[to + 1] = data[from + 1];
          frame[to + 2] = data[from + 2];
          from += 3;
          to += along * 3;
        }
      }
    }
  }
}
