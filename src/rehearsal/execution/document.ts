// The JSON of a pipeline definition, as far as a rehearsal can run it.
// Source: what the SageMaker Python SDK 2.257.6 emits; AWS's published JSON schema refuses much of that.
import { z } from 'zod';
import { expireAfter } from './cache';
import { conditionSchema } from './condition';
import { Float, isObject, type Value, type ValueObject } from './json';
import { parameterSchema } from './parameters';
import { RETRYABLE_EXCEPTIONS, type RetryPolicy } from './retry';
import { OUTPUT_PARAMETER_TYPES } from './step';

/** A pipeline definition is not valid, or asks for what a rehearsal cannot run. */
export class DefinitionError extends Error {
  override readonly name = 'DefinitionError';
}

const name = z.string().regex(/^[A-Za-z0-9\-_]{1,64}$/, 'must have 1 to 64 letters, digits, hyphens or underscores');
const value = z.custom<Value>((input) => input !== undefined, 'is missing');
const object = z.custom<ValueObject>((input) => isObject(input as Value), 'must be an object'); // input is parsed JSON
const float = z.union([z.number(), z.instanceof(Float).transform(({ value }) => value)]);

const retryPolicy = (exceptions: readonly string[]) =>
  z
    .strictObject({
      ExceptionType: z.array(z.enum(exceptions)).min(1),
      IntervalSeconds: z.int().min(1).max(43_200).default(1),
      BackoffRate: float.pipe(z.number().min(1)).default(2),
      MaxAttempts: z.int().min(1).max(20).optional(),
      ExpireAfterMin: z.int().min(1).max(14_400).optional(),
    })
    .refine(
      (policy) => (policy.MaxAttempts === undefined) !== (policy.ExpireAfterMin === undefined),
      'takes either MaxAttempts or ExpireAfterMin',
    )
    .transform((policy): RetryPolicy => ({
      exceptions: new Set(policy.ExceptionType),
      intervalSeconds: policy.IntervalSeconds,
      backoffRate: policy.BackoffRate,
      maxAttempts: policy.MaxAttempts,
      expireAfterMinutes: policy.ExpireAfterMin,
    }));
const callExceptions = RETRYABLE_EXCEPTIONS.filter((exception) => exception.startsWith('Step.'));

const cacheConfig = z
  .strictObject({ Enabled: z.boolean(), ExpireAfter: z.string().optional() })
  .transform(({ Enabled, ExpireAfter }, context) => {
    const expires = ExpireAfter === undefined ? Infinity : expireAfter(ExpireAfter);
    if (expires === undefined)
      context.addIssue(`ExpireAfter ${JSON.stringify(ExpireAfter)} is not an ISO 8601 duration`);
    return Enabled ? expires : undefined;
  });

const envelope = {
  Name: name,
  DisplayName: z.string().max(256).optional(),
  Description: z.string().max(3072).optional(),
  DependsOn: z.array(z.string('must be the name of a step')).default([]),
};
const jobEnvelope = {
  ...envelope,
  Arguments: object,
  RetryPolicies: z.array(retryPolicy(RETRYABLE_EXCEPTIONS)).default([]),
  CacheConfig: cacheConfig.optional(),
};
const callEnvelope = {
  ...envelope,
  Arguments: object,
  RetryPolicies: z.array(retryPolicy(callExceptions)).default([]),
};

const propertyFile = z.strictObject({ PropertyFileName: name, OutputName: z.string(), FilePath: z.string().min(1) });

const outputParameters = z
  .array(z.strictObject({ OutputName: z.string().min(1), OutputType: z.enum(OUTPUT_PARAMETER_TYPES) }))
  .max(50)
  .default([]);
const outsideEnvelope = { ...envelope, Arguments: object, OutputParameters: outputParameters };

/** One step; those inside a Condition's branches are parsed one by one, so that a message can name the step it is about. */
export const stepSchema = z.discriminatedUnion('Type', [
  z.strictObject({ ...jobEnvelope, Type: z.literal('Processing'), PropertyFiles: z.array(propertyFile).default([]) }),
  z.strictObject({ ...jobEnvelope, Type: z.literal('Training') }),
  z.strictObject({ ...callEnvelope, Type: z.literal('Model') }),
  z.strictObject({ ...callEnvelope, Type: z.literal('RegisterModel') }),
  z.strictObject({ ...outsideEnvelope, Type: z.literal('Lambda'), FunctionArn: z.string().startsWith('arn:') }),
  z.strictObject({ ...outsideEnvelope, Type: z.literal('Callback'), SqsQueueUrl: z.url() }),
  z.strictObject({ ...envelope, Type: z.literal('Fail'), Arguments: z.strictObject({ ErrorMessage: value }) }),
  z.strictObject({
    ...envelope,
    Type: z.literal('Condition'),
    Arguments: z.strictObject({
      Conditions: z.array(conditionSchema).min(1),
      IfSteps: z.array(object),
      ElseSteps: z.array(object),
    }),
  }),
]);
/** The step types that a rehearsal runs. */
export const RUNNABLE: readonly string[] = stepSchema.options.map((option) => option.shape.Type.value);

export const definitionSchema = z.strictObject({
  Version: z.literal('2020-12-01'),
  Metadata: z.record(z.string(), z.unknown()).optional(),
  Parameters: z.array(parameterSchema).default([]),
  PipelineExperimentConfig: z.strictObject({ ExperimentName: value, TrialName: value }).nullable().default(null),
  MlflowConfig: z.null('a rehearsal has no MLflow app').optional(),
  Steps: z.array(object).min(1),
});

/** @throws DefinitionError that names the place and what is wrong there */
export function parsed<T extends z.ZodType>(schema: T, input: Value, place: string): z.output<T> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const path = issue === undefined || issue.path.length === 0 ? '' : `, ${z.core.toDotPath(issue.path)}`;
  throw new DefinitionError(`${place}${path}: ${issue?.message ?? 'not valid'}.`);
}
