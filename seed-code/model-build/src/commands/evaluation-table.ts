// An evaluation as `evaluate` and `evaluate-model` print it.
import type { EvaluationResult } from '../metrics';

export function evaluationTable({ images, truths, coco, ultralytics }: EvaluationResult): string[] {
  const { rules, version, ...numbers } = ultralytics;
  const rows = (metrics: object) =>
    Object.entries(metrics).map(([name, value]: [string, number]) => `  ${name.padEnd(14)}${+value.toFixed(5)}`);
  const origin = version ?? 'rules of no single version';
  return [
    `${images} images, ${truths} truths`,
    'COCO (−1: no truth counts)',
    ...rows(coco),
    `Ultralytics (${origin}: integration ${rules.integration}, matching ${rules.matching})`,
    ...rows(numbers),
  ];
}
