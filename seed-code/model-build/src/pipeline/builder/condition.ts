// Conditions of a condition step: every form that SageMaker takes.
import type { Operand } from './expression';

const COMPARISONS = {
  equals: 'Equals',
  greaterThan: 'GreaterThan',
  atLeast: 'GreaterThanOrEqualTo',
  lessThan: 'LessThan',
  atMost: 'LessThanOrEqualTo',
} as const;

export type Condition =
  | {
      readonly Type: (typeof COMPARISONS)[keyof typeof COMPARISONS];
      readonly LeftValue: Operand;
      readonly RightValue: Operand;
    }
  | { readonly Type: 'In'; readonly QueryValue: Operand; readonly Values: readonly Operand[] }
  | { readonly Type: 'Not'; readonly Condition: Condition }
  | { readonly Type: 'Or'; readonly Conditions: readonly Condition[] };

/** @example compare(jsonGet(evaluation, 'sliced.coco.AP50'), 'atLeast', 0.5) */
export function compare(left: Operand, how: keyof typeof COMPARISONS, right: Operand): Condition {
  return { Type: COMPARISONS[how], LeftValue: left, RightValue: right };
}

export function oneOf(value: Operand, values: readonly Operand[]): Condition {
  return { Type: 'In', QueryValue: value, Values: values };
}

export function not(condition: Condition): Condition {
  return { Type: 'Not', Condition: condition };
}

export function anyOf(...conditions: readonly Condition[]): Condition {
  return { Type: 'Or', Conditions: conditions };
}
