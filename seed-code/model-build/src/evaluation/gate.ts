// The quality gate: which thresholds a model must reach.
import { GATE_METRICS, type GateMetric } from '../config';
import type { EvaluationResult } from '../metrics';

export interface GateThreshold {
  readonly metric: GateMetric;
  /** The least value that passes. */
  readonly threshold: number;
}

export interface GateVerdict {
  readonly passed: boolean;
  readonly metrics: readonly (GateThreshold & { readonly value: number; readonly passed: boolean })[];
}

/** Parses `coco.AP50=0.5`; null when it is none of the gate's metrics, or no share. */
export function parseThreshold(text: string): GateThreshold | null {
  const [name, value, ...rest] = text.split('=');
  const metric = GATE_METRICS.find((known) => known === name);
  const threshold = Number(value?.trim() === '' ? NaN : value);
  if (!metric || rest.length > 0 || !(threshold >= 0 && threshold <= 1)) return null;
  return { metric, threshold };
}

/** What the gate's numbers are read from. */
export interface Judged extends Pick<EvaluationResult, 'coco' | 'ultralytics'> {
  /** Each 1 or 0. */
  readonly comparison: { readonly better: number; readonly notWorse: number };
}

/** Compares what the pipeline's condition will compare: the same numbers, by the same names. */
export function judge(thresholds: readonly GateThreshold[], result: Judged): GateVerdict {
  const metrics = thresholds.map(({ metric, threshold }) => {
    const value = valueOf(metric, result);
    return { metric, threshold, value, passed: value >= threshold };
  });
  return { passed: metrics.every(({ passed }) => passed), metrics };
}

function valueOf(metric: GateMetric, { coco, ultralytics, comparison }: Judged): number {
  const values: Record<GateMetric, number> = {
    'coco.AP': coco.AP,
    'coco.AP50': coco.AP50,
    'coco.AP75': coco.AP75,
    'coco.AR100': coco.AR100,
    'ultralytics.P': ultralytics.P,
    'ultralytics.R': ultralytics.R,
    'ultralytics.mAP50': ultralytics.mAP50,
    'ultralytics.mAP50_95': ultralytics.mAP50_95,
    'live.better': comparison.better,
    'live.notWorse': comparison.notWorse,
  };
  return values[metric];
}
