import { mkdirSync, mkdtempSync, existsSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseOnnxMetadata } from '../../../src/model';
import type { TrainingContext } from '../../../src/training/trainer';
import { ultralytics } from '../../../src/training/ultralytics';
import { SCENE_CLASSES, writeSceneTiles } from '../scene-tiles';

const data = mkdtempSync(join(tmpdir(), 'ultralytics-'));

beforeAll(async () => {
  await writeSceneTiles(join(data, 'train'), 8, 64, 1);
  await writeSceneTiles(join(data, 'validation'), 4, 64, 2);
});

test('without acceptance of the licence it refuses, and names both licences and the way without', async () => {
  const given = context('');
  const refused = ultralytics().train({ ...given, settings: { ...given.settings, acceptUltralyticsLicense: false } });
  await expect(refused).rejects.toThrow(/AGPL-3\.0.*Enterprise.*acceptUltralyticsLicense.*baseline/s);
});

test('what the program prints as JSON becomes events, other lines text, and its files the model', async () => {
  // GIVEN a program in the place of train.py that tells what job it was given
  const code = program(`
    const job = JSON.parse(require('node:fs').readFileSync(process.argv[2], 'utf8'));
    console.log(JSON.stringify({ event: 'training-progress', epoch: 1 }));
    console.log('a word in passing');
    const write = (name, text) => require('node:fs').writeFileSync(job.work + '/' + name, text);
    write('model.onnx', 'ONNX');
    write('report.json', JSON.stringify({ ultralytics: '1.2.3', job }));
  `);
  const events: unknown[] = [];

  // WHEN
  const given = context(code);
  const model = await ultralytics({ python: process.execPath }).train({
    ...given,
    log: (event, fields) => events.push([event, fields]),
  });

  // THEN
  expect(events).toEqual([
    ['training-progress', { epoch: 1 }],
    ['ultralytics', { line: 'a word in passing' }],
  ]);
  expect(Buffer.from(model.onnx).toString()).toBe('ONNX');
  expect(model).toMatchObject({ license: 'AGPL-3.0-only', version: '1.2.3', stride: 32 });
  const { classes, train, checkpoints } = given;
  expect(model.report.job).toMatchObject({ ...given.settings, classes, train, checkpoints });
});

test('a program that fails is quoted', async () => {
  const code = program(`console.error('CUDA out of memory'); process.exit(3);`);
  const failed = ultralytics({ python: process.execPath }).train(context(code));
  await expect(failed).rejects.toThrow(/train\.py ended with exit code 3: CUDA out of memory/);
});

test('a missing interpreter is named with the remedy', async () => {
  const failed = ultralytics({ python: join(data, 'no-python') }).train(context(program('')));
  await expect(failed).rejects.toThrow(/no-python was not found: run this trainer in the training image/);
});

test('when the job is stopped the program gets SIGTERM and time to save', async () => {
  const saved = join(data, 'saved');
  const code = program(`
    process.on('SIGTERM', () => { require('node:fs').writeFileSync(${JSON.stringify(saved)}, ''); process.exit(0); });
    setInterval(() => {}, 1000);
    console.log('ready');
  `);
  const abort = new AbortController();
  const reason = new Error('The job was stopped.');
  const stopped = ultralytics({ python: process.execPath }).train({
    ...context(code),
    signal: abort.signal,
    log: () => {
      abort.abort(reason);
    },
  });
  await expect(stopped).rejects.toBe(reason);
  expect(existsSync(saved)).toBe(true);
});

const python = process.env.DRONE_MLOPS_ULTRALYTICS_PYTHON;
const withUltralytics = python === undefined ? test.skip : test;

// Slow, half a minute: Ultralytics itself, twice.
withUltralytics(
  'real Ultralytics trains, exports YOLO11 to ONNX, and resumes from its checkpoint',
  async () => {
    const code = resolve(__dirname, '../../..');
    const trainer = ultralytics({ python });
    const given = context(code);
    const started: unknown[] = [];
    const log: TrainingContext['log'] = (event, fields) => {
      if (event === 'training-started') started.push(fields?.resumed);
    };

    // GIVEN a run that is stopped after its first epoch
    const abort = new AbortController();
    const reason = new Error('The job was stopped.');
    const checkpoint = join(given.checkpoints, 'last.pt');
    const stopped = trainer.train({
      ...given,
      signal: abort.signal,
      log: (event, fields) => {
        log(event, fields);
        if (event === 'training-progress' && existsSync(checkpoint)) abort.abort(reason);
      },
    });
    await expect(stopped).rejects.toBe(reason);
    expect(statSync(checkpoint).size).toBeGreaterThan(1e6);

    // WHEN
    const model = await trainer.train({ ...given, log });

    // THEN
    expect(started).toEqual([false, true]);
    const metadata = parseOnnxMetadata(model.onnx, 'model.onnx');
    expect(metadata).toMatchObject({ classes: SCENE_CLASSES, stride: 32, imageSize: [64, 64] });
    expect(metadata.license).toMatch(/AGPL-3\.0/);
    expect(metadata.outputs).toEqual([{ name: 'output0', elementType: 1, shape: [1, 6, 84] }]);
    expect(model.version).toBe('8.4.175');
  },
  240_000,
);

/** A folder of code whose `training/train.py` is JavaScript, for Node to run. */
function program(text: string): string {
  const code = mkdtempSync(join(data, 'code-'));
  mkdirSync(join(code, 'training'));
  writeFileSync(join(code, 'training', 'train.py'), text);
  return code;
}

function context(code: string): TrainingContext {
  return {
    settings: { modelSize: 'n', imageSize: 64, epochs: 3, batch: 4, seed: 0, acceptUltralyticsLicense: true },
    classes: SCENE_CLASSES,
    code,
    train: join(data, 'train'),
    validation: join(data, 'validation'),
    checkpoints: mkdtempSync(join(data, 'checkpoints-')),
    log: () => undefined,
    signal: new AbortController().signal,
  };
}
