// When a step's earlier run can stand for a new one.
// Source: SageMaker Developer Guide, "Caching Pipeline Steps" (the attributes that are compared, and `ExpireAfter`).
import { createHash } from 'node:crypto';
import type { CallStep } from './step';
import type { Json, JsonObject } from './json';

/** The arguments that decide whether two runs of a step are the same; what is not named here may differ. */
const CACHE_KEYS: Readonly<Record<string, readonly string[]>> = {
  Processing: ['AppSpecification', 'Environment', 'ProcessingInputs'],
  Training: [
    'AlgorithmSpecification',
    'CheckpointConfig',
    'DebugHookConfig',
    'DebugRuleConfigurations',
    'Environment',
    'HyperParameters',
    'InputDataConfig',
  ],
};

/** A hash of the arguments that must be equal for a run to be used again. */
export function cacheKey(step: CallStep, request: JsonObject): string {
  const compared = (CACHE_KEYS[step.type] ?? []).map((key) => [key, request[key] ?? null] as const);
  return createHash('sha256')
    .update(canonical([step.type, Object.fromEntries(compared)]))
    .digest('hex');
}

/** JSON with sorted keys. */
function canonical(value: Json): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * Milliseconds of an ISO 8601 duration. The Developer Guide's own examples (`30d`, `T12H`) are lower-case and lack the P.
 * A year is taken as 365 days, a month as 30.
 * @returns undefined when the text is no duration
 */
export function expireAfter(text: string): number | undefined {
  const number = String.raw`(?:(\d+)`;
  const date = ['Y', 'M', 'W', 'D'].map((unit) => `${number}${unit})?`).join('');
  const time = ['H', 'M', 'S'].map((unit) => `${number}${unit})?`).join('');
  const match = new RegExp(`^P?(?=[^P])${date}(?:T(?=\\d)${time})?$`, 'i').exec(text);
  if (match === null) return undefined;
  const units = [365 * DAY, 30 * DAY, 7 * DAY, DAY, HOUR, MINUTE, SECOND];
  return units.reduce((sum, unit, index) => sum + unit * Number(match[index + 1] ?? 0), 0);
}
