// A pipeline definition as CreatePipeline takes it, parsed into the graph that an execution runs.
// Source: the JSON that the SageMaker Python SDK 2.257.6 emits; AWS's published JSON schema refuses much of that.
import { z } from 'zod';
import { conditionSchema, type Condition } from './condition';
import { expireAfter } from './cache';
import { ExpressionError, references, type Reference } from './expression';
import { RETRYABLE_EXCEPTIONS } from './host';
import { Float, isObject, parseJson, type Value, type ValueObject } from './json';
import { lookup } from './path';
import { defaultValue, ParameterError, parameterSchema, type Parameter } from './parameters';
import type { RetryPolicy } from './retry';
import { EXECUTION_VARIABLES } from './variables';

/** A pipeline definition is not valid, or asks for what a rehearsal cannot run. */
export class DefinitionError extends Error {
  override readonly name = 'DefinitionError';
}

interface StepBase {
  readonly name: string;
  readonly displayName?: string;
  readonly description?: string;
  /** Names of the steps that must have succeeded before this one starts. */
  readonly dependencies: ReadonlySet<string>;
  /** The Condition step whose branch this step stands in. */
  readonly branch?: { readonly condition: string; readonly when: boolean };
}

/** A step that is one API call, and for a job the wait for its end. */
export interface CallStep extends StepBase {
  readonly type: 'Processing' | 'Training' | 'Model' | 'RegisterModel';
  readonly arguments: ValueObject;
  readonly retries: readonly RetryPolicy[];
  /** Set when caching is on: milliseconds for which a run can be reused, Infinity when it does not expire. */
  readonly cacheFor?: number;
  readonly propertyFiles: ReadonlyMap<string, { readonly output: string; readonly path: string }>;
}

export interface ConditionStep extends StepBase {
  readonly type: 'Condition';
  /** All must hold. */
  readonly conditions: readonly Condition[];
}

export interface FailStep extends StepBase {
  readonly type: 'Fail';
  readonly message: Value;
}

export type Step = CallStep | ConditionStep | FailStep;

