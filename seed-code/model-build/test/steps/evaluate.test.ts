import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { list } from 'tar';
import type { Part } from '../../src/dataset';
import { pack, unpack } from '../../src/evaluation';
import type { EvaluationResult } from '../../src/metrics';
import { parseSidecar, type Sidecar } from '../../src/model';
import { containerPaths } from '../../src/sagemaker';
import { evaluate } from '../../src/steps/evaluate';
import type { TrackedContext } from '../../src/steps/tracked';
import { untracked } from '../../src/tracking';
import { addFiles } from '../dataset/folders';
import { redBoxFrame, redBoxSidecar, writeRedBoxModel } from '../vision/red-box-model';

// Each run starts a thread for each processor and model, from TypeScript sources.
jest.setTimeout(60_000);

const FRAME = { width: 128, height: 64 } as const;
const SETTINGS = ['--gate=coco.AP50=0.5', '--gate=ultralytics.R=1', '--tile-size=64', '--overlap=0', '--merge=nms'];
const SIDECAR = redBoxSidecar(64, { provenance: { dataVersion: 'f00d', seed: 3 } });

type PixelBox = readonly [left: number, top: number, right: number, bottom: number];

interface Scene {
  readonly part: Part;
  readonly flight: string;
  readonly box: PixelBox;
  /** What the label file says. @default - the box */
  readonly labels?: string | null;
  readonly bytes?: Buffer;
}

/** The box in the second tile, so that a whole-frame pass, at half the scale, still finds it. */
const SCENES: readonly Scene[] = [
  { part: 'train', flight: 'a', box: [8, 8, 40, 40] },
  { part: 'validation', flight: 'b', box: [72, 12, 104, 44] },
  { part: 'validation', flight: 'b', box: [10, 10, 50, 50] },
  { part: 'test', flight: 'c', box: [80, 20, 112, 52] },
  { part: 'test', flight: 'd', box: [4, 6, 44, 46] },
];

interface Container {
  readonly root: string;
  readonly events: { readonly event: string }[];
}

/** Kept until all tests are done: several look at what one run left. */
const base = mkdtempSync(join(tmpdir(), 'evaluate-test-'));
afterAll(() => {
  rmSync(base, { recursive: true });
});
const newFolder = (): string => mkdtempSync(join(base, 'folder-'));

const servingBundle = newFolder();
writeFileSync(join(servingBundle, 'serve.js'), 'serving');

function labelOf([left, top, right, bottom]: PixelBox): string {
  const { width, height } = FRAME;
  const shares = [
    (left + right) / 2 / width,
    (top + bottom) / 2 / height,
    (right - left) / width,
    (bottom - top) / height,
  ];
  return `0 ${shares.join(' ')}\n`;
}

/** A container with the scenes' images, their split and the model of the red box. */
async function prepared(scenes: readonly Scene[] = SCENES, sidecar: object = SIDECAR): Promise<Container> {
  const files: Record<string, string | Buffer> = {};
  const header = { format: 'drone-mlops/data-version@1', classes: ['box'], images: scenes.length, bytes: 0 };
  const lines: object[] = [header];
  for (const [index, { part, flight, box, labels, bytes }] of scenes.entries()) {
    const { data } = redBoxFrame(FRAME.width, FRAME.height, box);
    const image =
      bytes ??
      (await sharp(data, { raw: { ...FRAME, channels: 3 } })
        .png()
        .toBuffer());
    const object = `${createHash('sha256').update(`${index}`).update(image).digest('hex')}.png`;
    if (part !== 'train') files[`images/${object}`] = image;
    lines.push({
      ...{ path: `${flight}/${index}.png`, object, bytes: image.length, ...FRAME, capturedAt: null, hash: null },
      ...{ labels: labels === undefined ? labelOf(box) : labels, flight, part },
    });
  }
  files['split/split.jsonl'] = `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`;
  const root = newFolder();
  addFiles(join(root, 'processing', 'input'), files);
  const model = dirname(writeRedBoxModel({ size: 64 }));
  writeFileSync(join(model, 'model.json'), JSON.stringify(sidecar));
  writeFileSync(join(model, 'training.json'), '{}');
  await pack(model, join(root, 'processing', 'input', 'model', 'model.tar.gz'));
  return { root, events: [] };
}

