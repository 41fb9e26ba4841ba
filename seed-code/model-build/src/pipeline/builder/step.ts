// What steps of every type have in common.
import type { Text } from './expression';

/** The definition cannot be built as it was asked for; the message names the step or parameter. */
export class DefinitionError extends Error {
  override readonly name = 'DefinitionError';
}

/** Fields of a step that every type shares. */
export interface StepOptions {
  /** Letters, digits, `-` and `_`; at most 64, unique in the whole pipeline. */
  readonly name: string;
  /** Steps that must have finished, beyond those that the arguments refer to. */
  readonly dependsOn?: readonly Step[];
}

/** A step as SageMaker reads it. */
export interface Step {
  readonly name: string;
  readonly json: StepJson;
}

export interface StepJson {
  readonly Name: string;
  readonly Type: 'Processing' | 'Training' | 'Lambda' | 'Callback' | 'Condition' | 'RegisterModel' | 'Fail';
  readonly Arguments: object;
  readonly DependsOn?: readonly string[];
  readonly PropertyFiles?: readonly { PropertyFileName: string; OutputName: string; FilePath: string }[];
  /** Of a Lambda step. */
  readonly FunctionArn?: string;
  /** Of a callback step. */
  readonly SqsQueueUrl?: string;
  /** Of both. */
  readonly OutputParameters?: readonly { OutputName: string; OutputType: string }[];
}

export function dependsOnJson({ dependsOn = [] }: StepOptions) {
  return dependsOn.length > 0 ? { DependsOn: dependsOn.map(({ name }) => name) } : {};
}

/** A list of tags as AWS takes them. */
export function tagsJson(tags: Readonly<Record<string, Text>> = {}) {
  const entries = Object.entries(tags);
  return entries.length > 0 ? { Tags: entries.map(([Key, Value]) => ({ Key, Value })) } : {};
}
