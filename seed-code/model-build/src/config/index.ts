// drone-mlops.json: the one managed file through which the project's options reach this code.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { checkTogether, TRAINING_SETTINGS } from '../training/settings';

const share = z.number().gt(0).lt(1);
const instanceType = z.string().regex(/^ml\.[a-z0-9-]+\.[a-z0-9]+$/, 'an instance type such as ml.m5.xlarge');

/** How the flight that an image belongs to is told: by a pattern in its path, by its folder, or by gaps in capture time. */
export const flightRule = z.discriminatedUnion('by', [
  z.strictObject({ by: z.literal('pattern'), pattern: z.string().min(1) }),
  z.strictObject({ by: z.literal('folder') }),
  z.strictObject({ by: z.literal('time-gap'), minutes: z.number().positive() }),
]);

/** Metrics that a gate can name; {@link gatePath} tells where their values stand. */
export const GATE_METRICS = [
  'coco.AP',
  'coco.AP50',
  'coco.AP75',
  'coco.AR100',
  'ultralytics.P',
  'ultralytics.R',
  'ultralytics.mAP50',
  'ultralytics.mAP50_95',
  'live.better',
  'live.notWorse',
] as const;

/** A step that the team has added to the pipeline, right after another. */
const addedStep = z.strictObject({
  name: z.string().regex(/^[a-z](-?[a-z0-9])*$/, 'lower-case letters, digits and inner hyphens'),
  after: z.string(),
  kind: z.enum(['processing', 'lambda', 'callback']),
});

const schema = z.strictObject({
  '//': z.string().optional(),
  projectName: z.string().min(1).max(32),
  region: z.string().min(1),
  classes: z
    .array(z.string().min(1))
    .min(1, 'name at least one class')
    .refine((names) => new Set(names).size === names.length, 'two classes have the same name'),
  flight: flightRule,
  split: z.strictObject({ train: share, validation: share, test: share, timeBlocks: z.boolean() }),
  tiling: z.strictObject({ size: z.int().min(64).max(4096), overlap: z.number().min(0).lt(1) }),
  validation: z.strictObject({ maxDroppedShare: z.number().min(0).max(1) }),
  training: z
    .strictObject({ trainer: z.enum(['baseline', 'ultralytics']), spot: z.boolean(), ...TRAINING_SETTINGS })
    .superRefine(checkTogether),
  gate: z
    .partialRecord(z.enum(GATE_METRICS), z.number().min(0).max(1))
    .refine((gate) => Object.keys(gate).length > 0, 'name at least one metric'),
  instances: z.strictObject({
    processing: z.strictObject({ type: instanceType, count: z.int().min(1) }),
    training: z.strictObject({ type: instanceType }),
    inference: z.strictObject({ type: instanceType }),
  }),
  /** In the place of the runtime images of the platform. */
  images: z.strictObject({ node: z.string().min(1).optional(), training: z.string().min(1).optional() }).default({}),
  steps: z.array(addedStep),
  endpoint: z.enum(['real-time', 'serverless', 'asynchronous']),
  /** Whether `pipeline start` follows the execution until it ends. */
  waitForTraining: z.boolean().default(false),
  tags: z.record(z.string(), z.string()),
});

/** The project's configuration, as `drone-mlops.json` holds it. */
export type Config = z.infer<typeof schema>;
export type AddedStep = z.infer<typeof addedStep>;
export type FlightRule = z.infer<typeof flightRule>;
export type GateMetric = (typeof GATE_METRICS)[number];

const LIVE = 'live.';

/** Whether a gate asks for a comparison with the model that serves today. */
export function asksForLive(gate: Config['gate']): boolean {
  return Object.keys(gate).some((metric) => metric.startsWith(LIVE));
}

/** Where a metric's value stands in `evaluation.json`. */
export function gatePath(metric: GateMetric): string {
  return metric.startsWith(LIVE) ? `comparison.${metric.slice(LIVE.length)}` : `sliced.${metric}`;
}

/** `drone-mlops.json` is missing, or does not say what it should. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/**
 * Reads and checks `drone-mlops.json`.
 * @param dir folder of the package
 * @param changes values that count instead of the file's, by their place such as `training.epochs`
 * @throws ConfigError that names the file, the place in it, and the remedy
 */
export function loadConfig(dir: string, changes: ReadonlyMap<string, string> = new Map()): Config {
  const file = join(dir, 'drone-mlops.json');
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new ConfigError(`${file} cannot be read. It is managed: run \`npx projen\` to write it again.`);
  }
  return parseConfig(text, file, changes);
}

/** As {@link loadConfig}, of text that is at hand; `file` is the name for messages. */
export function parseConfig(text: string, file: string, changes: ReadonlyMap<string, string> = new Map()): Config {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ConfigError(`${file} is not JSON (${(error as Error).message}). It is managed: run \`npx projen\`.`);
  }
  for (const [place, text] of changes) change(value, place.split('.'), text);
  const parsed = schema.safeParse(value);
  if (!parsed.success) {
    throw new ConfigError(
      `${file} is not valid:\n${z.prettifyError(parsed.error)}\nIt is managed: change .projenrc.ts and run \`npx projen\`.`,
    );
  }
  return parsed.data;
}

/** Sets a place of JSON to a value given as text; what is no object is left for the schema to complain of. */
function change(value: unknown, [key = '', ...rest]: readonly string[], text: string): void {
  if (typeof value !== 'object' || value === null) return;
  const object = value as Record<string, unknown>; // an object out of JSON
  if (rest.length === 0) object[key] = literal(text);
  else change((object[key] ??= {}), rest, text);
}

/** Text as JSON where it is some, such as `true`, `3` or `["car"]`. */
function literal(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
