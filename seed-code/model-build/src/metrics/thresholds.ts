// The grids on which detection metrics are defined.

/** `np.linspace(start, stop, count)`, operation by operation: thresholds decide ties, so the last bit matters. */
export function linspace(start: number, stop: number, count: number): Float64Array {
  const step = (stop - start) / (count - 1);
  const values = Float64Array.from({ length: count }, (_, index) => start + index * step);
  values[count - 1] = stop;
  return values;
}

/** IoU thresholds .5, .55, … .95, of COCO and of Ultralytics. */
export const IOU_THRESHOLDS = linspace(0.5, 0.95, 10);
/** One bit for each IoU threshold. */
export const ALL_THRESHOLDS = (1 << IOU_THRESHOLDS.length) - 1;

/** The bits of the thresholds, ascending, that an IoU reaches. */
export function reachedBy(iou: number, thresholds: Float32Array | Float64Array): number {
  let mask = 0;
  for (let at = 0; at < thresholds.length && iou >= thresholds[at]; at += 1) mask |= 1 << at;
  return mask;
}

/** Index of IoU .75. */
export const AT_75 = 5;
/** Recall levels 0, .01, … 1 at which COCO samples precision. */
export const RECALL_LEVELS = linspace(0, 1, 101);

/**
 * Ranges of an object's area in square pixels, inclusive on both sides: COCO's (`small` begins at 0), and two below COCO's
 * resolution that frames taken from a drone need.
 */
export const AREA_RANGES = {
  all: [0, 1e10],
  small: [0, 32 ** 2],
  medium: [32 ** 2, 96 ** 2],
  large: [96 ** 2, 1e10],
  under16: [0, 16 ** 2],
  from16to32: [16 ** 2, 32 ** 2],
} as const satisfies Record<string, readonly [number, number]>;

export type AreaRange = keyof typeof AREA_RANGES;
/** Area ranges in the order of the masks that belong to them. */
export const AREA_RANGE_NAMES = Object.keys(AREA_RANGES) as AreaRange[]; // Its keys are exactly AreaRange.
