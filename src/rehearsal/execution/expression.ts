// The expressions of a pipeline definition: `Get`, `Std:Join` and `Std:JsonGet`, wherever a value may stand.
import { isList, isObject, plain, type Value } from './json';
import { lookup, parsePath, type Path } from './path';
import { pythonQuoted, pythonText } from './python';

/** What a `Get` refers to. */
export type Reference =
  | { readonly kind: 'parameter'; readonly name: string }
  | { readonly kind: 'execution'; readonly name: string }
  | { readonly kind: 'experiment'; readonly name: string }
  | { readonly kind: 'property'; readonly step: string; readonly path: Path }
  | PropertyFileReference;

interface PropertyFileReference {
  readonly kind: 'property-file';
  readonly step: string;
  readonly name: string;
}

/** An expression, or a value of a pipeline, cannot be read or has no value. The message is the step's failure reason. */
export class ExpressionError extends Error {
  override readonly name = 'ExpressionError';
}

type Expression =
  | { readonly kind: 'get'; readonly reference: Exclude<Reference, PropertyFileReference>; readonly text: string }
  | { readonly kind: 'join'; readonly on: string; readonly values: readonly Value[] }
  | { readonly kind: 'json-get'; readonly source: Source; readonly path: Path; readonly text: string };

/** The JSON file that a `Std:JsonGet` reads. */
type Source = PropertyFileReference | { readonly kind: 'uri'; readonly uri: Value };

/** What an expression may need to get its value. */
export interface Scope {
  /** What a reference has as value; undefined when it has none. */
  resolve(reference: Exclude<Reference, PropertyFileReference>): Promise<Value | undefined>;
  /** The S3 URI of a property file. */
  propertyFileUri(step: string, name: string): string;
  /** The JSON in an S3 object. */
  readJson(s3Uri: string): Promise<Value>;
}

/**
 * Every reference in a value.
 * @throws ExpressionError when something has the form of an expression and is none
 */
export function references(value: Value): Reference[] {
  if (isList(value)) return value.flatMap(references);
  if (!isObject(value)) return [];
  const expression = parse(value);
  switch (expression?.kind) {
    case 'get':
      return [expression.reference];
    case 'join':
      return expression.values.flatMap(references);
    case 'json-get':
      return expression.source.kind === 'uri' ? references(expression.source.uri) : [expression.source];
    case undefined:
      return Object.values(value).flatMap(references);
  }
}

/**
 * A value with its expressions replaced by what they stand for.
 * @throws ExpressionError when one of them stands for nothing
 */
export async function evaluate(value: Value, scope: Scope): Promise<Value> {
  if (isList(value)) return Promise.all(value.map((item) => evaluate(item, scope)));
  if (!isObject(value)) return value;
  const expression = parse(value);
  switch (expression?.kind) {
    case 'get': {
      const resolved = await scope.resolve(expression.reference);
      if (resolved === undefined || resolved === null)
        throw new ExpressionError(`{'Get': ${pythonQuoted(expression.text)}} is undefined.`);
      return resolved;
    }
    case 'join': {
      const parts = await Promise.all(expression.values.map((part) => evaluate(part, scope)));
      return parts.map(textOf).join(expression.on);
    }
    case 'json-get': {
      const uri = await objectUri(expression.source, scope);
      const found = lookup(await scope.readJson(uri), expression.path);
      if (found === undefined)
        throw new ExpressionError(`Invalid json path '${expression.text}': ${uri} has no such value.`);
      if (found === null) throw new ExpressionError(`'${expression.text}' of ${uri} is undefined.`);
      return found;
    }
    case undefined: {
      const entries = Object.entries(value).map(async ([key, item]) => [key, await evaluate(item, scope)] as const);
      return Object.fromEntries(await Promise.all(entries));
    }
  }
}

/**
 * A primitive as text.
 * @throws ExpressionError for anything else
 */
export function textOf(part: Value): string {
  if (part === null || isList(part) || isObject(part))
    throw new ExpressionError(`A string, number or boolean must stand here, not ${shown(part)}.`);
  return pythonText(part);
}

async function objectUri(source: Source, scope: Scope): Promise<string> {
  return source.kind === 'uri'
    ? textOf(await evaluate(source.uri, scope))
    : scope.propertyFileUri(source.step, source.name);
}

/** The expression that an object stands for; undefined when it stands for itself. */
function parse(value: { readonly [key: string]: Value }): Expression | undefined {
  const [key, ...others] = Object.keys(value);
  if (key === undefined || others.length > 0) return undefined;
  const operand = value[key];
  if (key === 'Get') {
    if (typeof operand !== 'string') throw new ExpressionError(`${shown(value)}: Get takes a string.`);
    const reference = parseReference(operand);
    if (reference.kind === 'property-file')
      throw new ExpressionError(`${shown(value)}: a property file stands outside of Std:JsonGet.`);
    return { kind: 'get', reference, text: operand };
  }
  if (key === 'Std:Join') {
    if (!isObject(operand) || typeof operand.On !== 'string' || !isList(operand.Values))
      throw new ExpressionError(`${shown(value)}: Std:Join takes a string On and a list Values.`);
    return { kind: 'join', on: operand.On, values: operand.Values };
  }
  if (key === 'Std:JsonGet') return parseJsonGet(value, operand);
  return undefined;
}

function parseJsonGet(value: Value, operand: Value | undefined): Expression {
  if (!isObject(operand) || typeof operand.Path !== 'string')
    throw new ExpressionError(`${shown(value)}: Std:JsonGet takes a string Path.`);
  const { PropertyFile: file, S3Uri: uri, Path: text } = operand;
  const path = parsePath(text);
  if (path === undefined) throw new ExpressionError(`${shown(value)}: Invalid json path '${text}'.`);
  if ((file === undefined) === (uri === undefined))
    throw new ExpressionError(`${shown(value)}: Std:JsonGet takes either PropertyFile or S3Uri.`);
  if (uri !== undefined) return { kind: 'json-get', source: { kind: 'uri', uri }, path, text };
  const source = isObject(file) && typeof file.Get === 'string' ? parseReference(file.Get) : undefined;
  if (source?.kind !== 'property-file')
    throw new ExpressionError(`${shown(value)}: PropertyFile takes {"Get": "Steps.<step>.PropertyFiles.<name>"}.`);
  return { kind: 'json-get', source, path, text };
}

function parseReference(text: string): Reference {
  const [, root, rest] = /^([A-Za-z]+)\.(.+)$/s.exec(text) ?? [];
  if (rest !== undefined) {
    if (root === 'Parameters') return { kind: 'parameter', name: rest };
    if (root === 'Execution') return { kind: 'execution', name: rest };
    if (root === 'PipelineExperimentConfig') return { kind: 'experiment', name: rest };
    const [, step, property] = root === 'Steps' ? (/^([A-Za-z0-9\-_]+)\.(.+)$/s.exec(rest) ?? []) : [];
    const path = property === undefined ? undefined : parsePath(property);
    if (step !== undefined && path !== undefined) {
      const [first, name, ...further] = path;
      return first === 'PropertyFiles' && typeof name === 'string' && further.length === 0
        ? { kind: 'property-file', step, name }
        : { kind: 'property', step, path };
    }
  }
  throw new ExpressionError(`${JSON.stringify({ Get: text })} refers to nothing that a pipeline has.`);
}

function shown(value: Value): string {
  return JSON.stringify(plain(value));
}
