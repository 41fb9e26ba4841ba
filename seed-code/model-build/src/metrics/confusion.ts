// The confusion matrix at one operating point, background included.
import type { Box, Detection, Truth } from '../vision/detection';

/** What one image contributed. */
export interface ImageCounts {
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
}

/**
 * Counts pairs of a true and a predicted class. Truths and detections are paired whatever their classes, those of highest IoU
 * first; what finds no partner pairs with the background, the last row and column.
 */
export class ConfusionMatrix {
  /** `counts[truth][predicted]`. */
  readonly counts: number[][];

  constructor(
    readonly classes: number,
    readonly confidence: number,
    readonly iou: number,
  ) {
    this.counts = Array.from({ length: classes + 1 }, () => new Array<number>(classes + 1).fill(0));
  }

  /** @returns the image's own counts; a pair of different classes is a false positive and a false negative */
  add(truths: readonly Truth[], detections: readonly Detection[]): ImageCounts {
    const shown = detections.filter(({ score }) => score >= this.confidence);
    const partner = pairByIou(truths, shown, this.iou);
    const found = new Set(partner.values());
    let truePositives = 0;
    for (const [index, { classIndex }] of truths.entries()) {
      const detection = partner.get(index);
      const predicted = detection === undefined ? this.classes : shown[detection].classIndex;
      this.counts[classIndex][predicted] += 1;
      if (predicted === classIndex) truePositives += 1;
    }
    for (const [index, { classIndex }] of shown.entries()) {
      if (!found.has(index)) this.counts[this.classes][classIndex] += 1;
    }
    return {
      truePositives,
      falsePositives: shown.length - truePositives,
      falseNegatives: truths.length - truePositives,
    };
  }
}

/** Index of the detection by index of the truth. */
function pairByIou(truths: readonly Truth[], detections: readonly Detection[], threshold: number): Map<number, number> {
  const pairs: { truth: number; detection: number; iou: number }[] = [];
  for (const [truth, { box }] of truths.entries()) {
    for (const [detection, { box: other }] of detections.entries()) {
      const iou = intersectionOverUnion(box, other);
      if (iou > threshold) pairs.push({ truth, detection, iou });
    }
  }
  pairs.sort((a, b) => b.iou - a.iou || detections[b.detection].score - detections[a.detection].score);
  const byTruth = new Map<number, number>();
  const taken = new Set<number>();
  for (const { truth, detection } of pairs) {
    if (byTruth.has(truth) || taken.has(detection)) continue;
    byTruth.set(truth, detection);
    taken.add(detection);
  }
  return byTruth;
}

function intersectionOverUnion(a: Box, b: Box): number {
  const width = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
  const height = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  if (width <= 0 || height <= 0) return 0;
  const intersection = width * height;
  return intersection / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - intersection);
}
