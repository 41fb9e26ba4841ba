import { compareModels, DetectionEvaluation, EvaluationError } from '../../src/metrics';
import { randomStream } from './random-scenes';

/** A model that finds a share of the objects of each flight. */
function model(shares: readonly number[], objects = 20): DetectionEvaluation {
  const evaluation = new DetectionEvaluation({ classes: ['vehicle'] });
  for (const [index, share] of shares.entries()) {
    const truths = Array.from({ length: objects }, (_, at) => ({
      box: [at * 40, 0, at * 40 + 20, 20] as const,
      classIndex: 0,
    }));
    const detections = truths.slice(0, share * objects).map((truth, at) => ({ ...truth, score: 0.9 - at / 100 }));
    evaluation.add({ id: index, flight: `flight ${index}`, truths, detections });
  }
  return evaluation;
}

const options = () => ({ samples: 200, random: randomStream(1) });
const weak = [0.5, 0.6, 0.4, 0.5, 0.7, 0.3];

test('a model that finds more in every flight is better, and the other worse', () => {
  const strong = model(weak.map((share) => share + 0.2));

  const comparison = compareModels(strong, model(weak), options());

  expect(comparison).toMatchObject({ verdict: 'better', flights: 6, difference: expect.closeTo(0.2, 1) as number });
  expect(compareModels(model(weak), strong, options()).verdict).toBe('worse');
});

test('one good flight does not make a better model', () => {
  const oneBetter = model(weak.map((share, index) => (index === 0 ? 1 : share)));

  expect(compareModels(oneBetter, model(weak), options()).verdict).toBe('no difference shown');
});

test('a resample of flights has the numbers of an evaluation in which they stand that often', () => {
  const counts = [2, 0, 1];
  const [a, b, c] = [0.5, 0.2, 0.9];

  const weighted = model([a, b, c]).cocoCurves('all', 100, ({ index }) => counts[index]);

  const repeated = model([a, a, c]).cocoCurves();
  expect([...(weighted[0]?.precision ?? [])]).toEqual([...(repeated[0]?.precision ?? [])]);
  expect(weighted[0]?.recall).toEqual(repeated[0]?.recall);
});

test('under five flights nothing is decided', () => {
  expect(compareModels(model([0.9, 0.9]), model([0.1, 0.1]), options())).toEqual({
    verdict: 'not decidable',
    reason: '2 flights; at least 5 are needed',
  });
});

test('models that saw different images are not compared', () => {
  expect(() => compareModels(model(weak), model(weak, 10), options())).toThrow(EvaluationError);
});
