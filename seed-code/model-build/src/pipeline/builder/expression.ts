// Expressions of a pipeline definition: values that are known only when an execution runs.
// An expression is the JSON that SageMaker reads; its TypeScript type says what it will be then.

/** Never present at run time: carries the type of the value that a reference stands for. */
declare const valueType: unique symbol;

export type Primitive = string | number | boolean;

/** A reference: to a parameter, a variable of the execution, or a property of a step. */
export interface Reference<T extends Primitive = Primitive> {
  readonly Get: string;
  readonly [valueType]?: T;
}

/** Text made of parts. */
export interface Join {
  readonly 'Std:Join': { readonly On: string; readonly Values: readonly (Primitive | Reference | Join | JsonGet)[] };
}

/** A value inside a JSON file: a property file of a processing step, or an object in S3. */
export interface JsonGet {
  readonly 'Std:JsonGet':
    { readonly PropertyFile: Reference; readonly Path: string } | { readonly S3Uri: Join; readonly Path: string };
}

/** Text that is known now, or when the execution runs. */
export type Text = string | Reference<string> | Join;
/** A whole number that is known now, or when the execution runs. */
export type Count = number | Reference<number>;
/** Anything that a condition compares. */
export type Operand = Primitive | Reference | Join | JsonGet;

export function reference<T extends Primitive>(path: string): Reference<T> {
  return { Get: path };
}

/** Joins `values` with `on` between them; numbers and booleans become text. */
export function join(on: string, ...values: Join['Std:Join']['Values']): Join {
  return { 'Std:Join': { On: on, Values: values } };
}

/** A number or boolean as text, which is what a hyperparameter must be (the form that the Python SDK v2 emits). */
export function asText(value: Reference<number | boolean>): Join {
  return join('', value);
}

/**
 * The value at `path` of a JSON file.
 * @param source a step's property file, or the file's S3 URI
 * @param path names separated by dots, `[0]` and `['key']`, for example `sliced.coco.AP50`
 */
export function jsonGet(source: PropertyFile | Join, path: string): JsonGet {
  return {
    'Std:JsonGet':
      'reference' in source ? { PropertyFile: source.reference, Path: path } : { S3Uri: source, Path: path },
  };
}

/** A JSON file among the outputs of a processing step; only {@link jsonGet} can read it. */
export interface PropertyFile {
  readonly reference: Reference;
}

/** Variables of the execution. */
export const execution = {
  id: reference<string>('Execution.PipelineExecutionId'),
  arn: reference<string>('Execution.PipelineExecutionArn'),
  pipelineName: reference<string>('Execution.PipelineName'),
  pipelineArn: reference<string>('Execution.PipelineArn'),
  start: reference<string>('Execution.StartDateTime'),
} as const;
