// The parameters that a pipeline declares, and their values in one execution.
import { z } from 'zod';
import { Float, type Value } from './json';

const PARAMETER_TYPES = ['String', 'Integer', 'Float', 'Boolean'] as const;

export const parameterSchema = z.strictObject({
  Name: z.string().regex(/^[A-Za-z0-9\-_]{1,64}$/, 'must have 1 to 64 letters, digits, hyphens or underscores'),
  Type: z.enum(PARAMETER_TYPES),
  Description: z.string().max(4096).optional(),
  DefaultValue: z.union([z.string().max(4096), z.number(), z.boolean(), z.instanceof(Float)]).optional(),
  EnumValues: z.array(z.string()).min(1).optional(),
});

/** A parameter as the definition declares it. */
export type Parameter = z.infer<typeof parameterSchema>;

/** The value of every parameter of an execution, by name. */
export type ParameterValues = ReadonlyMap<string, Value>;

/** A value for a parameter is missing, unknown or not of its type. */
export class ParameterError extends Error {
  override readonly name = 'ParameterError';
}

/**
 * What a parameter's default is worth; undefined when it has none.
 * @throws ParameterError when the default is not of the parameter's type
 */
export function defaultValue(parameter: Parameter): Value | undefined {
  const { Type: type, DefaultValue: value } = parameter;
  if (value === undefined) return undefined;
  if (type === 'Float' && typeof value === 'number') return new Float(value);
  const fits = { String: 'string', Integer: 'number', Float: 'object', Boolean: 'boolean' }[type] === typeof value;
  if (!fits) throw new ParameterError(`The default of parameter '${parameter.Name}' is not of type ${type}.`);
  return checkEnum(parameter, value);
}

/**
 * The value of every parameter: as given, else its default.
 * @param values the parameters of StartPipelineExecution, which are always strings
 * @throws ParameterError with the words of the SDK's local executor
 */
export function bindParameters(
  definition: { readonly parameters: readonly Parameter[] },
  values: Readonly<Record<string, string>>,
): ParameterValues {
  const known = new Set(definition.parameters.map((parameter) => parameter.Name));
  const unknown = Object.keys(values).find((name) => !known.has(name));
  if (unknown !== undefined) throw new ParameterError(`Unknown parameter '${unknown}'`);
  return new Map(
    definition.parameters.map((parameter) => {
      const given = values[parameter.Name];
      const value = given === undefined ? defaultValue(parameter) : parseValue(parameter, given);
      if (value === undefined) throw new ParameterError(`Parameter '${parameter.Name}' is undefined.`);
      return [parameter.Name, value];
    }),
  );
}

function parseValue(parameter: Parameter, text: string): Value {
  const { Name: name, Type: type } = parameter;
  if (text === '')
    throw new ParameterError(`Parameter ${name} value "" is too short (length: 0, required minimum: 1).`);
  const lower = text.toLowerCase(); // the SDK sends str(True)
  if (type === 'String') return checkEnum(parameter, text);
  if (type === 'Integer' && /^[+-]?\d+$/.test(text)) return Number(text);
  if (type === 'Float' && /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return new Float(Number(text));
  if (type === 'Boolean' && (lower === 'true' || lower === 'false')) return lower === 'true';
  throw new ParameterError(
    `Unexpected type for parameter '${name}'. Expected ${type} but found ${JSON.stringify(text)}.`,
  );
}

function checkEnum<T extends Value>(parameter: Parameter, value: T): T {
  const allowed = parameter.EnumValues;
  if (allowed !== undefined && !allowed.some((item) => item === value))
    throw new ParameterError(
      `Parameter '${parameter.Name}' is ${JSON.stringify(value)}, which is none of ${allowed.join(', ')}.`,
    );
  return value;
}
