// Merges the detections of overlapping tiles, as SAHI's `NMSPostprocess` and `GreedyNMMPostprocess` do class by class.
import type { Box, Detection } from './detection';
import { greedyKeepers } from './greedy';
import type { OverlapMetric } from './overlap';

export interface MergeOptions {
  /** `nms` keeps the best of those that match; `nmm` grows it to their union. */
  readonly method: 'nms' | 'nmm';
  readonly metric: OverlapMetric;
  /** Overlap at which two detections match; reaching it is enough. */
  readonly threshold: number;
}

/** SAHI's default overlap and threshold, with suppression: what brought the most on aerial frames. */
export const DEFAULT_MERGE: MergeOptions = { method: 'nms', metric: 'ios', threshold: 0.5 };

/** One detection for each object, highest score first. */
export function mergeDetections(
  detections: readonly Detection[],
  { method, metric, threshold }: MergeOptions,
): Detection[] {
  const boxes = Float32Array.from(detections.flatMap(({ box }) => box));
  // SAHI compares float32 overlaps, so its threshold is one too.
  const rule = { metric, threshold: Math.fround(threshold), inclusive: true };
  const merged = classesOf(detections).flatMap((classIndex) => {
    const order = sahiOrder(detections, classIndex);
    const groups = new Map<number, Detection[]>();
    greedyKeepers(boxes, order, rule).forEach((keeper, place) => {
      const group = groups.get(keeper);
      if (group) group.push(detections[order[place]]);
      else groups.set(keeper, [detections[order[place]]]);
    });
    return Array.from(groups.values(), ([keeper, ...others]) =>
      method === 'nms' ? keeper : others.reduce((grown, other) => grow(grown, other, metric, threshold), keeper),
    );
  });
  return merged.sort((a, b) => b.score - a.score);
}

function classesOf(detections: readonly Detection[]): number[] {
  return [...new Set(detections.map(({ classIndex }) => classIndex))].sort((a, b) => a - b);
}

/** Highest score first; ties by left, top, right, bottom ascending, then as they came. */
function sahiOrder(detections: readonly Detection[], classIndex: number): Int32Array {
  const order = detections.flatMap((detection, index) => (detection.classIndex === classIndex ? [index] : []));
  order.sort((a, b) => {
    const [one, other] = [detections[a], detections[b]];
    const edge = one.box.findIndex((value, i) => Math.fround(value) !== Math.fround(other.box[i]));
    return Math.fround(other.score) - Math.fround(one.score) || (edge === -1 ? 0 : one.box[edge] - other.box[edge]);
  });
  return Int32Array.from(order);
}

/** The union, if `other` still matches the box as it has grown; the score is the keeper's, which is the higher one. */
function grow(keeper: Detection, other: Detection, metric: OverlapMetric, threshold: number): Detection {
  const [a, b] = [keeper.box, other.box];
  if (boxOverlap(a, b, metric) < threshold) return keeper;
  const box: Box = [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[2], b[2]), Math.max(a[3], b[3])];
  return { ...keeper, box };
}

/** As `overlap`, in float64 as SAHI's `has_match` has it. */
function boxOverlap(a: Box, b: Box, metric: OverlapMetric): number {
  const width = Math.max(0, Math.min(a[2], b[2]) - Math.max(a[0], b[0]));
  const height = Math.max(0, Math.min(a[3], b[3]) - Math.max(a[1], b[1]));
  const areas = [a, b].map(([left, top, right, bottom]) => (right - left) * (bottom - top));
  const [one, other] = areas;
  return (width * height) / (metric === 'iou' ? one + other - width * height : Math.min(one, other));
}