function run(on: Container, args: readonly string[] = SETTINGS): Promise<void> {
  const context: TrackedContext = {
    run: untracked,
    paths: containerPaths(on.root),
    args,
    environment: {},
    log: (event, fields) => on.events.push({ ...fields, event }),
    host: 'algo-1',
    hosts: ['algo-1'],
    signal: new AbortController().signal,
  };
  return evaluate(context, servingBundle);
}

function output(on: Container, name: string): Buffer {
  return readFileSync(join(on.root, 'processing', 'output', name));
}

interface EvaluationDocument {
  readonly images: object;
  readonly dropped: readonly { readonly path: string; readonly reason: string }[];
  readonly operatingPoint: { readonly confidence: number };
  readonly sliced: EvaluationResult & { readonly confusion: { readonly counts: number[][] } };
  readonly fullFrame: EvaluationResult;
  readonly gate: object;
  readonly comparison: object;
  readonly dataVersion: string;
}

function document(on: Container): EvaluationDocument {
  return JSON.parse(output(on, 'evaluation/evaluation.json').toString()) as EvaluationDocument;
}

/** Gives the container the model that serves today. */
async function withLive(on: Container, threshold: number, sidecar: Sidecar = SIDECAR): Promise<void> {
  const model = dirname(writeRedBoxModel({ size: 64, threshold }));
  writeFileSync(join(model, 'model.json'), JSON.stringify(sidecar));
  await pack(model, join(on.root, 'processing', 'input', 'live', 'model.tar.gz'));
}

/** One test frame of each of six flights. */
const SIX_FLIGHTS: readonly Scene[] = [
  ...SCENES.filter(({ part }) => part !== 'test'),
  ...['c', 'd', 'e', 'f', 'g', 'h'].map((flight) => ({ part: 'test', flight, box: [4, 6, 44, 46] }) as const),
];

describe('beside the model that serves today', () => {
  test('a model that finds what the live one misses in every flight is better', async () => {
    const on = await prepared(SIX_FLIGHTS);
    // More than any redness there is: it finds nothing.
    await withLive(on, 2);
    await run(on);
    expect(document(on).comparison).toEqual({
      ...{ verdict: 'better', better: 1, notWorse: 1, flights: 6 },
      difference: expect.closeTo(1) as number,
      interval: [expect.closeTo(1), expect.closeTo(1)],
    });
  });

  test('the same model is neither better nor worse', async () => {
    const on = await prepared(SIX_FLIGHTS);
    await withLive(on, 0.5);
    await run(on);
    expect(document(on).comparison).toMatchObject({ verdict: 'no difference shown', better: 0, notWorse: 1 });
  });

  test('under five flights nothing is decided, and so nothing is better', async () => {
    const on = await prepared();
    await withLive(on, 2);
    await run(on, ['--gate=live.notWorse=1', '--gate=live.better=1', ...SETTINGS.slice(2)]);
    expect(document(on).comparison).toMatchObject({ verdict: 'not decidable', better: 0 });
    expect(document(on).gate).toMatchObject({ passed: false, metrics: [{ passed: true }, { passed: false }] });
  });

  test('where no model is live, any is better', async () => {
    const on = await prepared();
    await run(on);
    expect(document(on).comparison).toEqual({ verdict: 'no live model', better: 1, notWorse: 1 });
  });
});

