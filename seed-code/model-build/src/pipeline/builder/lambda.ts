// Lambda steps: a function is invoked with the step's arguments; what it returns are the step's output parameters.
import type { Operand } from './expression';
import { outputParametersJson, outputReference, type OutputStep, type OutputTypes } from './output-parameter';
import { dependsOnJson, type StepOptions } from './step';

export interface LambdaStepOptions<Outputs extends OutputTypes> extends StepOptions {
  readonly functionArn: string;
  /** The event that the function gets. */
  readonly arguments: Readonly<Record<string, Operand>>;
  /** Members of the object that the function returns. */
  readonly outputs: Outputs;
}

/** @throws DefinitionError for more outputs than a step may have */
export function lambdaStep<Outputs extends OutputTypes>(options: LambdaStepOptions<Outputs>): OutputStep<Outputs> {
  const { name, functionArn, outputs } = options;
  return {
    name,
    output: (output) => outputReference(name, output),
    json: {
      Name: name,
      Type: 'Lambda',
      Arguments: options.arguments,
      ...dependsOnJson(options),
      FunctionArn: functionArn,
      ...outputParametersJson(name, outputs),
    },
  };
}
