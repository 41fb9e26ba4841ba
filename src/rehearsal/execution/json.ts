// JSON as a pipeline's expressions see it: a float stays apart from an integer, since `Std:Join` writes 1.0 and 1 differently.

/** A number that was written with a fraction or an exponent, or that belongs to a Float parameter. */
export class Float {
  constructor(readonly value: number) {}
}

export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

/** JSON in which floats are {@link Float}s and plain numbers are integers. */
export type Value = string | number | boolean | null | Float | readonly Value[] | ValueObject;
export interface ValueObject {
  readonly [key: string]: Value;
}

/** A token of JSON text that may hold a digit: a string, to be passed over, or a number. */
const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const NUL = '\\u0000';

/**
 * As `JSON.parse`, keeping floats apart from integers.
 * @throws SyntaxError
 */
export function parseJson(text: string): Value {
  // Floats pass through JSON.parse as strings that begin with more NULs than the text holds.
  const nuls = text.split(NUL).length;
  const mark = NUL.repeat(nuls);
  const marked = text.replace(TOKEN, (token) => (/^-?\d.*[.eE]/.test(token) ? `"${mark}${token}"` : token));
  try {
    return JSON.parse(marked, (_key, value: unknown) =>
      typeof value === 'string' && value.startsWith('\0'.repeat(nuls)) ? new Float(Number(value.slice(nuls))) : value,
    ) as Value; // JSON.parse yields JSON
  } catch (error) {
    JSON.parse(text); // for its message, which names a place in the text as it was
    throw error;
  }
}

/** The value with floats as plain numbers, as an API request holds it. */
export function plain(value: Value): Json {
  if (value instanceof Float) return value.value;
  if (isList(value)) return value.map(plain);
  if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
  return value;
}

/** As {@link plain} reversed; numbers without a fraction are integers. */
export function asValue(json: Json): Value {
  if (typeof json === 'number') return Number.isInteger(json) ? json : new Float(json);
  if (Array.isArray(json)) return json.map((item: Json) => asValue(item));
  if (typeof json !== 'object' || json === null) return json;
  return Object.fromEntries(Object.entries(json).map(([key, item]) => [key, asValue(item)]));
}

export function isList(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value);
}

export function isObject(value: Value | undefined): value is ValueObject {
  return typeof value === 'object' && value !== null && !isList(value) && !(value instanceof Float);
}
