// The matcher against AWS's own Event Ruler, which DRONE_MLOPS_EVENT_RULER names (a folder of its jars).
import fc from 'fast-check';
import { CASES, type PatternCase } from './cases';
import { judge, RULER } from './ruler';
import { verdict } from './verdict';

const GENERATED = 4000;

type Pair = Pick<PatternCase, 'pattern' | 'event'>;

/** Few letters and few names, so that a good part of the pairs match. */
const text = fc.stringMatching(/^[abAB.*]{0,3}$/);
const number = fc.constantFrom(-1, 0, 1, 2.5, 300);
const name = fc.constantFrom('a', 'b', 'c');
const scalar = fc.oneof(text, number, fc.boolean(), fc.constant(null));
const folded = fc.oneof(text, fc.record({ 'equals-ignore-case': text }));
const sign = fc.constantFrom('<', '<=', '=', '>', '>=');
const test_ = fc.oneof(
  scalar,
  fc.record({ prefix: folded }),
  fc.record({ suffix: folded }),
  fc.record({ 'equals-ignore-case': text }),
  fc.record({ wildcard: text }),
  fc.record({ exists: fc.boolean() }),
  fc.record({ numeric: fc.oneof(fc.tuple(sign, number), fc.tuple(sign, number, sign, number)) }),
  fc.record({ 'anything-but': fc.oneof(scalar, fc.array(text), fc.array(number), fc.array(scalar)) }),
  fc.record({
    'anything-but': fc.oneof(fc.record({ prefix: text }), fc.record({ suffix: text }), fc.record({ wildcard: text })),
  }),
);
/** Not one that asks for a field's presence and its lack at once: the Event Ruler then forgets the lack. */
const tests = fc
  .array(test_, { minLength: 1, maxLength: 3 })
  .filter(
    (all) => new Set(all.map((one) => JSON.stringify(one)).filter((one) => one.startsWith('{"exists"'))).size < 2,
  );

function patternOf(depth: number): fc.Arbitrary<object> {
  if (depth === 0) return fc.dictionary(name, tests, { minKeys: 1, maxKeys: 2 });
  const inner = patternOf(depth - 1);
  return fc.oneof(
    fc.dictionary(name, fc.oneof(tests, inner), { minKeys: 1, maxKeys: 2 }),
    fc.record({ $or: fc.array(inner, { minLength: 2, maxLength: 3 }) }),
  );
}

function eventOf(depth: number): fc.Arbitrary<object> {
  const flat = fc.oneof(scalar, fc.array(scalar, { maxLength: 3 }));
  if (depth === 0) return fc.dictionary(name, flat, { minKeys: 1, maxKeys: 3 });
  const inner = eventOf(depth - 1);
  return fc.dictionary(name, fc.oneof(flat, inner, fc.array(inner, { maxLength: 2 })), { minKeys: 1, maxKeys: 3 });
}

(RULER === undefined ? describe.skip : describe)('AWS’s Event Ruler and the region’s matcher', () => {
  test('say the same of each pattern of the table', async () => {
    const theirs = await judge(CASES);
    expect(CASES.map(({ name: of }, index) => `${of}: ${theirs[index]}`)).toEqual(
      CASES.map(({ name: of, verdict: expected }) => `${of}: ${expected}`),
    );
  }, 60_000);

  test('say the same of thousands of patterns that nobody wrote', async () => {
    const pairs: Pair[] = fc.sample(fc.record({ pattern: patternOf(2), event: eventOf(2) }), {
      numRuns: GENERATED,
      seed: 7,
    });
    const theirs = await judge(pairs);
    const different = pairs.filter((pair, index) => String(verdict(pair)) !== theirs[index]);
    expect(
      different.map((pair) => JSON.stringify({ ...pair, ours: verdict(pair), theirs: theirs[pairs.indexOf(pair)] })),
    ).toEqual([]);
    expect(new Set(theirs)).toEqual(new Set(['true', 'false', 'invalid']));
  }, 60_000);
});