describe('a model that finds every box', () => {
  let done: Container;

  beforeAll(async () => {
    done = await prepared();
    await run(done);
  });

  test('its numbers are those of the test frames, sliced and whole', () => {
    const { sliced, fullFrame, images, dataVersion } = document(done);

    expect(images).toEqual({ validation: 2, test: 2 });
    expect(dataVersion).toBe('f00d');
    expect(sliced.coco.AP).toBeCloseTo(1);
    expect(sliced.ultralytics).toMatchObject({ R: 1, version: '8.4.175' });
    expect(Object.keys(sliced.byFlight)).toEqual(['c', 'd']);
    expect(fullFrame.truths).toBe(2);
    expect(sliced.confusion.counts).toEqual([
      [2, 0],
      [0, 0],
    ]);
  });

  test('the gate compares the numbers that the pipeline reads, by name', () => {
    expect(document(done).gate).toEqual({
      passed: true,
      metrics: [
        { metric: 'coco.AP50', threshold: 0.5, value: expect.closeTo(1) as number, passed: true },
        { metric: 'ultralytics.R', threshold: 1, value: 1, passed: true },
      ],
    });
  });

  test('the model archive holds the model as trained, its operating point, and the serving bundle', async () => {
    const folder = newFolder();
    await unpack(join(done.root, 'processing/output/model/model.tar.gz'), folder);
    const sidecar = parseSidecar(readFileSync(join(folder, 'model.json'), 'utf8'), 'model.json');

    expect(sidecar.operatingPoint).toEqual({
      confidence: document(done).operatingPoint.confidence,
      iou: 0.7,
      merge: 'nms',
      wholeFrame: true,
      chosenOn: 'validation',
    });
    expect(sidecar.tiling).toEqual({ size: 64, overlap: 0 });
    expect(readFileSync(join(folder, 'code', 'serve.js'), 'utf8')).toBe('serving');
    expect(readFileSync(join(folder, 'training.json'), 'utf8')).toBe('{}');
    const names: string[] = [];
    list({
      file: join(done.root, 'processing/output/model/model.tar.gz'),
      sync: true,
      onReadEntry: ({ path }) => names.push(path),
    });
    expect(names).toEqual(['code/serve.js', 'model.json', 'model.onnx', 'training.json']);
  });

  test('golden predictions name their frames, which lie beside them', () => {
    const golden = JSON.parse(output(done, 'evaluation/golden.json').toString()) as {
      frames: { file: string; path: string; detections: { box: number[]; class: string }[] }[];
    };

    expect(golden.frames.map(({ path }) => path)).toEqual(['c/3.png', 'd/4.png']);
    expect(golden.frames[0].detections).toMatchObject([{ class: 'box', box: [80, 20, 112, 52] }]);
    for (const { file } of golden.frames) expect(output(done, `evaluation/${file}`).length).toBeGreaterThan(0);
  });

  test('charts and mosaics can be read', async () => {
    for (const name of ['pr-curve', 'confidence-curves', 'confusion-matrix']) {
      const { width } = await sharp(output(done, `evaluation/${name}.svg`)).metadata();
      expect(width).toBeGreaterThan(100);
    }
    for (const name of ['worst', 'best']) {
      const { format, width } = await sharp(output(done, `evaluation/images/${name}.jpg`)).metadata();
      expect({ format, width }).toEqual({ format: 'jpeg', width: 6 + 2 * 486 });
    }
  });

  test('running it again gives the same bytes', async () => {
    const again = await prepared();
    await run(again);

    for (const name of ['evaluation/evaluation.json', 'evaluation/images/worst.jpg', 'model/model.tar.gz']) {
      expect(output(again, name).equals(output(done, name))).toBe(true);
    }
  });

  test('progress is logged by part', () => {
    expect(done.events.filter(({ event }) => event === 'evaluated')).toEqual([
      { event: 'evaluated', part: 'validation', images: 2, of: 2 },
      { event: 'evaluated', part: 'test', images: 2, of: 2 },
    ]);
  });
});

test('the operating point does not depend on test frames', async () => {
  // GIVEN test frames in which the labels name other places than the boxes'
  const misled = SCENES.map((scene) => (scene.part === 'test' ? { ...scene, labels: '0 0.1 0.1 0.05 0.05\n' } : scene));
  const [right, wrong] = await Promise.all([prepared(), prepared(misled)]);

  await Promise.all([run(right), run(wrong)]);

  expect(document(wrong).operatingPoint).toEqual(document(right).operatingPoint);
  expect(document(wrong).sliced.coco.AP50).toBe(0);
});

