// Output parameters: the flat values that Lambda and callback steps hand to later steps.
import { reference, type Primitive, type Reference } from './expression';
import { DefinitionError, type Step } from './step';

/** Of SendPipelineExecutionStepSuccess (SageMaker API reference); Lambda steps are held to it as well. */
const MAX_OUTPUTS = 50;

/** Types of output parameters, and what a reference to one stands for. */
interface OutputValues {
  readonly String: string;
  readonly Integer: number;
  readonly Float: number;
  readonly Boolean: boolean;
}
export type OutputType = keyof OutputValues;
export type OutputTypes = Readonly<Record<string, OutputType>>;

/** A step whose results are output parameters. */
export interface OutputStep<Outputs extends OutputTypes> extends Step {
  readonly output: <Name extends keyof Outputs & string>(name: Name) => Reference<OutputValues[Outputs[Name]]>;
}

/** @throws DefinitionError for more outputs than a step may have */
export function outputParametersJson(step: string, outputs: OutputTypes) {
  const entries = Object.entries(outputs);
  if (entries.length > MAX_OUTPUTS) {
    throw new DefinitionError(`Step ${step} has ${entries.length} output parameters; SageMaker takes ${MAX_OUTPUTS}.`);
  }
  return { OutputParameters: entries.map(([OutputName, OutputType]) => ({ OutputName, OutputType })) };
}

export function outputReference<T extends Primitive>(step: string, name: string): Reference<T> {
  return reference(`Steps.${step}.OutputParameters['${name}']`);
}
