// The charts of an evaluation.
import {
  CONFIDENCES,
  RECALL_LEVELS,
  type ConfusionMatrix,
  type DetectionEvaluation,
  type UltralyticsCurve,
} from '../metrics';
import { lineChart, matrixChart, type Line } from './chart';

/** Points of a confidence curve that a chart of this size can show. */
const CURVE_POINTS = 200;

/** COCO's precision at IoU .5 over recall: each class that has truths, and their mean. */
export function precisionRecallChart(evaluation: DetectionEvaluation): string {
  const classes = evaluation
    .cocoCurves()
    .flatMap((curve, index) =>
      curve ? [{ name: evaluation.classes[index], precision: curve.precision.subarray(0, RECALL_LEVELS.length) }] : [],
    );
  const mean = RECALL_LEVELS.map((_, level) => meanOf(classes.map(({ precision }) => precision[level])));
  const line = (name: string, precision: Float64Array): Line => ({
    name,
    points: Array.from(precision, (value, level) => [RECALL_LEVELS[level], value]),
  });
  return lineChart({
    title: 'Precision and recall at IoU 0.5',
    x: 'recall',
    y: 'precision',
    lines: [
      { ...line('mean of classes', mean), strong: true },
      ...(classes.length > 1 ? classes.map(({ name, precision }) => line(name, precision)) : []),
    ],
  });
}

/** Precision, recall and F1 over confidence, as means of the classes that have truths, with the operating point. */
export function confidenceChart(evaluation: DetectionEvaluation, confidence: number): string {
  const curves = evaluation.ultralyticsCurves().filter((curve) => curve !== null);
  const every = Math.ceil(CONFIDENCES.length / CURVE_POINTS);
  const points = Array.from(CONFIDENCES.keys()).filter((index) => index % every === 0);
  const line = (name: string, of: (curve: UltralyticsCurve) => Float64Array): Line => ({
    name,
    points: points.map((index) => [CONFIDENCES[index], meanOf(curves.map((curve) => of(curve)[index]))]),
  });
  return lineChart({
    title: 'Precision, recall and F1 over confidence',
    x: 'confidence',
    y: 'mean of classes',
    lines: [
      { ...line('F1', ({ f1 }) => f1), strong: true },
      line('precision', ({ precision }) => precision),
      line('recall', ({ recall }) => recall),
    ],
    marker: { at: confidence, name: `operating point ${confidence.toFixed(3)}` },
  });
}

/** Only classes that occur: a model may know eighty of which the frames show five. */
export function confusionChart(classes: readonly string[], { counts, confidence, iou }: ConfusionMatrix): string {
  const names = [...classes, 'background'];
  const background = classes.length;
  const occurs = (index: number) =>
    index === background || counts[index].some(Boolean) || counts.some((row) => row[index] > 0);
  const shown = Array.from(names.keys()).filter(occurs);
  return matrixChart({
    title: `Confusion at confidence ${confidence.toFixed(3)}, IoU ${iou}`,
    rows: 'truth',
    columns: 'prediction',
    names: shown.map((index) => names[index]),
    counts: shown.map((row) => shown.map((column) => counts[row][column])),
  });
}

function meanOf(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
