// How much two boxes overlap, in float32 with the operations in the order of torchvision and NumPy, so that ties fall alike.

// Named once: in the inner loops a look-up of the global costs more than the operation.
const { fround, max, min } = Math;

/** Boxes one after the other: left, top, right, bottom. */
export type BoxArray = Float32Array;

/** Intersection over union, or over the smaller box. */
export type OverlapMetric = 'iou' | 'ios';

/** Areas of `[left, top, right, bottom]` rows. */
export function boxAreas(boxes: BoxArray): Float32Array {
  const areas = new Float32Array(boxes.length / 4);
  for (let i = 0, at = 0; i < areas.length; i += 1, at += 4) {
    areas[i] = fround(boxes[at + 2] - boxes[at]) * fround(boxes[at + 3] - boxes[at + 1]);
  }
  return areas;
}

/** The overlap of boxes `a` and `b`; NaN or 0 where both are empty. */
export function overlap(boxes: BoxArray, areas: Float32Array, a: number, b: number, metric: OverlapMetric): number {
  const i = a * 4;
  const j = b * 4;
  const width = fround(min(boxes[i + 2], boxes[j + 2]) - max(boxes[i], boxes[j]));
  const height = fround(min(boxes[i + 3], boxes[j + 3]) - max(boxes[i + 1], boxes[j + 1]));
  if (width <= 0 || height <= 0) return 0;
  const intersection = fround(width * height);
  const whole = metric === 'iou' ? fround(fround(areas[a] + areas[b]) - intersection) : min(areas[a], areas[b]);
  return fround(intersection / whole);
}
