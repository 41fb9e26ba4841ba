// The whole definition: put together from parameters and steps, and checked as far as can be told before a run.
import { checkReferences } from './check';
import { VERSION, type Definition } from './definition';
import type { Parameter } from './parameter';
import type { Step } from './step';

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
