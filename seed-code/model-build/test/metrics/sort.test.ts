import fc from 'fast-check';
import { sortRun } from '../../src/metrics/sort';

/** Few values, so that ties abound; both zeros are one score. */
const score = fc.oneof(
  fc.constantFrom(0, -0, 0.5, 1),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.double({ min: 0, max: 1, noNaN: true }).map(Math.fround),
);

test('a run of any length comes best score first, equal scores in the order they had, and nothing else moves', () => {
  fc.assert(
    fc.property(fc.array(score, { maxLength: 120 }), fc.nat(5), fc.nat(5), (scores, before, after) => {
      const start = Math.min(before, scores.length);
      const end = Math.max(start, scores.length - after);
      const order = Uint32Array.from(scores.keys()).reverse();
      const expected = [...order];
      expected.splice(start, end - start, ...expected.slice(start, end).sort((a, b) => scores[b] - scores[a] || b - a));
      sortRun(order, start, end, Float64Array.from(scores));
      expect([...order]).toEqual(expected);
    }),
  );
});
