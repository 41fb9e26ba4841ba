// The size that images should have before a model, from the size that objects have in frames.

/** Pixels on an object's side, as the model sees it, below which detectors fail: two cells of YOLO's finest grid (stride 8). */
export const LEAST_SIDE = 16;
/** YOLO takes sizes that are multiples of its coarsest stride. */
const STRIDE = 32;
/** Tiles smaller than this show too little around an object. */
const LEAST_TILE = 256;
/** Largest image size at which training whole frames is still common. */
const LARGEST_IMAGE = 1280;

export interface SizeAdvice {
  /** Pixels that remain on the small object's side when whole frames are shrunk to the image size. */
  readonly sideInWholeFrame: number;
  /** Side of the largest tiles that keep it at {@link LEAST_SIDE}; null where whole frames do. */
  readonly tile: number | null;
  /** Image size at which whole frames would keep it; null where that is beyond what is trained. */
  readonly imageSize: number | null;
}

/**
 * @param smallSide side of the objects that must still be seen, in pixels of the frame
 * @param longSide longer side of the frames
 * @param imageSize side of the model's input
 */
export function adviseSizes(smallSide: number, longSide: number, imageSize: number): SizeAdvice {
  const sideInWholeFrame = (smallSide * imageSize) / longSide;
  if (sideInWholeFrame >= LEAST_SIDE) return { sideInWholeFrame, tile: null, imageSize };
  const tile = Math.floor((imageSize * smallSide) / LEAST_SIDE / STRIDE) * STRIDE;
  const whole = Math.ceil((LEAST_SIDE * longSide) / smallSide / STRIDE) * STRIDE;
  return { sideInWholeFrame, tile: Math.max(tile, LEAST_TILE), imageSize: whole <= LARGEST_IMAGE ? whole : null };
}
