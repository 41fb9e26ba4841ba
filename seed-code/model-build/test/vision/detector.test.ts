import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import type { Sidecar } from '../../src/model';
import { GraphBuilder } from '../../src/onnx';
import { decodeImage, DetectorError, openDetector, type Detector } from '../../src/vision';
import { randomNumbers } from './random';
import { redBoxFrame, redBoxSidecar, writeRedBoxModel } from './red-box-model';

const SIZE = 160;
const sidecar = redBoxSidecar(SIZE);

describe.each([1, 'batch'] as const)('a perfect detector with a batch axis of %s', (batch) => {
  let detector: Detector;

  beforeAll(async () => {
    detector = await openDetector({ modelPath: writeRedBoxModel({ size: SIZE, batch }), sidecar, workers: 2 });
  });

  afterAll(() => detector.close());

  test('finds a box at its place after encoding, decoding, tiling, letterboxing and merging', async () => {
    const random = randomNumbers(5);
    for (let i = 0; i < 12; i += 1) {
      const [width, height] = [random.integer(170, 420), random.integer(170, 420)];
      // Smaller than what tiles share, so that one tile holds it whole.
      const [w, h] = [random.integer(10, 60), random.integer(10, 60)];
      const [left, top] = [random.integer(0, width - w), random.integer(0, height - h)];
      const box = [left, top, left + w, top + h] as const;
      const { data } = redBoxFrame(width, height, box);
      const png = await sharp(data, { raw: { width, height, channels: 3 } })
        .png()
        .toBuffer();

      const found = await detector.detect(await decodeImage(png), {
        confidence: 0.01,
        tiling: { size: SIZE, overlap: 0.4 },
      });

      expect(found).toHaveLength(1);
      found[0].box.forEach((edge, index) => {
        expect(Math.abs(edge - box[index])).toBeLessThanOrEqual(0.5);
      });
    }
  });

  test('gives the whole frame, the tiles, and both from one pass, as passes of their own would', async () => {
    const frame = redBoxFrame(400, 300, [210, 140, 250, 170]);
    const options = { confidence: 0.01, tiling: { size: SIZE, overlap: 0.2 } };

    const each = await detector.detectEach(frame, options);

    expect(each.sliced).toEqual(await detector.detect(frame, options));
    expect(each.tiles).toEqual(await detector.detect(frame, { ...options, wholeFrame: false }));
    expect(each.fullFrame).toEqual(await detector.detect(frame, { confidence: 0.01 }));
    expect(each.sliced).not.toEqual(each.fullFrame);
  });

  test('answers more frames at once than it has tensors, each with its own box', async () => {
    const boxes = Array.from({ length: 20 }, (_, i) => [i * 5, i * 2, i * 5 + 30, i * 2 + 20] as const);

    const found = await Promise.all(
      boxes.map((box) => detector.detect(redBoxFrame(SIZE, SIZE, box), { confidence: 0.01 })),
    );

    expect(found.map(([one]) => one.box)).toEqual(boxes);
  });
});

test('a frame with nothing in it has no detections', async () => {
  const detector = await openDetector({ modelPath: writeRedBoxModel({ size: 64 }), workers: 1 });
  const frame = { width: 80, height: 50, data: new Uint8Array(80 * 50 * 3) };
  expect(await detector.detect(frame, { confidence: 0.01, tiling: { size: 32, overlap: 0 } })).toEqual([]);
  await detector.close();
});

test('a detector that is closed refuses work in a sentence', async () => {
  const detector = await openDetector({ modelPath: writeRedBoxModel({ size: 64 }), workers: 1 });
  await detector.close();
  await expect(detector.detect(redBoxFrame(64, 64, [0, 0, 9, 9]), { confidence: 0.1 })).rejects.toThrow(DetectorError);
});

test.each<[string, Partial<Sidecar>]>([
  ['the classes', { classes: ['car'] }],
  ['the stride', { stride: 16 }],
  ['the image size', { imageSize: 320 }],
  ['the licence', { license: 'MIT' }],
])('refuses a model whose file and sidecar disagree on %s', async (what, change) => {
  const metadata = { names: "{0: 'box'}", stride: '32', license: 'Apache-2.0 (https://example.org)' };
  const modelPath = writeRedBoxModel({ size: SIZE, metadata });
  await expect(openDetector({ modelPath, sidecar: { ...sidecar, ...change }, workers: 1 })).rejects.toThrow(
    `disagree on ${what}`,
  );
});

test.each<[string, readonly number[], string]>([
  ['a classifier', [1, 1000], 'an output of [1, 1000] is not that of a YOLO detector for 64 px and 2 classes'],
  ['a transposed head', [1, 84, 6], 'an output of [1, 84, 6] could be yolox or end-to-end'],
])('refuses %s in one sentence', async (_, shape, sentence) => {
  const graph = new GraphBuilder('other');
  const images = graph.input('images', [1, 3, 64, 64]);
  const zero = graph.op('Mul', [graph.op('ReduceMax', [images], { keepdims: 0 }), graph.scalar(0)]);
  graph.output('output', graph.op('Expand', [zero, graph.integers(...shape)]), shape);
  const modelPath = join(mkdtempSync(join(tmpdir(), 'other-')), 'model.onnx');
  const names = shape.length === 2 ? "['a', 'b']" : "['a']";
  writeFileSync(modelPath, graph.build({ names }));
  await expect(openDetector({ modelPath, workers: 1 })).rejects.toThrow(sentence);
});
