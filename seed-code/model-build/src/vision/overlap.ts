// How much two boxes overlap, in float32 with the operations in the order of torchvision and NumPy, so that ties fall alike.

/** Boxes one after the other: left, top, right, bottom. */
export type BoxArray = Float32Array;

/** Intersection over union, or over the smaller box. */
export type OverlapMetric = 'iou' | 'ios';

/** Areas of `[left, top, right, bottom]` rows. */
export function boxAreas(boxes: BoxArray): Float32Array {
  const areas = new Float32Array(boxes.length / 4);
  for (let i = 0, at = 0; i < areas.length; i += 1, at += 4) {
    areas[i] = Math.fround(boxes[at + 2] - boxes[at]) * Math.fround(boxes[at + 3] - boxes[at + 1]);
  }
  return areas;
}

/** The overlap of boxes `a` and `b`; NaN or 0 where both are empty. */
export function overlap(boxes: BoxArray, areas: Float32Array, a: number, b: number, metric: OverlapMetric): number {
  const i = a * 4;
  const j = b * 4;
  const width = Math.fround(Math.min(boxes[i + 2], boxes[j + 2]) - Math.max(boxes[i], boxes[j]));
  const height = Math.fround(Math.min(boxes[i + 3], boxes[j + 3]) - Math.max(boxes[i + 1], boxes[j + 1]));
  if (width <= 0 || height <= 0) return 0;
  const intersection = Math.fround(width * height);
  const whole =
    metric === 'iou' ? Math.fround(Math.fround(areas[a] + areas[b]) - intersection) : Math.min(areas[a], areas[b]);
  return Math.fround(intersection / whole);
}
