import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { evaluateCocoFiles } from '../../src/metrics';
import { evaluateCoco } from './coco';
import { randomScenes } from './random-scenes';

const folder = mkdtempSync(join(tmpdir(), 'coco-files-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function write(name: string, content: unknown): string {
  const file = join(folder, name);
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

const TRUTH = {
  info: { note: 'brackets ] } and "quotes\\" in text', nested: [[1, { a: [] }], 'x'] },
  annotations: [
    { id: 0, image_id: 7, category_id: 3, bbox: [10, 10, 50, 50], area: 2500, iscrowd: 0, segmentation: [[1, 2]] },
  ],
  images: [{ id: 7, width: 640, height: 480, file_name: 'ü.jpg' }],
  categories: [{ id: 3, name: 'vehicle' }],
};
const RESULT = { image_id: 7, category_id: 3, bbox: [10, 10, 50, 50], score: 0.9 };

test('files give the numbers of the values that they hold', () => {
  const { gt, dt } = randomScenes({ seed: 5, images: 8, classes: 3, truths: 12, detections: 40 });
  const whole = { ...gt, annotations: gt.annotations.map((a) => ({ ...a, bbox: a.bbox.map(Math.round) })) };

  const evaluation = evaluateCocoFiles(write('truth.json', whole), write('results.json', dt));

  const values = evaluateCoco(gt, dt).result();
  const { coco, perClass, bySize } = evaluation.result();
  expect(coco).toEqual(values.coco);
  expect({ perClass, bySize }).toEqual({ perClass: values.perClass, bySize: values.bySize });
});

test.each([
  ['with white space', JSON.stringify([RESULT], null, 2)],
  ['with exponents', JSON.stringify([RESULT]).replace('0.9', '9e-1').replace('[10,', '[1.0E+1,')],
  ['with more digits than a double holds', JSON.stringify([RESULT]).replace('0.9', '0.90000000000000002220446')],
  [
    'with members that nobody asked for',
    JSON.stringify([{ segmentation: { counts: 'a"]}' }, ...RESULT, id: null, ok: true }]),
  ],
  ['of categories that the annotations do not name', JSON.stringify([RESULT, { ...RESULT, category_id: 9 }])],
])('results %s are read', (_, text) => {
  const result = evaluateCocoFiles(write('truth.json', TRUTH), write('results.json', text)).result();

  expect(result.coco.AP).toBeCloseTo(1);
  expect(result.calibration.bins).toEqual([{ from: 0.9, to: 1, detections: 1, meanScore: 0.9, precision: 1 }]);
});

test('entries as short as can be are all kept', () => {
  const annotations = Array.from({ length: 500 }, () => ({ image_id: 7, category_id: 3, bbox: [0, 0, 9, 9] }));

  const evaluation = evaluateCocoFiles(write('truth.json', { ...TRUTH, annotations }), write('results.json', []));

  expect(evaluation.result().truths).toBe(500);
});

test('images may be known by name', () => {
  const named = { ...TRUTH, images: [{ id: 'a/ü' }], annotations: [{ ...TRUTH.annotations[0], image_id: 'a/ü' }] };

  const evaluation = evaluateCocoFiles(
    write('truth.json', named),
    write('results.json', [{ ...RESULT, image_id: 'a/ü' }]),
  );

  expect(evaluation.result().coco.AP).toBeCloseTo(1);
});

describe('what is wrong is named with its place', () => {
  test.each([
    ['no JSON', '[{"image_id"', /results\.json is not the JSON that is expected: a colon should stand at byte 12/],
    ['no list', '{}', /an array should stand at byte 0/],
    ['a number that is none', '[{"image_id":x}]', /a number should stand at byte 13/],
    ['more after its end', '[] []', /nothing more should stand at byte 3/],
    ['no score', JSON.stringify([{ ...RESULT, score: undefined }]), /results\.json: a result has no score/],
    [
      'a box of three numbers',
      JSON.stringify([{ ...RESULT, bbox: [1, 2, 3] }]),
      /entry 0 needs image_id, category_id and a bbox/,
    ],
    [
      'an unknown image',
      JSON.stringify([RESULT, { ...RESULT, image_id: 8 }]),
      /entry 1 is of image 8, which the annotations do not name/,
    ],
  ])('results with %s', (_, text, sentence) => {
    expect(() => evaluateCocoFiles(write('truth.json', TRUTH), write('results.json', text))).toThrow(sentence);
  });

  test('annotations without images', () => {
    const results = write('results.json', [RESULT]);

    expect(() => evaluateCocoFiles(write('truth.json', { ...TRUTH, images: [] }), results)).toThrow(
      /truth\.json is not a COCO annotations file/,
    );
  });
});
