// Conditions of a Condition step, with Python's rules of comparison, as the SDK's local executor applies them.
import { z } from 'zod';
import { ExpressionError } from './expression';
import { Float, isList, isObject, plain, type Value } from './json';
import { pythonText, pythonType } from './python';

const value = z.custom<Value>((input) => input !== undefined, 'a value');

const comparison = z.strictObject({
  Type: z.enum(['Equals', 'GreaterThan', 'GreaterThanOrEqualTo', 'LessThan', 'LessThanOrEqualTo']),
  LeftValue: value,
  RightValue: value,
});
const membership = z.strictObject({ Type: z.literal('In'), QueryValue: value, Values: z.array(value) });
const negation = z.strictObject({
  Type: z.literal('Not'),
  get Condition(): z.ZodType<Condition> {
    return conditionSchema;
  },
});
const disjunction = z.strictObject({
  Type: z.literal('Or'),
  get Conditions(): z.ZodType<readonly Condition[]> {
    return z.array(conditionSchema);
  },
});

type Comparison = z.infer<typeof comparison>;
export type Condition =
  | Comparison
  | z.infer<typeof membership>
  | { readonly Type: 'Not'; readonly Condition: Condition }
  | { readonly Type: 'Or'; readonly Conditions: readonly Condition[] };

export const conditionSchema: z.ZodType<Condition> = z.lazy(() =>
  z.discriminatedUnion('Type', [comparison, membership, negation, disjunction]),
);

/**
 * Whether a condition holds.
 * @param condition its expressions replaced by their values
 * @throws ExpressionError when two values cannot be compared
 */
export function holds(condition: Condition): boolean {
  switch (condition.Type) {
    case 'In':
      return condition.Values.some((value) => equal(condition.QueryValue, value));
    case 'Not':
      return !holds(condition.Condition);
    case 'Or':
      return condition.Conditions.some(holds);
    default:
      return compare(condition.Type, condition.LeftValue, condition.RightValue);
  }
}

function compare(type: Comparison['Type'], left: Value, right: Value): boolean {
  if (type === 'Equals') {
    if (family(left) !== family(right))
      throw new ExpressionError(`LeftValue ${typed(left)} and RightValue ${typed(right)} are not of the same type.`);
    return equal(left, right);
  }
  const order = difference(left, right);
  if (order === undefined)
    throw new ExpressionError(`Condition of type [${type}] not supported between ${typed(left)} and ${typed(right)}`);
  switch (type) {
    case 'GreaterThan':
      return order > 0;
    case 'GreaterThanOrEqualTo':
      return order >= 0;
    case 'LessThan':
      return order < 0;
    case 'LessThanOrEqualTo':
      return order <= 0;
  }
}

/** Types that Python takes for each other: a `bool` is an `int`, an `int` is no `float`. */
function family(value: Value): string {
  return typeof value === 'boolean' ? 'int' : pythonType(value);
}

/** Python's `==` between primitives. */
function equal(left: Value, right: Value): boolean {
  const [a, b] = [numeric(left), numeric(right)];
  return a === undefined || b === undefined ? left === right : a === b;
}

/** Less than, equal to or greater than 0 as `left` is to `right`; undefined when Python does not order them. */
function difference(left: Value, right: Value): number | undefined {
  if (typeof left === 'string' && typeof right === 'string') return left < right ? -1 : Number(left > right);
  const [a, b] = [numeric(left), numeric(right)];
  return a === undefined || b === undefined ? undefined : a - b;
}

function numeric(value: Value): number | undefined {
  if (value instanceof Float) return value.value;
  return typeof value === 'number' || typeof value === 'boolean' ? Number(value) : undefined;
}

function typed(value: Value): string {
  const text = value === null || isList(value) || isObject(value) ? JSON.stringify(plain(value)) : pythonText(value);
  return `[${text}] of type [<class '${pythonType(value)}'>]`;
}
