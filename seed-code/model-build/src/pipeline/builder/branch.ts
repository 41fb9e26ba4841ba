// Condition and fail steps: how an execution forks, and how it ends on purpose.
import type { Condition } from './condition';
import type { Text } from './expression';
import { dependsOnJson, type Step, type StepOptions } from './step';

export interface ConditionStepOptions extends StepOptions {
  /** All must hold. */
  readonly conditions: readonly Condition[];
  readonly ifTrue: readonly Step[];
  readonly ifFalse: readonly Step[];
}

export function conditionStep(options: ConditionStepOptions): Step {
  return {
    name: options.name,
    json: {
      Name: options.name,
      Type: 'Condition',
      Arguments: {
        Conditions: options.conditions,
        IfSteps: options.ifTrue.map(({ json }) => json),
        ElseSteps: options.ifFalse.map(({ json }) => json),
      },
      ...dependsOnJson(options),
    },
  };
}

export interface FailStepOptions extends StepOptions {
  /** Why the execution fails, for whoever reads its status. */
  readonly message: Text;
}

export function failStep(options: FailStepOptions): Step {
  return {
    name: options.name,
    json: {
      Name: options.name,
      Type: 'Fail',
      Arguments: { ErrorMessage: options.message },
      ...dependsOnJson(options),
    },
  };
}
