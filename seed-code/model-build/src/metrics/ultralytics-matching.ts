// Ultralytics' matching of one image's detections of one class to its truths, at ten IoU thresholds.
// Source of the rules: behaviour of ultralytics 8.4.175 and 8.4.190, against which the tests' known answers were made.
import type { BoxColumns, ClassBoxes } from './boxes';
import { IOU_THRESHOLDS, reachedBy } from './thresholds';

/**
 * What becomes of a detection whose best truth is taken: a false positive (`first-choice`, up to 8.4.175), or it falls back to
 * the best truth that is free (`fall-back`, since 8.4.176).
 */
export type UltralyticsMatching = 'first-choice' | 'fall-back';

const f32 = Math.fround;
/** Ultralytics computes overlap in float32. */
const MATCH_AT = Float32Array.from(IOU_THRESHOLDS);
const EPSILON = f32(1e-7);

/**
 * Tells for each detection, as a mask of ten bits, at which IoU thresholds it is a true positive. YOLO labels know no crowd and
 * nothing that is ignored, so that only truths without a flag are matched.
 * @param masks receives the masks, at `at + position`
 */
export function matchUltralytics(
  matching: UltralyticsMatching,
  boxes: ClassBoxes,
  masks: Uint16Array,
  at: number,
): void {
  const { detections, order, start, end, truths, truthOrder, truthStart, truthEnd } = boxes;
  const taken = new Uint16Array(truthEnd - truthStart);
  const ious = new Float32Array(truthEnd - truthStart);
  for (let position = start; position < end; position += 1) {
    let highest = 0;
    for (let truth = 0; truth < ious.length; truth += 1) {
      const index = truthOrder[truthStart + truth];
      ious[truth] = truths.flag[index] === 0 ? float32Iou(detections, order[position], truths, index) : 0;
      if (ious[truth] > highest) highest = ious[truth];
    }
    let mask = 0;
    if (highest >= MATCH_AT[0]) {
      if (matching === 'first-choice') {
        const best = ious.lastIndexOf(highest);
        mask = reachedBy(highest, MATCH_AT) & ~taken[best];
        taken[best] |= mask;
      } else {
        for (let bit = 1, threshold = 0; threshold < MATCH_AT.length; bit <<= 1, threshold += 1) {
          const best = bestFree(ious, taken, bit);
          if (best === -1 || ious[best] < MATCH_AT[threshold]) continue;
          taken[best] |= bit;
          mask |= bit;
        }
      }
    }
    masks[at + position - start] = mask;
  }
}

function bestFree(ious: Float32Array, taken: Uint16Array, bit: number): number {
  let best = -1;
  for (let truth = 0; truth < ious.length; truth += 1) {
    if ((taken[truth] & bit) === 0 && (best === -1 || ious[truth] > ious[best])) best = truth;
  }
  return best;
}

function float32Iou(a: BoxColumns, i: number, b: BoxColumns, j: number): number {
  const left = f32(a.x[i]);
  const right = f32(a.x[i] + a.width[i]);
  const left2 = f32(b.x[j]);
  const right2 = f32(b.x[j] + b.width[j]);
  const width = f32(Math.min(right, right2) - Math.max(left, left2));
  if (width <= 0) return 0;
  const top = f32(a.y[i]);
  const bottom = f32(a.y[i] + a.height[i]);
  const top2 = f32(b.y[j]);
  const bottom2 = f32(b.y[j] + b.height[j]);
  const height = f32(Math.min(bottom, bottom2) - Math.max(top, top2));
  if (height <= 0) return 0;
  const intersection = f32(width * height);
  const area = f32(f32(right - left) * f32(bottom - top));
  const area2 = f32(f32(right2 - left2) * f32(bottom2 - top2));
  return f32(intersection / f32(f32(f32(area + area2) - intersection) + EPSILON));
}
