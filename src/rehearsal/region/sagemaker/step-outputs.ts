// Output parameters of Lambda and callback steps: what is answered, held to what the step declares.
import type { CallStep, OutputParameterType, StepMetadata, StepOutcome } from '../../execution';
import type { OutputParameter } from './callbacks';

/**
 * A step's success with the outputs that it declares, or its failure when one is missing or of another type.
 * @param answered what was answered, by name: text, as callbacks have it, or values of JSON
 */
export function outputsOf(
  step: CallStep,
  answered: ReadonlyMap<string, unknown>,
  metadata: (outputs: readonly OutputParameter[]) => StepMetadata,
): StepOutcome {
  const outputs: OutputParameter[] = [];
  const values: Record<string, string | number | boolean> = {};
  for (const [name, type] of step.outputs) {
    const value = typed(type, answered.get(name));
    if (value === undefined) {
      const given = answered.has(name) ? JSON.stringify(answered.get(name)) : 'nothing';
      return {
        status: 'Failed',
        reason: `The output parameter ${name} is of type ${type}, and the answer has ${given}.`,
      };
    }
    values[name] = value;
    outputs.push({ Name: name, Value: String(value) });
  }
  return {
    status: 'Succeeded',
    properties: { OutputParameters: values },
    metadata: metadata(outputs),
  };
}

function typed(type: OutputParameterType, value: unknown): string | number | boolean | undefined {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  switch (type) {
    case 'String':
      return typeof value === 'string' ? value : undefined;
    case 'Integer':
      return /^[+-]?\d+$/.test(text) ? Number(text) : undefined;
    case 'Float':
      return text !== '' && Number.isFinite(Number(text)) ? Number(text) : undefined;
    case 'Boolean':
      return /^(true|false)$/i.test(text) ? text.toLowerCase() === 'true' : undefined;
  }
}
