// A step's settings: `--name=value` arguments of a processing job, or the string-valued hyperparameters of a training job.
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { StepError } from './step';

/**
 * Parses `--name=value` arguments; a name given several times becomes an array.
 * @throws StepError that names the setting
 */
export function parseArguments<T extends z.ZodType>(schema: T, args: readonly string[]): z.infer<T> {
  const values: Record<string, string | string[]> = {};
  for (const arg of args) {
    const match = /^--([A-Za-z][\w.-]*)=([\s\S]*)$/.exec(arg);
    if (!match) throw new StepError(`The argument ${JSON.stringify(arg)} is not of the form --name=value.`);
    const [, name = '', value = ''] = match;
    const before = values[name];
    values[name] = before === undefined ? value : [...(Array.isArray(before) ? before : [before]), value];
  }
  return parse(schema, values, 'argument');
}

/** Reads `hyperparameters.json`, in which SageMaker makes every value a string. */
export function parseHyperparameters<T extends z.ZodType>(schema: T, file: string): z.infer<T> {
  return parse(schema, JSON.parse(readFileSync(file, 'utf8')), 'hyperparameter');
}

function parse<T extends z.ZodType>(schema: T, values: unknown, kind: string): z.infer<T> {
  const parsed = schema.safeParse(values);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new StepError(
    `The ${kind} ${JSON.stringify(issue?.path.join('.') ?? '')} is not valid: ${issue?.message ?? ''}.`,
  );
}

/** `"true"` or `"false"` as SageMaker passes them. */
export const booleanSetting = z.enum(['true', 'false']).transform((text) => text === 'true');
/** One value or several of the same name, as an array. */
export const repeatedSetting = z.union([z.string().transform((one) => [one]), z.array(z.string())]);
