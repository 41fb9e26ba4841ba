// Intrinsic functions: what a value of a template refers to, and what it comes to.
import { splitAttribute, templateError } from './template';

/** What names in a template stand for. */
export interface Scope {
  /** A parameter's, pseudo parameter's or resource's `Ref`. @throws AwsError */
  ref(name: string): unknown;
  /** @throws AwsError */
  attribute(logicalId: string, name: string): string;
  /** @throws AwsError */
  condition(name: string): boolean;
}

/** What `AWS::NoValue` is: the member that has it goes. */
export const NO_VALUE = Symbol('AWS::NoValue');

type Evaluate = (argument: unknown, scope: Scope) => unknown;

const FUNCTIONS: Readonly<Record<string, Evaluate>> = {
  Ref: (name, scope) => scope.ref(String(name)),
  Condition: (name, scope) => scope.condition(String(name)),
  'Fn::GetAtt': (argument, scope) => scope.attribute(...attributeOf(argument)),
  'Fn::Sub': substitute,
  'Fn::Join': (argument, scope) => {
    const [separator, items] = listOf('Fn::Join', argument, 2);
    return listOf('Fn::Join', evaluate(items, scope)).map(textOf).join(textOf(separator));
  },
  'Fn::Select': (argument, scope) => {
    const [index, items] = listOf('Fn::Select', argument, 2);
    const list = listOf('Fn::Select', evaluate(items, scope));
    const at = Number(evaluate(index, scope));
    if (!(at in list)) throw templateError(`Template error: Fn::Select cannot select nonexistent value at index ${at}`);
    return list[at];
  },
  'Fn::Split': (argument, scope) => {
    const [separator, whole] = listOf('Fn::Split', argument, 2);
    return textOf(evaluate(whole, scope)).split(textOf(separator));
  },
  'Fn::If': (argument, scope) => {
    const [name, yes, no] = listOf('Fn::If', argument, 3);
    return evaluate(scope.condition(String(name)) ? yes : no, scope);
  },
  'Fn::Equals': (argument, scope) => {
    const [one, other] = listOf('Fn::Equals', evaluate(argument, scope), 2);
    return textOf(one) === textOf(other);
  },
  'Fn::Not': (argument, scope) => listOf('Fn::Not', evaluate(argument, scope), 1)[0] !== true,
  'Fn::And': (argument, scope) => listOf('Fn::And', evaluate(argument, scope)).every((one) => one === true),
  'Fn::Or': (argument, scope) => listOf('Fn::Or', evaluate(argument, scope)).some((one) => one === true),
};

/** @throws AwsError ValidationError for a function that the region has not, or that is written wrongly */
export function evaluate(value: unknown, scope: Scope): unknown {
  if (Array.isArray(value)) return value.map((item) => evaluate(item, scope)).filter((item) => item !== NO_VALUE);
  if (typeof value !== 'object' || value === null) return value;
  const [name, argument] = functionOf(value) ?? [];
  if (name !== undefined) return FUNCTIONS[name]?.(argument, scope);
  const members = Object.entries(value).map(([key, item]) => [key, evaluate(item, scope)] as const);
  return Object.fromEntries(members.filter(([, item]) => item !== NO_VALUE));
}

/** The logical ids and parameters that a value names, and the attributes that it asks for. */
export function references(value: unknown): { name: string; attribute?: string }[] {
  if (Array.isArray(value)) return value.flatMap(references);
  if (typeof value !== 'object' || value === null) return [];
  const [name, argument] = functionOf(value) ?? [];
  if (name === undefined) return Object.values(value).flatMap(references);
  if (name === 'Ref') return [{ name: String(argument) }];
  if (name === 'Condition') return [];
  if (name === 'Fn::GetAtt') {
    const [logicalId, attribute] = attributeOf(argument);
    return [{ name: logicalId, attribute }];
  }
  if (name !== 'Fn::Sub') return references(argument);
  const [template, own] = substitution(argument);
  const inText = [...template.matchAll(PLACEHOLDER)]
    .map(([, placeholder = '']) => placeholder)
    .filter((placeholder) => !placeholder.startsWith('!') && !(placeholder in own))
    .map((placeholder) => {
      const [id, attribute] = splitAttribute(placeholder);
      return attribute === '' ? { name: id } : { name: id, attribute };
    });
  return [...inText, ...references(own)];
}

const PLACEHOLDER = /\$\{([^}]+)\}/g;

function substitute(argument: unknown, scope: Scope): string {
  const [template, own] = substitution(argument);
  return template.replace(PLACEHOLDER, (_, placeholder: string) => {
    if (placeholder.startsWith('!')) return `\${${placeholder.slice(1)}}`;
    if (Object.hasOwn(own, placeholder)) return textOf(evaluate(own[placeholder], scope));
    const [name, attribute] = splitAttribute(placeholder.trim());
    return attribute === '' ? textOf(scope.ref(name)) : scope.attribute(name, attribute);
  });
}

function substitution(argument: unknown): [string, Readonly<Record<string, unknown>>] {
  if (typeof argument === 'string') return [argument, {}];
  const [template, own] = listOf('Fn::Sub', argument, 2);
  return [textOf(template), own as Readonly<Record<string, unknown>>]; // CloudFormation has nothing but a map there
}

/** The function that an object is, with its argument. */
function functionOf(value: object): [string, unknown] | undefined {
  const [entry, ...more] = Object.entries(value);
  if (entry === undefined || more.length > 0) return undefined;
  const [name] = entry;
  // A policy's `Condition` is a map, the function's argument a name.
  if (Object.hasOwn(FUNCTIONS, name) && (name !== 'Condition' || typeof entry[1] === 'string')) return entry;
  if (name.startsWith('Fn::')) throw templateError(`Template error: the rehearsal region has no function ${name}.`);
  return undefined;
}

function attributeOf(argument: unknown): [string, string] {
  if (typeof argument === 'string') return splitAttribute(argument);
  const [logicalId, attribute] = listOf('Fn::GetAtt', argument, 2);
  return [textOf(logicalId), textOf(attribute)];
}

function listOf(name: string, argument: unknown, length?: number): readonly unknown[] {
  if (Array.isArray(argument) && (length === undefined || argument.length === length)) return argument;
  const form = length === undefined ? 'a list' : `a list of ${length}`;
  throw templateError(`Template error: every ${name} object must have ${form} as its argument.`);
}

function textOf(value: unknown): string {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw templateError(`Template error: ${JSON.stringify(value)} stands where text is needed.`);
}
