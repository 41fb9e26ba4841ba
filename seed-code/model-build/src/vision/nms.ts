// Non-maximum suppression, with the index list of torchvision's `batched_nms` as Ultralytics calls it.
import { greedyKeepers } from './greedy';
import type { BoxArray } from './overlap';

/** Boxes with scores, before suppression. All arrays have one entry (boxes: four) for each candidate. */
export interface Candidates {
  /** `[left, top, right, bottom]` rows in pixels of the letterboxed square. */
  readonly boxes: BoxArray;
  /** 0 or more. */
  readonly scores: Float32Array;
  readonly classes: Int32Array;
}

export interface NmsOptions {
  /** IoU above which the lower-scored box is suppressed; at it, it is kept. */
  readonly iou: number;
  readonly maxDetections: number;
  /** Suppress across classes too. */
  readonly agnostic?: boolean;
}

/** Candidates that enter suppression, highest scores first; Ultralytics' `max_nms`. */
const MAX_CANDIDATES = 30_000;

/** Ultralytics' `max_wh`: classes are kept apart by shifting their boxes so far, which rounds them to float32 there. */
const CLASS_OFFSET = 7680;

/** Indices of the candidates that stay, highest score first; equal scores keep their order. */
export function nonMaximumSuppression(
  candidates: Candidates,
  { iou, maxDetections, agnostic }: NmsOptions,
): Int32Array {
  const { boxes, classes, scores } = candidates;
  const order = descending(scores).subarray(0, MAX_CANDIDATES);
  const shifted = agnostic ? boxes : boxes.map((edge, i) => edge + classes[i >> 2] * CLASS_OFFSET);
  const kept = new Uint8Array(scores.length);
  for (const group of agnostic ? [order] : byClass(order, classes)) {
    const keepers = greedyKeepers(shifted, group, { metric: 'iou', threshold: iou, inclusive: false });
    group.forEach((candidate, place) => {
      kept[candidate] = keepers[place] === candidate ? 1 : 0;
    });
  }
  return order.filter((candidate) => kept[candidate] === 1).slice(0, maxDetections);
}

/** Indices by descending score; equal scores keep their order. Scores are finite and not negative. */
export function descending(scores: Float32Array): Int32Array {
  // A non-negative float's bits sort as the float does: 31 bits of score and 22 of index are one exact double.
  const bits = new Int32Array(scores.buffer, scores.byteOffset, scores.length);
  const keys = Float64Array.from(bits, (score, index) => (0x7fffffff - (score & 0x7fffffff)) * 2 ** 22 + index);
  return Int32Array.from(keys.sort(), (key) => key % 2 ** 22);
}

/** `order` cut into one list a class, each in the same order. */
function byClass(order: Int32Array, classes: Int32Array): Int32Array[] {
  const groups = new Map<number, number[]>();
  for (const candidate of order) {
    const group = groups.get(classes[candidate]);
    if (group) group.push(candidate);
    else groups.set(classes[candidate], [candidate]);
  }
  return Array.from(groups.values(), (group) => Int32Array.from(group));
}
