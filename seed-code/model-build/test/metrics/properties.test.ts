// What must hold of metrics whatever is detected.
import fc from 'fast-check';
import { DetectionEvaluation, type EvaluatedImage, type EvaluationResult } from '../../src/metrics';

const CLASSES = ['vehicle', 'person'];
const side = fc.integer({ min: 4, max: 120 });
const corner = fc.integer({ min: 0, max: 400 });

interface Spec {
  readonly truths: readonly (readonly [x: number, y: number, width: number, height: number, classIndex: number])[];
  /** Which truth a detection is near, how far off, and what it says. */
  readonly detections: readonly (readonly [near: number, dx: number, dy: number, classIndex: number, score: number])[];
}

const spec: fc.Arbitrary<Spec> = fc.record({
  truths: fc.array(fc.tuple(corner, corner, side, side, fc.integer({ min: 0, max: 1 })), {
    minLength: 1,
    maxLength: 6,
  }),
  detections: fc.array(
    fc.tuple(
      fc.nat({ max: 5 }),
      fc.integer({ min: -20, max: 20 }),
      fc.integer({ min: -20, max: 20 }),
      fc.integer({ min: 0, max: 1 }),
      fc.integer({ min: 1, max: 1e6 }),
    ),
    { maxLength: 12 },
  ),
});

/** Images with scores that differ from one another: the rank of equal scores in an image is their order. */
const images = fc.array(spec, { minLength: 1, maxLength: 5 }).map((specs): EvaluatedImage[] => {
  let count = 0;
  return specs.map(({ truths, detections }, id) => ({
    id,
    flight: `flight ${id % 2}`,
    truths: truths.map(([x, y, width, height, classIndex]) => ({ box: [x, y, x + width, y + height], classIndex })),
    detections: detections.map(([near, dx, dy, classIndex, score]) => {
      const [x, y, width, height] = truths[near % truths.length];
      count += 1;
      return { box: [x + dx, y + dy, x + dx + width, y + dy + height], classIndex, score: (score + count * 2e6) / 1e9 };
    }),
  }));
});

function evaluate(all: readonly EvaluatedImage[]): EvaluationResult {
  const evaluation = new DetectionEvaluation({ classes: CLASSES });
  for (const image of all) evaluation.add(image);
  return evaluation.result();
}

function shuffled<T>(items: readonly T[], keys: readonly number[]): T[] {
  return items
    .map((item, index) => ({ item, key: keys[index % keys.length] * ((index * 7919) % 97) }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}

const OPTIONS = { numRuns: 40 };

test('the order of images, truths and detections never matters', () => {
  fc.assert(
    fc.property(images, fc.array(fc.nat(), { minLength: 5, maxLength: 9 }), (all, keys) => {
      const others = shuffled(all, keys).map((image) => ({
        ...image,
        detections: shuffled(image.detections, keys),
      }));

      expect(evaluate(others)).toEqual(evaluate(all));
    }),
    OPTIONS,
  );
});

test('equal scores of different images rank by the image, in whatever order they come', () => {
  const image = (id: number, found: boolean): EvaluatedImage => ({
    id,
    truths: [{ box: [0, 0, 10, 10], classIndex: 0 }],
    detections: [{ box: found ? [0, 0, 10, 10] : [50, 50, 60, 60], classIndex: 0, score: 0.5 }],
  });

  expect(evaluate([image(1, false), image(2, true)]).coco).toEqual(evaluate([image(2, true), image(1, false)]).coco);
  expect(evaluate([image(1, true), image(2, false)]).coco.AP).toBeGreaterThan(
    evaluate([image(1, false), image(2, true)]).coco.AP,
  );
});

test('scaling all boxes leaves AP, P and R', () => {
  fc.assert(
    fc.property(images, fc.constantFrom(0.5, 2, 8), (all, scale) => {
      const grown = all.map((image) => ({
        ...image,
        truths: image.truths.map((truth) => ({ ...truth, box: scaled(truth.box, scale) })),
        detections: image.detections.map((detection) => ({ ...detection, box: scaled(detection.box, scale) })),
      }));
      const [a, b] = [evaluate(all), evaluate(grown)];

      expect([b.coco.AP, b.coco.AP50, b.coco.AR100]).toEqual([a.coco.AP, a.coco.AP50, a.coco.AR100]);
      expect(b.ultralytics).toEqual(a.ultralytics);
    }),
    OPTIONS,
  );
});

test('a false positive below every score never raises AP', () => {
  fc.assert(
    fc.property(images, fc.nat({ max: 1 }), (all, classIndex) => {
      const before = evaluate(all);
      const nowhere = { box: [900, 900, 910, 910], classIndex, score: 1e-6 } as const;
      const [first, ...rest] = all;
      const after = evaluate([{ ...first, detections: [...first.detections, nowhere] }, ...rest]);

      expect(after.coco.AP).toBeLessThanOrEqual(before.coco.AP);
      expect(after.coco.AP50).toBeLessThanOrEqual(before.coco.AP50);
      expect(after.ultralytics.mAP50_95).toBeLessThanOrEqual(before.ultralytics.mAP50_95);
    }),
    OPTIONS,
  );
});

function scaled([left, top, right, bottom]: readonly [number, number, number, number], scale: number) {
  return [left * scale, top * scale, right * scale, bottom * scale] as const;
}
