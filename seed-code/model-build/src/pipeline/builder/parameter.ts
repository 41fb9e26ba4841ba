// Parameters: what whoever starts an execution may choose.
import { reference, type Reference } from './expression';

interface Kinds {
  readonly String: string;
  readonly Integer: number;
  readonly Float: number;
  readonly Boolean: boolean;
}

export interface ParameterOptions<T> {
  /** Without a default, each execution must give a value. */
  readonly default?: T;
  readonly values?: readonly T[];
}

/** A parameter, and the reference to its value. */
export interface Parameter<K extends keyof Kinds = keyof Kinds> {
  readonly reference: Reference<Kinds[K]>;
  readonly json: {
    readonly Name: string;
    readonly Type: K;
    readonly DefaultValue?: Kinds[K];
    readonly EnumValues?: readonly Kinds[K][];
  };
}

/**
 * Declares a parameter.
 * @example parameter('Integer', 'Epochs', { default: 20 })
 */
export function parameter<K extends keyof Kinds>(
  type: K,
  name: string,
  options: ParameterOptions<Kinds[K]> = {},
): Parameter<K> {
  return {
    reference: reference(`Parameters.${name}`),
    json: {
      Name: name,
      Type: type,
      ...(options.default !== undefined && { DefaultValue: options.default }),
      ...(options.values && { EnumValues: options.values }),
    },
  };
}
