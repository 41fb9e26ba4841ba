import { ConfusionMatrix } from '../../src/metrics';

const at = (x: number, classIndex: number) => ({ box: [x, 0, x + 20, 20] as const, classIndex });

test('truths and detections pair by overlap whatever their classes; the rest pairs with the background', () => {
  const matrix = new ConfusionMatrix(2, 0.3, 0.45);

  const counts = matrix.add(
    [at(0, 0), at(100, 0), at(200, 1), at(300, 1)],
    [
      { ...at(1, 0), score: 0.9 }, // right
      { ...at(2, 0), score: 0.95 }, // surer, but less of an overlap: background
      { ...at(100, 1), score: 0.8 }, // taken for the other class
      { ...at(200, 1), score: 0.2 }, // below the confidence
      { ...at(315, 1), score: 0.9 }, // too far off
    ],
  );

  expect(matrix.counts).toEqual([
    [1, 1, 0],
    [0, 0, 2],
    [1, 1, 0],
  ]);
  expect(counts).toEqual({ truePositives: 1, falsePositives: 3, falseNegatives: 3 });
});