test('the whole frame is left out where it makes validation worse', async () => {
  // GIVEN frames of two boxes, which the model takes for one when it sees both
  const [left, right] = [
    redBoxFrame(FRAME.width, FRAME.height, [8, 10, 40, 40]),
    redBoxFrame(FRAME.width, FRAME.height, [76, 20, 112, 50]),
  ];
  const data = left.data.map((value, at) => (at % (FRAME.width * 3) < 64 * 3 ? value : right.data[at]));
  const bytes = await sharp(data, { raw: { ...FRAME, channels: 3 } })
    .png()
    .toBuffer();
  const labels = labelOf([8, 10, 40, 40]) + labelOf([76, 20, 112, 50]);
  const on = await prepared(SCENES.map((scene) => (scene.part === 'train' ? scene : { ...scene, bytes, labels })));

  await run(on);

  const { operatingPoint, sliced } = document(on);
  expect(operatingPoint).toMatchObject({ wholeFrame: false, validation: { mAP50: { wholeFrame: 0 } } });
  expect(sliced.coco.AP50).toBeCloseTo(1);
});

test('a gate that fails is written down and does not fail the step', async () => {
  const misled = SCENES.map((scene) => (scene.part === 'test' ? { ...scene, labels: '0 0.1 0.1 0.05 0.05\n' } : scene));
  const on = await prepared(misled);

  await run(on);

  expect(document(on).gate).toMatchObject({ passed: false, metrics: [{ value: 0, passed: false }, { passed: false }] });
});

test('images that training would drop are dropped here too, and named', async () => {
  const on = await prepared([
    ...SCENES,
    { part: 'test', flight: 'd', box: [0, 0, 9, 9], labels: '0 2 2 1 1\n' },
    { part: 'test', flight: 'd', box: [0, 0, 9, 9], bytes: Buffer.from('no image') },
  ]);

  await run(on);

  expect(document(on).images).toEqual({ validation: 2, test: 2 });
  expect(document(on).dropped).toMatchObject([
    { path: 'd/5.png', reason: 'labels' },
    { path: 'd/6.png', reason: 'unreadable' },
  ]);
});

describe('what cannot be evaluated is said in one sentence', () => {
  test.each<[string, readonly Scene[], RegExp]>([
    ['no test frames', SCENES.filter(({ part }) => part !== 'test'), /The test part has no frame that can be used/],
    [
      'no truths',
      SCENES.map((scene) => ({ ...scene, labels: null })),
      /The validation part has no labelled object in its 2 frames/,
    ],
  ])('%s', async (_, scenes, sentence) => {
    await expect(run(await prepared(scenes))).rejects.toThrow(sentence);
  });

  test('an image that the split names and S3 did not deliver', async () => {
    const on = await prepared();
    rmSync(join(on.root, 'processing/input/images'), { recursive: true });

    await expect(run(on)).rejects.toThrow(/b\/\d\.png\) cannot be read, though the split names it/);
  });

  test('a model of other classes', async () => {
    const on = await prepared(SCENES, { ...SIDECAR, classes: ['tree'] });

    await expect(run(on)).rejects.toThrow('The data has the classes box, the model tree');
  });

  test('an ONNX file that is no detector', async () => {
    const on = await prepared();
    const folder = newFolder();
    writeFileSync(join(folder, 'model.onnx'), 'no model');
    writeFileSync(join(folder, 'model.json'), JSON.stringify(SIDECAR));
    await pack(folder, join(on.root, 'processing/input/model/model.tar.gz'));

    await expect(run(on)).rejects.toThrow(/model\.onnx is not an ONNX model/);
  });

  test.each([
    [['--gate=coco.AP5=0.5', ...SETTINGS.slice(2)], /"coco\.AP5=0\.5" is not METRIC=SHARE/],
    [['--gate=coco.AP50=2', ...SETTINGS.slice(2)], /is not METRIC=SHARE/],
    [SETTINGS.slice(2), /"gate"/],
    [[...SETTINGS.slice(0, -1), '--merge=wbf'], /"merge"/],
  ])('the settings %j', async (args, sentence) => {
    await expect(run({ root: newFolder(), events: [] }, args)).rejects.toThrow(sentence);
  });
});
