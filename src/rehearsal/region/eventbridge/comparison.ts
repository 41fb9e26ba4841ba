// The comparisons of event patterns, one for each operator.
import { isRecord, type Leaf } from './json';
import { PatternError } from './pattern-error';

/** Whether a value is meant; `absent` when it is the lack of the field. */
export type Test = ((value: Leaf) => boolean) | 'absent';

type Operator = (operand: unknown, at: string) => Test;

/** One element of a field's array in a pattern. @throws PatternError */
export function comparison(given: unknown, at: string): Test {
  if (Array.isArray(given)) throw new PatternError(`"${at}" holds an array in an array.`);
  if (!isRecord(given)) return (value) => value === given;
  const [[name, operand] = ['', undefined], ...more] = Object.entries(given);
  if (name === '' || more.length > 0) throw new PatternError(`"${at}": only one key allowed in a match expression.`);
  const operator = OPERATORS.get(name);
  if (operator === undefined) {
    const known = [...OPERATORS.keys()].join(', ');
    throw new PatternError(`"${at}": unrecognized match type ${name}; the rehearsal region has ${known}.`);
  }
  return operator(operand, at);
}

const OPERATORS: ReadonlyMap<string, Operator> = new Map<string, Operator>([
  ['prefix', (operand, at) => ofStrings(affix('prefix', operand, at))],
  ['suffix', (operand, at) => ofStrings(affix('suffix', operand, at))],
  ['equals-ignore-case', (operand, at) => ofStrings(ignoringCase(string(operand, at)))],
  ['wildcard', (operand, at) => ofStrings(wildcard(string(operand, at), at))],
  ['exists', exists],
  ['numeric', numeric],
  ['anything-but', anythingBut],
]);

type StringTest = (value: string) => boolean;

function ofStrings(test: StringTest): Test {
  return (value) => typeof value === 'string' && test(value);
}

function string(operand: unknown, at: string): string {
  if (typeof operand === 'string') return operand;
  throw new PatternError(`"${at}": the operand must be a string.`);
}

/** `"x"`, or `{"equals-ignore-case": "x"}`. */
function affix(kind: 'prefix' | 'suffix', operand: unknown, at: string): StringTest {
  const isInsensitive = isRecord(operand) && Object.keys(operand).join() === 'equals-ignore-case';
  const wanted = fold(string(isInsensitive ? operand['equals-ignore-case'] : operand, at), isInsensitive);
  return (value) => {
    const text = fold(value, isInsensitive);
    return kind === 'prefix' ? text.startsWith(wanted) : text.endsWith(wanted);
  };
}

function fold(text: string, isInsensitive: boolean): string {
  return isInsensitive ? text.toLowerCase() : text;
}

function ignoringCase(wanted: string): StringTest {
  return (value) => value.toLowerCase() === wanted.toLowerCase();
}

/** `*` stands for any characters; `\*` and `\\` for themselves. */
function wildcard(wanted: string, at: string): StringTest {
  const parts = wanted.match(/\\[*\\]|[^\\]/gsu) ?? [];
  if (parts.join('') !== wanted) throw new PatternError(`"${at}": invalid escape character in a wildcard.`);
  if (parts.some((part, index) => part === '*' && parts[index + 1] === '*')) {
    throw new PatternError(`"${at}": consecutive wildcard characters.`);
  }
  const literal = (part: string) => part.replace(/^\\/, '').replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
  const expression = new RegExp(`^${parts.map((part) => (part === '*' ? '.*' : literal(part))).join('')}$`, 'su');
  return (value) => expression.test(value);
}

function exists(operand: unknown, at: string): Test {
  if (typeof operand !== 'boolean') throw new PatternError(`"${at}": exists takes true or false.`);
  return operand ? () => true : 'absent';
}

const RELATIONS: ReadonlyMap<unknown, (value: number, bound: number) => boolean> = new Map([
  ['=', (value, bound) => value === bound],
  ['<', (value, bound) => value < bound],
  ['<=', (value, bound) => value <= bound],
  ['>', (value, bound) => value > bound],
  ['>=', (value, bound) => value >= bound],
]);

/** `["=", 3]`, `[">", 0]`, or a range `[">", 0, "<=", 5]`, the lower bound first. */
function numeric(operand: unknown, at: string): Test {
  const given: readonly unknown[] = Array.isArray(operand) ? operand : [];
  const bounds = Array.from({ length: Math.ceil(given.length / 2) }, (_, index) => {
    const [sign, bound] = given.slice(2 * index, 2 * index + 2);
    const relation = RELATIONS.get(sign);
    if (relation === undefined || typeof bound !== 'number') {
      throw new PatternError(`"${at}": numeric takes pairs of a sign (=, <, <=, >, >=) and a number.`);
    }
    return { sign: String(sign), relation, bound };
  });
  const [low, high, ...more] = bounds;
  const isRange = low && high && low.sign.startsWith('>') && high.sign.startsWith('<') && low.bound < high.bound;
  if (low === undefined || more.length > 0 || (high !== undefined && !isRange)) {
    throw new PatternError(`"${at}": numeric takes one bound, or a lower one and then a greater upper one.`);
  }
  return (value) => typeof value === 'number' && bounds.every(({ relation, bound }) => relation(value, bound));
}

/** What `anything-but` may hold beside values; each takes a string or a list of them. */
const EXCEPTIONS: ReadonlyMap<string, (operand: unknown, at: string) => StringTest> = new Map([
  ['prefix', (operand, at) => affix('prefix', filled(operand, at), at)],
  ['suffix', (operand, at) => affix('suffix', filled(operand, at), at)],
  ['equals-ignore-case', (operand, at) => ignoringCase(string(operand, at))],
  ['wildcard', (operand, at) => wildcard(string(operand, at), at)],
]);

function filled(operand: unknown, at: string): unknown {
  if (operand === '') throw new PatternError(`"${at}": anything-but an empty prefix or suffix.`);
  return operand;
}

function anythingBut(operand: unknown, at: string): Test {
  if (isRecord(operand)) {
    const [[name, excepted] = ['', undefined], ...more] = Object.entries(operand);
    const exception = EXCEPTIONS.get(name);
    if (exception === undefined || more.length > 0) {
      throw new PatternError(`"${at}": anything-but takes values or one of ${[...EXCEPTIONS.keys()].join(', ')}.`);
    }
    const tests = listed(excepted, at).map((one) => exception(one, at));
    return (value) => !(typeof value === 'string' && tests.some((test) => test(value)));
  }
  const values = listed(operand, at);
  const types = new Set(values.map((value) => typeof value));
  if (types.size > 1 || !(types.has('string') || types.has('number'))) {
    throw new PatternError(`"${at}": anything-but takes strings or numbers, not both and nothing else.`);
  }
  return (value) => !values.includes(value);
}

function listed(operand: unknown, at: string): readonly unknown[] {
  const list: readonly unknown[] = Array.isArray(operand) ? operand : [operand];
  if (list.length === 0) throw new PatternError(`"${at}": anything-but an empty list.`);
  return list;
}
