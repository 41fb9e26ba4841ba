import fc from 'fast-check';
import { formatYoloLabels, parseYoloLabels, toTruths } from '../../src/dataset';
import type { Truth } from '../../src/vision';

describe('parseYoloLabels', () => {
  test('reads rows whatever their line ends, blanks and byte order mark', () => {
    const { rows, faults } = parseYoloLabels('\uFEFF0 0.5 0.5 0.1 0.2\r\n\r\n 1\t0.25 0.25  1e-2 1 \n', 2);
    expect(faults).toEqual([]);
    expect(rows).toEqual([
      { classIndex: 0, x: 0.5, y: 0.5, width: 0.1, height: 0.2 },
      { classIndex: 1, x: 0.25, y: 0.25, width: 0.01, height: 1 },
    ]);
  });

  test.each([
    ['four columns', '0 0.5 0.5 0.1', 'columns'],
    ['a score behind the box', '0 0.5 0.5 0.1 0.1 0.9', 'columns'],
    ['a name for a class', 'car 0.5 0.5 0.1 0.1', 'number'],
    ['half a class', '0.5 0.5 0.5 0.1 0.1', 'number'],
    ['NaN', '0 nan 0.5 0.1 0.1', 'number'],
    ['a class beyond the last', '2 0.5 0.5 0.1 0.1', 'class'],
    ['a class below the first', '-1 0.5 0.5 0.1 0.1', 'class'],
    ['pixels', '0 320 240 40 20', 'range'],
    ['a negative share', '0 -0.01 0.5 0.1 0.1', 'range'],
  ])('finds fault with %s', (_, row, kind) => {
    const { rows, faults } = parseYoloLabels(`0 0.5 0.5 0.1 0.1\n${row}`, 2);
    expect(faults).toEqual([{ line: 2, kind, text: row }]);
    expect(rows).toHaveLength(1);
  });

  test('counts repeated rows and boxes without area, and reads neither', () => {
    const parsed = parseYoloLabels('0 0.5 0.5 0.1 0.1\n0 0.50 0.5 .1 0.1\n0 0.5 0.5 0 0.1', 1);
    expect(parsed).toMatchObject({ duplicates: 1, empty: 1, faults: [] });
    expect(parsed.rows).toHaveLength(1);
  });

  test('takes an empty file, and none at all, as background', () => {
    for (const text of ['', '\n', null]) {
      expect(parseYoloLabels(text, 1)).toEqual({ rows: [], faults: [], duplicates: 0, empty: 0 });
    }
  });
});

describe('boxes in pixels', () => {
  test('are cut off at the frame', () => {
    const [truth] = toTruths([{ classIndex: 3, x: 0.05, y: 0.95, width: 0.2, height: 0.2 }], {
      width: 100,
      height: 200,
    });
    expect(truth.classIndex).toBe(3);
    [0, 170, 15, 200].forEach((edge, index) => {
      expect(truth.box[index]).toBeCloseTo(edge, 9);
    });
  });

  test('come back from a label file within a thousandth of a pixel', () => {
    const edge = fc.integer({ min: 0, max: 9999 });
    fc.assert(
      fc.property(edge, edge, edge, edge, (a, b, c, d) => {
        fc.pre(a !== b && c !== d);
        const size = { width: 10_000, height: 10_000 };
        const truth: Truth = { classIndex: 7, box: [Math.min(a, b), Math.min(c, d), Math.max(a, b), Math.max(c, d)] };
        const [back] = toTruths(parseYoloLabels(formatYoloLabels([truth], size), 8).rows, size);
        expect(back.classIndex).toBe(7);
        truth.box.forEach((value, index) => {
          expect(Math.abs(back.box[index] - value)).toBeLessThan(1e-3);
        });
      }),
    );
  });
});
