// The confidence at which a model is operated: where the mean F1 of the classes is highest.
// Ultralytics' curve is interpolated and smoothed over a tenth of the axis, which moves weak models' best point to 0; here
// detections are counted as a server will report them.
import type { DetectionEvaluation } from './evaluation';

/** What is reported at and above a confidence; means of the classes that have truths, at IoU .5. */
export interface OperatingPointMetrics {
  readonly confidence: number;
  readonly P: number;
  readonly R: number;
  readonly F1: number;
}

/** Steps of the confidence axis. */
const STEPS = 1000;

/**
 * Chooses the confidence; where a range of them is equally good, its middle, which is least upset by other frames. Call it with
 * an evaluation of validation frames: chosen on test frames, it would flatter the model.
 */
export function chooseOperatingPoint(evaluation: DetectionEvaluation): OperatingPointMetrics {
  const tallies = evaluation.classes.flatMap((_, classIndex) => {
    const truths = evaluation.truthCount(classIndex, 'all');
    return truths === 0
      ? []
      : [{ classIndex, truths, shown: new Uint32Array(STEPS + 1), right: new Uint32Array(STEPS + 1) }];
  });
  const byClass = new Map(tallies.map((tally) => [tally.classIndex, tally]));
  evaluation.eachOutcome((score, right, classIndex) => {
    const tally = byClass.get(classIndex);
    if (!tally) return;
    const step = Math.min(Math.max(Math.floor(score * STEPS), 0), STEPS);
    tally.shown[step] += 1;
    if (right) tally.right[step] += 1;
  });
  for (const { shown, right } of tallies) {
    for (let step = STEPS - 1; step >= 0; step -= 1) {
      shown[step] += shown[step + 1];
      right[step] += right[step + 1];
    }
  }
  const mean = (step: number, of: (right: number, shown: number, truths: number) => number): number =>
    tallies.reduce((sum, { right, shown, truths }) => sum + of(right[step], shown[step], truths), 0) / tallies.length;
  const f1 = Array.from({ length: STEPS + 1 }, (_, step) =>
    mean(step, (right, shown, truths) => (2 * right) / (shown + truths)),
  );
  const step = middleOfBest(f1);
  return {
    confidence: step / STEPS,
    P: mean(step, (right, shown) => (shown === 0 ? 0 : right / shown)),
    R: mean(step, (right, _, truths) => right / truths),
    F1: f1[step],
  };
}

/** The middle of the longest run of highest values. */
function middleOfBest(values: readonly number[]): number {
  const highest = Math.max(...values);
  let best = { start: 0, length: 0 };
  for (let start = 0; start < values.length; start += 1) {
    if (values[start] !== highest) continue;
    let end = start;
    while (values[end] === highest) end += 1;
    if (end - start > best.length) best = { start, length: end - start };
    start = end;
  }
  return best.start + Math.floor((best.length - 1) / 2);
}
