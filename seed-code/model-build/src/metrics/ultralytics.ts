// Ultralytics' precision, recall and AP, accumulated from matched detections.
// Source of the rules: behaviour of ultralytics 8.3.86, 8.4.175 and 8.4.190, against which the tests' known answers were made.
import type { RankedDetections } from './matched-detections';
import type { UltralyticsMatching } from './ultralytics-matching';
import { IOU_THRESHOLDS, linspace, RECALL_LEVELS } from './thresholds';

/**
 * How the area under the precision-recall curve is taken beyond the highest recall that was reached: as nothing (`current`,
 * since April 2026), or sloping down to recall 1 (`legacy`).
 */
export type ApIntegration = 'current' | 'legacy';

/** The two ways in which the same detections gave other numbers in other versions. */
export interface UltralyticsRules {
  readonly integration: ApIntegration;
  readonly matching: UltralyticsMatching;
}

/** The version that the training image pins, and its rules. */
export const PINNED_ULTRALYTICS = '8.4.175';
export const PINNED_RULES: UltralyticsRules = { integration: 'current', matching: 'first-choice' };

const THRESHOLDS = IOU_THRESHOLDS.length;
/** Points of the confidence axis of precision, recall and F1 curves. */
export const CONFIDENCES = linspace(0, 1, 1000);
/** Keeps ratios of zeros at zero. */
const EPSILON = 1e-16;
/** Width of the box filter before the maximum of F1 is looked for, as a share of the axis. */
const SMOOTHING = 0.1;

/** One class that has truths. */
export interface UltralyticsCurve {
  /** AP by IoU threshold. */
  readonly ap: Float64Array;
  /** At IoU .5, on {@link CONFIDENCES}. */
  readonly precision: Float64Array;
  readonly recall: Float64Array;
  readonly f1: Float64Array;
}

/**
 * Accumulates one class.
 * @param truths at least 1
 */
export function accumulateUltralytics(
  { score, ultralytics: masks }: RankedDetections,
  truths: number,
  integration: ApIntegration,
): UltralyticsCurve {
  const ap = new Float64Array(THRESHOLDS);
  for (let threshold = 0; threshold < THRESHOLDS; threshold += 1) {
    ap[threshold] = averagePrecision(masks, 1 << threshold, truths, integration);
  }
  const { precision, recall } = confidenceCurves(score, masks, truths);
  const f1 = precision.map((p, index) => (2 * p * recall[index]) / (p + recall[index] + EPSILON));
  return { ap, precision, recall, f1 };
}

/** The point of the confidence axis at which the mean F1 over classes, smoothed, is highest; the first of equals. */
export function bestConfidenceIndex(curves: readonly UltralyticsCurve[]): number {
  const mean = CONFIDENCES.map((_, index) => curves.reduce((sum, { f1 }) => sum + f1[index], 0) / curves.length);
  const smoothed = boxFilter(mean, 2 * Math.floor((mean.length * SMOOTHING) / 2) + 1);
  return smoothed.indexOf(smoothed.reduce((highest, value) => Math.max(highest, value)));
}

/**
 * Between two true positives precision only falls, so that its envelope is a step function: from a recall on, it is that of the
 * best true positive further on.
 */
function averagePrecision(masks: Uint16Array, bit: number, truths: number, integration: ApIntegration): number {
  const envelope: number[] = [];
  for (let position = 0; position < masks.length; position += 1) {
    if ((masks[position] & bit) !== 0) envelope.push((envelope.length + 1) / (position + 1));
  }
  const hits = envelope.length;
  if (hits === 0) return 0;
  const last = hits / masks.length;
  for (let hit = hits - 2; hit >= 0; hit -= 1) envelope[hit] = Math.max(envelope[hit], envelope[hit + 1]);

  const reached = hits / truths;
  let hit = 0;
  let area = 0;
  let before = 0;
  for (const [index, level] of RECALL_LEVELS.entries()) {
    while (hit < hits && (hit + 1) / truths <= level) hit += 1;
    let value: number;
    if (hit < hits) value = envelope[hit];
    else value = integration === 'legacy' && reached < 1 ? (last * (1 - level)) / (1 - reached) : 0;
    if (index > 0) area += ((before + value) / 2) * (level - RECALL_LEVELS[index - 1]);
    before = value;
  }
  return area;
}

/** `np.interp` of precision and recall over descending scores; of equal scores the last point counts. */
function confidenceCurves(scores: Float64Array, masks: Uint16Array, truths: number) {
  const precision = new Float64Array(CONFIDENCES.length);
  const recall = new Float64Array(CONFIDENCES.length);
  if (masks.length === 0) return { precision, recall };
  let hits = 0;
  let position = -1;
  /** The point at `position` (scores at least the confidence), and the next. */
  let here = { score: Infinity, precision: 1, recall: 0 };
  const pointAt = (at: number, positives: number) => ({
    score: scores[at],
    precision: positives / (at + 1),
    recall: positives / truths,
  });
  for (let index = CONFIDENCES.length - 1; index >= 0; index -= 1) {
    const confidence = CONFIDENCES[index];
    while (position + 1 < masks.length && scores[position + 1] >= confidence) {
      position += 1;
      hits += masks[position] & 1;
    }
    if (position >= 0) here = pointAt(position, hits);
    if (position === -1 || position + 1 === masks.length) {
      precision[index] = here.precision;
      recall[index] = here.recall;
      continue;
    }
    const next = pointAt(position + 1, hits + (masks[position + 1] & 1));
    const share = (here.score - confidence) / (here.score - next.score);
    precision[index] = here.precision + (next.precision - here.precision) * share;
    recall[index] = here.recall + (next.recall - here.recall) * share;
  }
  return { precision, recall };
}

/** Mean over a window of odd width; the ends are repeated beyond the axis. */
function boxFilter(values: Float64Array, width: number): Float64Array {
  const half = (width - 1) / 2;
  const padded = new Float64Array(values.length + width - 1).fill(values[0], 0, half);
  padded.set(values, half);
  padded.fill(values[values.length - 1], half + values.length);
  return values.map((_, start) => {
    let sum = 0;
    for (let index = start; index < start + width; index += 1) sum += padded[index] / width;
    return sum;
  });
}
