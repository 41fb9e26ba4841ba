// Callback steps: a message goes to a queue, and the step lasts until whoever took it answers with the token that is in it.
import type { Operand } from './expression';
import { outputParametersJson, outputReference, type OutputStep, type OutputTypes } from './output-parameter';
import { dependsOnJson, type StepOptions } from './step';

export interface CallbackStepOptions<Outputs extends OutputTypes> extends StepOptions {
  readonly queueUrl: string;
  /** `arguments` of the message. */
  readonly arguments: Readonly<Record<string, Operand>>;
  /** Output parameters of SendPipelineExecutionStepSuccess. */
  readonly outputs: Outputs;
}

/** @throws DefinitionError for more outputs than a step may have */
export function callbackStep<Outputs extends OutputTypes>(options: CallbackStepOptions<Outputs>): OutputStep<Outputs> {
  const { name, queueUrl, outputs } = options;
  return {
    name,
    output: (output) => outputReference(name, output),
    json: {
      Name: name,
      Type: 'Callback',
      Arguments: options.arguments,
      ...dependsOnJson(options),
      SqsQueueUrl: queueUrl,
      ...outputParametersJson(name, outputs),
    },
  };
}
