// Event patterns: which events a rule listens to. Parsed once into alternatives of tests on fields, as AWS's Event Ruler does.
// Source: EventBridge User Guide, "Comparison operators for use in event patterns"; github.com/aws/event-ruler.
import { comparison, type Test } from './comparison';
import { isList, isRecord, type Json, type Leaf } from './json';
import { PatternError } from './pattern-error';

/** Alternatives, of which one has to hold. */
export type EventPattern = readonly Alternative[];

/**
 * By field (the names of members on the way to it, joined by dots), the tests of which one has to hold; each field has to.
 * A field that `$or` names as well as its surroundings is tested as the later one says: so does the Event Ruler.
 */
type Alternative = ReadonlyMap<string, readonly Test[]>;

/** Alternatives that `$or` may multiply to (EventBridge User Guide, "Event pattern quotas": 1,000 combinations). */
const MOST_ALTERNATIVES = 1000;

/** @throws PatternError */
export function parsePattern(text: string): EventPattern {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new PatternError('It is not JSON.');
  }
  if (!isRecord(value) || Object.keys(value).length === 0)
    throw new PatternError('Filter is not an object, or is empty.');
  return alternatives(value, []);
}

/** Whether an event is one that the pattern describes. */
export function matches(pattern: EventPattern, event: Json): boolean {
  const fields = fieldsOf(event);
  return pattern.some((alternative) => holds([...alternative], fields, new Map()));
}

function alternatives(level: Readonly<Record<string, unknown>>, path: readonly string[]): EventPattern {
  let found: EventPattern = [new Map()];
  for (const [name, value] of Object.entries(level)) {
    const at = [...path, name];
    if (name === '$or' && Array.isArray(value) && value.length > 1 && value.every(isRecord)) {
      found = combined(
        found,
        value.flatMap((one) => alternatives(one, path)),
      );
    } else if (isRecord(value)) {
      if (Object.keys(value).length === 0) throw new PatternError(`"${at.join('.')}" is an empty object.`);
      found = combined(found, alternatives(value, at));
    } else if (Array.isArray(value)) {
      if (value.length === 0) throw new PatternError(`"${at.join('.')}" is an empty array.`);
      found = combined(found, [new Map([[at.join('.'), value.map((one) => comparison(one, at.join('.')))]])]);
    } else {
      throw new PatternError(`"${at.join('.')}" must be an object or an array.`);
    }
  }
  return found;
}

function combined(left: EventPattern, right: EventPattern): EventPattern {
  if (left.length * right.length > MOST_ALTERNATIVES) {
    throw new PatternError(`$or makes more than ${MOST_ALTERNATIVES} combinations.`);
  }
  return left.flatMap((one) => right.map((other) => new Map([...one, ...other])));
}

/** Which element of which array a value stands in: fields of different elements do not match together. */
type Place = ReadonlyMap<string, number>;

interface Field {
  readonly value: Leaf;
  readonly place: Place;
}

function fieldsOf(event: Json): ReadonlyMap<string, readonly Field[]> {
  const fields = new Map<string, Field[]>();
  let arrays = 0;
  const visit = (value: Json, path: string, place: Place): void => {
    if (isList(value)) {
      const array = `${arrays++}`;
      value.forEach((item, index) => {
        visit(item, path, isRecord(item) ? new Map(place).set(array, index) : place);
      });
    } else if (isRecord(value)) {
      for (const [name, member] of Object.entries(value)) visit(member, path === '' ? name : `${path}.${name}`, place);
    } else {
      const known = fields.get(path);
      if (known === undefined) fields.set(path, [{ value, place }]);
      else known.push({ value, place });
    }
  };
  visit(event, '', new Map());
  return fields;
}

function holds(
  conditions: readonly (readonly [string, readonly Test[]])[],
  fields: ReadonlyMap<string, readonly Field[]>,
  place: Place,
): boolean {
  const [first, ...others] = conditions;
  if (first === undefined) return true;
  const [path, tests] = first;
  const given = fields.get(path) ?? [];
  if (given.length === 0) return tests.includes('absent') && holds(others, fields, place);
  return given.some(
    (field) =>
      agrees(field.place, place) &&
      tests.some((test) => test !== 'absent' && test(field.value)) &&
      holds(others, fields, new Map([...place, ...field.place])),
  );
}

function agrees(one: Place, other: Place): boolean {
  return [...one].every(([array, index]) => (other.get(array) ?? index) === index);
}
