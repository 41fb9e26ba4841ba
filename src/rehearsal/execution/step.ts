// The graph that an execution runs: steps, what each waits for, and in which branch it stands.
import type { Condition } from './condition';
import type { Value, ValueObject } from './json';
import type { Parameter } from './parameters';
import type { RetryPolicy } from './retry';

interface StepBase {
  readonly name: string;
  readonly displayName?: string;
  readonly description?: string;
  /** Names of the steps that must have succeeded before this one starts. */
  readonly dependencies: ReadonlySet<string>;
  /** The Condition step whose branch this step stands in. */
  readonly branch?: { readonly condition: string; readonly when: boolean };
}

/** Types of the values that Lambda and callback steps hand on. */
export const OUTPUT_PARAMETER_TYPES = ['String', 'Integer', 'Boolean', 'Float'] as const;
export type OutputParameterType = (typeof OUTPUT_PARAMETER_TYPES)[number];

/** A step that is one API call, and the wait for the end of what that starts. */
export interface CallStep extends StepBase {
  readonly type: 'Processing' | 'Training' | 'Model' | 'RegisterModel' | 'Lambda' | 'Callback';
  readonly arguments: ValueObject;
  readonly retries: readonly RetryPolicy[];
  /** Set when caching is on: milliseconds for which a run can be reused, Infinity when it does not expire. */
  readonly cacheFor?: number;
  readonly propertyFiles: ReadonlyMap<string, { readonly output: string; readonly path: string }>;
  /** Of a Lambda step the function's ARN, of a callback step the queue's URL. */
  readonly target?: string;
  /** Output parameters of Lambda and callback steps. */
  readonly outputs: ReadonlyMap<string, OutputParameterType>;
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
