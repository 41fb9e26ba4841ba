// The quality gate: what must hold of the evaluation before a model is registered, and what is said when it does not.
import { gatePath, type Config, type GateMetric } from '../config';
import { compare, join, jsonGet, type Condition, type Join, type PropertyFile } from './builder';

/** Each metric and the least it must reach, in the order of the configuration. */
export function thresholds(gate: Config['gate']): readonly (readonly [GateMetric, number])[] {
  // `Object.entries` widens the keys; the configuration's schema admits no others.
  return Object.entries(gate) as [GateMetric, number][];
}

/** One condition a metric; all must hold. */
export function gateConditions(gate: Config['gate'], evaluation: PropertyFile): readonly Condition[] {
  return thresholds(gate).map(([metric, least]) => compare(jsonGet(evaluation, gatePath(metric)), 'atLeast', least));
}

/** `The quality gate is not passed: coco.AP50 is 0.41 and must be at least 0.5.` */
export function gateMessage(gate: Config['gate'], evaluation: PropertyFile): Join {
  const parts = thresholds(gate).flatMap(([metric, least], index) => [
    `${index === 0 ? 'The quality gate is not passed: ' : '; '}${metric} is `,
    jsonGet(evaluation, gatePath(metric)),
    ` and must be at least ${least}`,
  ]);
  return join('', ...parts, '.');
}
