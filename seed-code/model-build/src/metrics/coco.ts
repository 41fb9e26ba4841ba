// COCO's precision and recall, accumulated from matched detections.
// Source: cocoapi, PythonAPI/pycocotools/cocoeval.py (accumulate).
import { IGNORE_SHIFT, IGNORED_EVERYWHERE } from './coco-matching';
import type { RankedDetections } from './matched-detections';
import { ALL_THRESHOLDS, IOU_THRESHOLDS, RECALL_LEVELS } from './thresholds';

const THRESHOLDS = IOU_THRESHOLDS.length;
const LEVELS = RECALL_LEVELS.length;
// Bound once: a loader of TypeScript sources makes every use of an import a call.
const [ALL, IGNORED, SHIFT, RECALLS] = [ALL_THRESHOLDS, IGNORED_EVERYWHERE, IGNORE_SHIFT, RECALL_LEVELS] as const;
/** NumPy's `np.spacing(1)`. */
const SPACING = 2 ** -52;

/** One class in one area range. */
export interface CocoCurve {
  /** Highest recall, by IoU threshold. */
  readonly recall: Float64Array;
  /** Precision at `threshold * 101 + level`. */
  readonly precision: Float64Array;
}

/**
 * Accumulates one class in one area range; null when no truth counts there (pycocotools' −1). Precision need only be known at
 * true positives: between two of them it falls, and the envelope lifts it to the next one's.
 * @param range index of the area range
 * @param maxDetections detections of an image that count
 * @param weights how often the detections of each group of images count
 * @param truths how many truths count, weighted as the detections are
 */
export function accumulate(
  { coco, rank, group }: RankedDetections,
  range: number,
  maxDetections: number,
  weights: ArrayLike<number>,
  truths: number,
): CocoCurve | null {
  if (truths === 0) return null;
  const masks = coco[range];
  let most = 0;
  for (let position = 0; position < masks.length; position += 1) {
    if ((masks[position] & ALL) !== 0) most += 1;
  }
  /** True positives up to and with each, and precision there: those of a threshold from `threshold * most` on. */
  const counts = new Float64Array(THRESHOLDS * most);
  const precisions = new Float64Array(THRESHOLDS * most);
  const hits = new Uint32Array(THRESHOLDS);
  const positives = new Float64Array(THRESHOLDS);
  /** False positives at every threshold, and beyond those at single ones. */
  let negatives = 0;
  const extraNegatives = new Float64Array(THRESHOLDS);
  for (let position = 0; position < masks.length; position += 1) {
    const mask = masks[position];
    if (mask === IGNORED || rank[position] >= maxDetections) continue;
    const weight = weights[group[position]];
    if (weight === 0) continue;
    if (mask === 0) {
      negatives += weight;
      continue;
    }
    for (let threshold = 0; threshold < THRESHOLDS; threshold += 1) {
      if (((mask >>> threshold) & 1) === 1) {
        const count = positives[threshold] + weight;
        const at = threshold * most + hits[threshold];
        positives[threshold] = count;
        hits[threshold] += 1;
        counts[at] = count;
        precisions[at] = count / (extraNegatives[threshold] + negatives + count + SPACING);
      } else if (((mask >>> (threshold + SHIFT)) & 1) === 0) extraNegatives[threshold] += weight;
    }
  }
  const precision = new Float64Array(THRESHOLDS * LEVELS);
  for (let threshold = 0; threshold < THRESHOLDS; threshold += 1) {
    const start = threshold * most;
    const end = start + hits[threshold];
    const sampled = precision.subarray(threshold * LEVELS, (threshold + 1) * LEVELS);
    samplePrecision(counts.subarray(start, end), precisions.subarray(start, end), truths, sampled);
  }
  return { recall: positives.map((count) => count / truths), precision };
}

/** The highest precision at or beyond each recall level; 0 beyond the highest recall. */
function samplePrecision(counts: Float64Array, precisions: Float64Array, truths: number, sampled: Float64Array): void {
  let level = LEVELS - 1;
  let envelope = 0;
  for (let hit = counts.length - 1; hit >= 0; hit -= 1) {
    while (RECALLS[level] > counts[hit] / truths) level -= 1;
    envelope = Math.max(envelope, precisions[hit]);
    const before = hit === 0 ? -1 : counts[hit - 1] / truths;
    while (level >= 0 && RECALLS[level] > before) {
      sampled[level] = envelope;
      level -= 1;
    }
  }
}

/** The numbers that are read off a {@link CocoCurve}. */
export interface CocoNumbers {
  /** Mean precision over IoU .5 to .95. */
  readonly AP: number;
  readonly AP50: number;
  readonly AP75: number;
  /** Mean highest recall over IoU .5 to .95. */
  readonly AR: number;
}

/** Means over the classes that have truths; −1 where none has, as pycocotools says it. */
export function summarize(curves: readonly (CocoCurve | null)[]): CocoNumbers {
  const present = curves.filter((curve) => curve !== null);
  const at = (threshold: number) => mean(present.map(({ precision }) => meanAt(precision, threshold)));
  return {
    AP: mean(present.map(({ precision }) => mean(precision))),
    AP50: at(0),
    AP75: at(5),
    AR: mean(present.map(({ recall }) => mean(recall))),
  };
}

function meanAt(precision: Float64Array, threshold: number): number {
  return mean(precision.subarray(threshold * LEVELS, (threshold + 1) * LEVELS));
}

function mean(values: ArrayLike<number>): number {
  if (values.length === 0) return -1;
  let sum = 0;
  for (let index = 0; index < values.length; index += 1) sum += values[index];
  return sum / values.length;
}