export interface PipelineDefinition {
  readonly parameters: readonly Parameter[];
  /** Experiment and trial name: expressions, or null when no experiment is kept. */
  readonly experiment: { readonly ExperimentName: Value; readonly TrialName: Value } | null;
  /** Every step by its name, those of branches included, in the order of the definition. */
  readonly steps: ReadonlyMap<string, Step>;
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

/** One step; those inside a Condition's branches are parsed one by one, so that a message can name the step it is about. */
const stepSchema = z.discriminatedUnion('Type', [
  z.strictObject({ ...jobEnvelope, Type: z.literal('Processing'), PropertyFiles: z.array(propertyFile).default([]) }),
  z.strictObject({ ...jobEnvelope, Type: z.literal('Training') }),
  z.strictObject({ ...callEnvelope, Type: z.literal('Model') }),
  z.strictObject({ ...callEnvelope, Type: z.literal('RegisterModel') }),
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
const RUNNABLE = stepSchema.options.map((option) => option.shape.Type.value);

const definitionSchema = z.strictObject({
  Version: z.literal('2020-12-01'),
  Metadata: z.record(z.string(), z.unknown()).optional(),
  Parameters: z.array(parameterSchema).default([]),
  PipelineExperimentConfig: z.strictObject({ ExperimentName: value, TrialName: value }).nullable().default(null),
  MlflowConfig: z.null('a rehearsal has no MLflow app').optional(),
  Steps: z.array(object).min(1),
});

/**
 * Parses a definition and checks all that can be known before it runs.
 * @throws DefinitionError that names the step and what is wrong with it
 */
export function parseDefinition(text: string): PipelineDefinition {
  let json: Value;
  try {
    json = parseJson(text);
  } catch (error) {
    throw new DefinitionError(`Unable to parse pipeline definition: ${(error as Error).message}.`); // SyntaxError
  }
  const document = parsed(definitionSchema, json, 'The pipeline definition');
  const definition = {
    parameters: document.Parameters,
    experiment: document.PipelineExperimentConfig,
    steps: new Map<string, Step>(),
  };
  for (const parameter of definition.parameters) attempt(() => defaultValue(parameter));
  refuseTwins(
    definition.parameters.map((parameter) => parameter.Name),
    'parameters',
  );
  const steps = document.Steps.flatMap((step) => flatten(step));
  refuseTwins(
    steps.map((step) => step.name),
    'steps',
  );
  for (const step of steps) definition.steps.set(step.name, step);
  for (const step of steps) checkReferences(step, definition);
  refuseCycles(definition.steps);
  return definition;
}

/** A step, and those in its branches. */
function flatten(document: ValueObject, branch?: StepBase['branch']): Step[] {
  const { Type: type, Name: given } = document;
  const place = `Step ${JSON.stringify(given)}`;
  if (typeof type === 'string' && !RUNNABLE.some((runnable) => runnable === type))
    throw new DefinitionError(
      `${place} is of type ${type}, which a rehearsal cannot run; it runs ${RUNNABLE.join(', ')}.`,
    );
  const step = parsed(stepSchema, document, place);
  const own = step.Type === 'Condition' ? step.Arguments.Conditions : step.Arguments;
  const referred = attempt(() => references(own as Value), place); // parsed from a Value
  const base = {
    name: step.Name,
    displayName: step.DisplayName,
    description: step.Description,
    branch,
    dependencies: new Set([
      ...step.DependsOn,
      ...referred.flatMap((reference) => ('step' in reference ? [reference.step] : [])),
      ...(branch === undefined ? [] : [branch.condition]),
    ]),
  };
  switch (step.Type) {
    case 'Fail':
      return [{ ...base, type: 'Fail', message: step.Arguments.ErrorMessage }];
    case 'Condition': {
      const { Conditions: conditions, IfSteps, ElseSteps } = step.Arguments;
      return [
        { ...base, type: 'Condition', conditions },
        ...IfSteps.flatMap((child) => flatten(child, { condition: step.Name, when: true })),
        ...ElseSteps.flatMap((child) => flatten(child, { condition: step.Name, when: false })),
      ];
    }
    default: {
      const files = step.Type === 'Processing' ? step.PropertyFiles : [];
      refuseTwins(
        files.map((file) => file.PropertyFileName),
        `property files of step "${step.Name}"`,
      );
      return [
        {
          ...base,
          type: step.Type,
          arguments: step.Arguments,
          retries: step.RetryPolicies,
          cacheFor: 'CacheConfig' in step ? step.CacheConfig : undefined,
          propertyFiles: new Map(
            files.map((file) => [file.PropertyFileName, { output: file.OutputName, path: file.FilePath }]),
          ),
        },
      ];
    }
  }
}

function checkReferences(step: Step, definition: PipelineDefinition): void {
  const refuse = (what: string): never => {
    throw new DefinitionError(`Step "${step.name}" ${what}.`);
  };
  for (const dependency of step.dependencies) {
    const target = definition.steps.get(dependency);
    if (target === undefined) refuse(`depends on step "${dependency}", which the pipeline does not have`);
    if (target?.type === 'Fail') refuse(`depends on "${dependency}", and nothing can depend on a Fail step`);
  }
  if (step.type === 'Processing') {
    for (const [file, { output }] of step.propertyFiles) {
      if (!hasOutput(step, output))
        refuse(`has the property file "${file}" in the output "${output}", which it does not have`);
    }
  }
  for (const reference of references(ownValues(step))) {
    const problem = missing(reference, definition);
    if (problem !== undefined) refuse(`refers to ${problem}`);
  }
}

/** Everything of a step that may hold an expression. */
function ownValues(step: Step): Value {
  switch (step.type) {
    case 'Condition':
      return step.conditions; // parsed from a Value
    case 'Fail':
      return step.message;
    default:
      return step.arguments;
  }
}

/** What is wrong with a reference; undefined when it leads somewhere. */
function missing(reference: Reference, { parameters, experiment, steps }: PipelineDefinition): string | undefined {
  switch (reference.kind) {
    case 'parameter':
      return parameters.some((parameter) => parameter.Name === reference.name)
        ? undefined
        : `the parameter "${reference.name}", which the pipeline does not declare`;
    case 'execution':
      return EXECUTION_VARIABLES.includes(reference.name)
        ? undefined
        : `Execution.${reference.name}; an execution has ${EXECUTION_VARIABLES.join(', ')}`;
    case 'experiment':
      return experiment !== null && Object.hasOwn(experiment, reference.name)
        ? undefined
        : `PipelineExperimentConfig.${reference.name}, which the definition does not set`;
    case 'property-file': {
      const step = steps.get(reference.step);
      return step?.type === 'Processing' && step.propertyFiles.has(reference.name)
        ? undefined
        : `the property file "${reference.name}", which step "${reference.step}" does not have`;
    }
    case 'property': {
      const step = steps.get(reference.step);
      const [config, outputs, output] = reference.path;
      if (step?.type === 'Condition' && reference.path.join('.') !== 'Outcome')
        return `a property of "${step.name}", and a Condition step has none but Outcome`;
      if (step?.type !== 'Processing' || config !== 'ProcessingOutputConfig' || outputs !== 'Outputs') return undefined;
      return typeof output !== 'string' || hasOutput(step, output)
        ? undefined
        : `the output "${output}", which step "${step.name}" does not have`;
    }
  }
}

function hasOutput(step: CallStep, output: string): boolean {
  return lookup(step.arguments, ['ProcessingOutputConfig', 'Outputs', output]) !== undefined;
}

function refuseTwins(names: readonly string[], kind: string): void {
  const twin = names.find((name, index) => names.indexOf(name) < index);
  if (twin !== undefined) throw new DefinitionError(`Two ${kind} have the name "${twin}".`);
}

function refuseCycles(steps: ReadonlyMap<string, Step>): void {
  const done = new Set<string>();
  const visit = (name: string, trail: readonly string[]): void => {
    if (done.has(name)) return;
    const start = trail.indexOf(name);
    if (start >= 0)
      throw new DefinitionError(`Cycle detected in pipeline step graph: ${[...trail.slice(start), name].join(' → ')}.`);
    for (const dependency of steps.get(name)?.dependencies ?? []) visit(dependency, [...trail, name]);
    done.add(name);
  };
  for (const name of steps.keys()) visit(name, []);
}

function parsed<T extends z.ZodType>(schema: T, input: Value, place: string): z.output<T> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const path = issue === undefined || issue.path.length === 0 ? '' : `, ${z.core.toDotPath(issue.path)}`;
  throw new DefinitionError(`${place}${path}: ${issue?.message ?? 'not valid'}.`);
}

function attempt<T>(check: () => T, place?: string): T {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof ExpressionError || error instanceof ParameterError)) throw error;
    throw new DefinitionError(place === undefined ? error.message : `${place}: ${error.message}`);
  }
}
