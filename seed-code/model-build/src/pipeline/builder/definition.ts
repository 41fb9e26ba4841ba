// A pipeline definition as SageMaker reads it.
import type { Parameter } from './parameter';
import type { StepJson } from './step';

/** The version of the definition's language; the only one so far. */
export const VERSION = '2020-12-01';

export interface Definition {
  readonly Version: typeof VERSION;
  readonly Metadata: Readonly<Record<string, never>>;
  readonly Parameters: readonly Parameter['json'][];
  /** Null: executions are not grouped in SageMaker Experiments, which has no place in Studio any more. */
  readonly PipelineExperimentConfig: null;
  readonly Steps: readonly StepJson[];
}
