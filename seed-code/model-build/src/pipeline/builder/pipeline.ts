// The whole definition: put together from parameters and steps, and checked as far as can be told before a run.
import { checkReferences } from './check';
import type { Parameter } from './parameter';
import type { Step, StepJson } from './step';

/** The version of the definition's language; the only one so far. */
const VERSION = '2020-12-01';

/** A pipeline definition as SageMaker reads it. */
export interface Definition {
  readonly Version: typeof VERSION;
  readonly Metadata: Readonly<Record<string, never>>;
  readonly Parameters: readonly Parameter['json'][];
  /** Null: executions are not grouped in SageMaker Experiments, which has no place in Studio any more. */
  readonly PipelineExperimentConfig: null;
  readonly Steps: readonly StepJson[];
}

/**
 * Puts a definition together.
 * @throws DefinitionError that names a step or parameter: a bad or repeated name, a reference to nothing, a circle
 */
export function pipeline(parameters: readonly Parameter[], steps: readonly Step[]): Definition {
  const definition: Definition = {
    Version: VERSION,
    Metadata: {},
    Parameters: parameters.map(({ json }) => json),
    PipelineExperimentConfig: null,
    Steps: steps.map(({ json }) => json),
  };
  checkReferences(definition);
  return definition;
}
