import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseSidecar, readOnnxMetadata } from '../../src/model';
import { containerPaths } from '../../src/sagemaker';
import type { TrackedContext } from '../../src/steps/tracked';
import { train } from '../../src/steps/train';
import { untracked } from '../../src/tracking';
import { SCENE_CLASSES, writeSceneTiles } from '../training/scene-tiles';

const HYPERPARAMETERS = {
  trainer: 'baseline',
  'model-size': 'n',
  'image-size': '64',
  'tile-size': '64',
  overlap: '0.25',
  epochs: '1',
  batch: '8',
  seed: '3',
  'accept-ultralytics-license': 'false',
  'data-version': 'f00d',
};

const paths = containerPaths(mkdtempSync(join(tmpdir(), 'train-')));

beforeAll(async () => {
  await writeSceneTiles(paths.channel('train'), 8, 64, 1);
  await writeSceneTiles(paths.channel('validation'), 4, 64, 2);
  mkdirSync(dirname(paths.hyperparameters), { recursive: true });
});
beforeEach(() => {
  configure({});
});

test('it leaves the model, what must be known about it, and how it was trained', async () => {
  await train(context());
  const sidecar = parseSidecar(readFileSync(join(paths.model, 'model.json'), 'utf8'), 'model.json');
  expect(sidecar).toEqual({
    format: 'drone-mlops/model@1',
    classes: SCENE_CLASSES,
    imageSize: 64,
    stride: 8,
    tiling: { size: 64, overlap: 0.25 },
    operatingPoint: null,
    license: 'Apache-2.0',
    trainer: { name: 'baseline', version: '1' },
    provenance: { dataVersion: 'f00d', seed: 3 },
  });
  const metadata = await readOnnxMetadata(join(paths.model, 'model.onnx'));
  expect(metadata).toMatchObject({ classes: sidecar.classes, stride: sidecar.stride, imageSize: [64, 64] });
  const training: unknown = JSON.parse(readFileSync(join(paths.model, 'training.json'), 'utf8'));
  expect(training).toMatchObject({ trainer: { name: 'baseline' }, settings: { epochs: 1, seed: 3 }, steps: 1 });
});

test.each([
  [{ trainer: 'detectron' }, /hyperparameter "trainer".*"baseline"\|"ultralytics"/],
  [{ 'image-size': '100' }, /hyperparameter "image-size".*multiple of 32/],
  [{ epochs: '0' }, /hyperparameter "epochs"/],
  [{ batch: 'many' }, /hyperparameter "batch"/],
  [{ 'accept-ultralytics-license': 'perhaps' }, /hyperparameter "accept-ultralytics-license"/],
  [{ learningrate: '1' }, /learningrate/],
  [{ optimiser: 'AdamW' }, /hyperparameter "learning-rate".*the optimiser AdamW needs one/],
  [{ weights: 'yolo11n.pt' }, /hyperparameter "weights".*s3:\/\/bucket\/weights\.pt/],
  [{ trainer: 'ultralytics' }, /AGPL-3\.0.*Enterprise.*baseline/],
])('%j is refused in a sentence that names it', async (change, sentence) => {
  configure(change);
  await expect(train(context())).rejects.toThrow(sentence);
});

test('several instances are refused', async () => {
  await expect(train({ ...context(), hosts: ['algo-1', 'algo-2'] })).rejects.toThrow(/one instance, not 2/);
});

test('class names that are missing or empty are refused by their file', async () => {
  const file = join(paths.channel('train'), 'classes.json');
  writeFileSync(file, '[]');
  await expect(train(context())).rejects.toThrow(/classes\.json is not a list of class names/);
  rmSync(file);
  await expect(train(context())).rejects.toThrow(/classes\.json cannot be read: the preprocess step writes it/);
});

function configure(change: Record<string, string>): void {
  writeFileSync(paths.hyperparameters, JSON.stringify({ ...HYPERPARAMETERS, ...change }));
}

function context(): TrackedContext {
  return {
    run: untracked,
    paths,
    args: [],
    environment: {},
    log: () => undefined,
    host: 'algo-1',
    hosts: ['algo-1'],
    signal: new AbortController().signal,
  };
}
