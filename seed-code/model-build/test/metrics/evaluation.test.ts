import { DetectionEvaluation, EvaluationError, type EvaluatedImage } from '../../src/metrics';

const BOX = [10, 10, 50, 50] as const;
const FAR = [200, 200, 240, 240] as const;

function evaluated(images: readonly Partial<EvaluatedImage>[], maxDetections?: number) {
  const evaluation = new DetectionEvaluation({ classes: ['vehicle'], maxDetections });
  images.forEach((image, id) => {
    evaluation.add({ id, truths: [], detections: [], ...image });
  });
  return evaluation.result();
}

test('sizes below what COCO calls small are told apart', () => {
  const truths = [8, 24, 60, 200].map((side, index) => ({
    box: [300 * index, 0, 300 * index + side, side] as const,
    classIndex: 0,
  }));
  const [tiny, small] = truths;

  const { bySize, coco } = evaluated([{ truths, detections: [{ ...small, score: 0.9 }] }]);

  expect(Object.values(bySize).map(({ truths: count }) => count)).toEqual([1, 1, 1, 1]);
  expect(bySize.tiny.AP).toBe(0);
  expect(bySize.small.AP).toBeCloseTo(1);
  expect(coco.APs).toBeCloseTo(51 / 101); // one of the two below 32 px
  expect(tiny.box[2]).toBe(8);
});

test('flights and altitude bands have numbers of their own; images without them count in the whole only', () => {
  const truth = { box: BOX, classIndex: 0 };
  const right = { ...truth, score: 0.9 };

  const { byFlight, byAltitude, images } = evaluated([
    { truths: [truth], detections: [right], flight: 'north', altitude: 45 },
    { truths: [truth], flight: 'south', altitude: 59.9 },
    { truths: [truth], flight: 'south', altitude: 140 },
    { truths: [truth] },
  ]);

  expect(images).toBe(4);
  expect(byFlight).toMatchObject({
    north: { images: 1, truths: 1, AP50: expect.closeTo(1) as number },
    south: { images: 2, AP50: 0 },
  });
  expect(Object.keys(byFlight)).toEqual(['north', 'south']);
  expect(byAltitude).toMatchObject({ '30–60 m': { images: 2, truths: 2, AR: 0.5 }, '≥ 120 m': { images: 1, AR: 0 } });
});

test('an ignored truth takes one detection, a crowd any number; neither counts', () => {
  const right = { box: BOX, classIndex: 0, score: 0.9 };
  const inRegion = [0.8, 0.7].map((score) => ({ box: FAR, classIndex: 0, score }));
  const truth = { box: BOX, classIndex: 0 };
  const withRegion = (region: object) =>
    evaluated([
      {
        truths: [truth, { box: FAR, classIndex: 0, ...region }, { box: [400, 400, 440, 440], classIndex: 0 }],
        detections: [...inRegion, right, { box: [400, 400, 440, 440], classIndex: 0, score: 0.1 }],
      },
    ]);

  expect(withRegion({ crowd: true })).toMatchObject({ truths: 2, coco: { AP: expect.closeTo(1) as number } });
  // The second detection on an ignored object is one too many: the last hit comes with precision 2/3.
  expect(withRegion({ ignored: true }).coco.AP).toBeCloseTo((51 + 50 * (2 / 3)) / 101);
});

test('only so many detections of an image and class count', () => {
  const detections = [FAR, BOX].map((box, index) => ({ box, classIndex: 0, score: 0.9 - index / 10 }));
  const images = [{ truths: [{ box: BOX, classIndex: 0 }], detections }];

  expect(evaluated(images, 1).coco).toMatchObject({ maxDetections: 1, AP: 0, AR: 0, AR1: 0, AR10: 1 });
  expect(evaluated(images, 2).coco).toMatchObject({ AP: expect.closeTo(0.5) as number, AR: 1 });
});

test('calibration compares scores with how often they are right', () => {
  const detections = Array.from({ length: 4 }, (_, index) => ({
    box: index === 0 ? BOX : ([60 * index, 300, 60 * index + 20, 320] as const),
    classIndex: 0,
    score: 0.75,
  }));

  const { calibration } = evaluated([{ truths: [{ box: BOX, classIndex: 0 }], detections }]);

  expect(calibration).toEqual({
    expectedError: 0.5,
    bins: [{ from: 0.7, to: 0.8, detections: 4, meanScore: 0.75, precision: 0.25 }],
  });
});

test('without truths the numbers are −1, as COCO says it, never a made-up 0', () => {
  const { coco, ultralytics, perClass } = evaluated([{ detections: [{ box: BOX, classIndex: 0, score: 0.9 }] }]);

  expect([coco.AP, coco.AR100, ultralytics.mAP50, ultralytics.P]).toEqual([-1, -1, -1, -1]);
  expect(perClass[0].ultralytics).toBeNull();
});

describe('what cannot be evaluated is refused by the image', () => {
  const bad = (image: Partial<EvaluatedImage>) => () => evaluated([{}, image]);

  test.each<[string, Partial<EvaluatedImage>, RegExp]>([
    ['a class beyond those named', { truths: [{ box: BOX, classIndex: 1 }] }, /Image 1: truth 0 is of class 1/],
    ['a score that is no number', { detections: [{ box: BOX, classIndex: 0, score: NaN }] }, /Image 1: detection 0/],
    ['an infinite box', { truths: [{ box: [0, 0, Infinity, 1], classIndex: 0 }] }, /Image 1: truth 0/],
    ['an image added twice', { id: 0, detections: [{ box: BOX, classIndex: 0, score: 1 }] }, /Image 0 was added twice/],
  ])('%s', (_, image, sentence) => {
    const detections = [{ box: BOX, classIndex: 0, score: 0.5 }];
    const refused = image.id === 0 ? () => evaluated([{ detections }, image]) : bad(image);

    expect(refused).toThrow(EvaluationError);
    expect(refused).toThrow(sentence);
  });
});
