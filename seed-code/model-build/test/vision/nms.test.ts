import fc from 'fast-check';
import { nonMaximumSuppression, type Candidates } from '../../src/vision';
import { descending } from '../../src/vision/nms';

/** Greedy suppression as torchvision has it, pair by pair in float32. */
function naive({ boxes, scores, classes }: Candidates, iou: number, agnostic: boolean): number[] {
  const f = Math.fround;
  const shift = (i: number): number[] =>
    [0, 1, 2, 3].map((edge) => f(boxes[i * 4 + edge] + (agnostic ? 0 : classes[i] * 7680)));
  const area = ([l, t, r, b]: number[]): number => f(f(r - l) * f(b - t));
  const order = Array.from(scores.keys()).sort((a, b) => scores[b] - scores[a] || a - b);
  const kept: number[] = [];
  for (const candidate of order) {
    const b = shift(candidate);
    const suppressed = kept.some((index) => {
      const a = shift(index);
      const w = Math.max(0, f(Math.min(a[2], b[2]) - Math.max(a[0], b[0])));
      const h = Math.max(0, f(Math.min(a[3], b[3]) - Math.max(a[1], b[1])));
      return f(f(w * h) / f(f(area(a) + area(b)) - f(w * h))) > iou;
    });
    if (!suppressed) kept.push(candidate);
  }
  return kept;
}

const candidates = (rows: readonly (readonly number[])[]): Candidates => ({
  boxes: Float32Array.from(rows.flatMap(([l, t, w, h]) => [l, t, l + w, t + h])),
  scores: Float32Array.from(rows.map((row) => row[4])),
  classes: Int32Array.from(rows.map((row) => row[5] ?? 0)),
});

describe('nonMaximumSuppression', () => {
  test('keeps the candidates that comparing every pair keeps, in the same order', () => {
    const whole = fc.integer({ min: 0, max: 40 });
    const real = fc.float({ min: 0, max: 640, noNaN: true });
    const row = fc.oneof(
      // Whole numbers and few scores bring ties and overlaps at the threshold; sides of 0 bring empty boxes.
      fc.tuple(whole, whole, fc.integer({ min: 0, max: 20 }), whole, fc.constantFrom(0.25, 0.5, 0.75), fc.nat(2)),
      fc.tuple(real, real, real, real, fc.float({ min: 0, max: 1, noNaN: true }), fc.nat(2)),
    );
    fc.assert(
      fc.property(
        fc.array(row, { maxLength: 120 }),
        fc.constantFrom(0.1, 0.3, 0.45, 0.5, 0.51, 0.7, 0.9),
        fc.boolean(),
        (rows, iou, agnostic) => {
          const all = candidates(rows);
          const ours = nonMaximumSuppression(all, { iou, maxDetections: Infinity, agnostic });
          expect(Array.from(ours)).toEqual(naive(all, iou, agnostic));
        },
      ),
      { numRuns: 300 },
    );
  });

  test('keeps a box whose IoU is the threshold, and suppresses it just below', () => {
    // Two boxes of 10 × 10, shifted by 5: IoU 1/3; by 0 with half the height: exactly 1/2.
    const halves = candidates([
      [0, 0, 10, 10, 0.9],
      [0, 0, 10, 5, 0.8],
    ]);
    expect(nonMaximumSuppression(halves, { iou: 0.5, maxDetections: 10 })).toHaveLength(2);
    expect(nonMaximumSuppression(halves, { iou: 0.4999, maxDetections: 10 })).toHaveLength(1);
  });

  test('suppresses across classes only when asked to', () => {
    const twins = candidates([
      [0, 0, 10, 10, 0.8, 0],
      [0, 0, 10, 10, 0.9, 1],
    ]);
    expect(Array.from(nonMaximumSuppression(twins, { iou: 0.5, maxDetections: 10 }))).toEqual([1, 0]);
    expect(Array.from(nonMaximumSuppression(twins, { iou: 0.5, maxDetections: 10, agnostic: true }))).toEqual([1]);
  });

  test('stops at the number of detections that was asked for', () => {
    const apart = candidates([0, 1, 2].map((i) => [i * 20, 0, 10, 10, 0.5 + i / 10]));
    expect(Array.from(nonMaximumSuppression(apart, { iou: 0.5, maxDetections: 2 }))).toEqual([2, 1]);
  });
});

test('scores sort from the highest, equal ones in their order', () => {
  expect(Array.from(descending(Float32Array.of(0.1, 0.9, 0, 0.9, -0, 1)))).toEqual([5, 1, 3, 0, 2, 4]);
});
