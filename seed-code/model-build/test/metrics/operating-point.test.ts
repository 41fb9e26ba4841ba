import { chooseOperatingPoint, DetectionEvaluation } from '../../src/metrics';

const place = (index: number) => [index * 50, 0, index * 50 + 20, 20] as const;

/** One image with a truth at each place; detections with their scores, right where their place has a truth. */
function evaluation(truths: number, detections: readonly (readonly [at: number, score: number])[], classIndex = 0) {
  const made = new DetectionEvaluation({ classes: ['vehicle', 'person'] });
  made.add({
    id: 1,
    truths: Array.from({ length: truths }, (_, at) => ({ box: place(at), classIndex })),
    detections: detections.map(([at, score]) => ({ box: place(at), classIndex, score })),
  });
  return made;
}

test('it is midway between the last false positive and the weakest true one', () => {
  const { confidence, P, R, F1 } = chooseOperatingPoint(
    evaluation(2, [
      [0, 0.9],
      [1, 0.6],
      [8, 0.2],
    ]),
  );

  expect(confidence).toBeCloseTo(0.4);
  expect([P, R, F1]).toEqual([1, 1, 1]);
});

test('a weak model keeps a confidence of its own, not 0', () => {
  // GIVEN scores that all lie in the lowest tenth
  const right = [0, 1, 2].map((at) => [at, 0.05 + at / 100] as const);
  const wrong = [10, 11, 12, 13, 14].map((at) => [at, 0.02] as const);

  expect(chooseOperatingPoint(evaluation(4, [...right, ...wrong]))).toEqual({
    confidence: 0.035,
    P: 1,
    R: 0.75,
    F1: 6 / 7,
  });
});

test('false positives of a class without truths say nothing about the classes with them', () => {
  const made = evaluation(1, [[0, 0.5]]);
  made.add({ id: 2, truths: [], detections: [{ box: place(0), classIndex: 1, score: 0.9 }] });

  expect(chooseOperatingPoint(made)).toMatchObject({ confidence: 0.25, F1: 1 });
});

test('a model that finds nothing has F1 0', () => {
  expect(chooseOperatingPoint(evaluation(3, []))).toEqual({ confidence: 0.5, P: 0, R: 0, F1: 0 });
});
