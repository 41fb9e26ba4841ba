import fc from 'fast-check';
import { indicesAbove } from '../../src/vision/indices-above';

const value = fc.oneof(
  fc.float({ noNaN: false }),
  fc.constantFrom(
    0,
    -0,
    0.25,
    Math.fround(0.1),
    Infinity,
    -Infinity,
    NaN,
    3.4028234663852886e38,
    -3.4028234663852886e38,
  ),
);

test('finds the same indices as looking at every value', () => {
  fc.assert(
    fc.property(fc.array(value, { maxLength: 40 }), fc.float({ min: 0, noNaN: true }), (list, threshold) => {
      const values = Float32Array.from(list);
      const expected = [...values.keys()].filter((index) => values[index] > threshold);
      expect(indicesAbove(values, threshold)).toEqual(expected);
      // A view that does not begin where its buffer does.
      expect(indicesAbove(values.subarray(1), threshold)).toEqual(
        expected.filter((index) => index > 0).map((index) => index - 1),
      );
    }),
  );
});
