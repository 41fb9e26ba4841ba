import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { baseline } from '../../../src/training/baseline';
import { initialParameters, layers } from '../../../src/training/baseline/architecture';
import { saveCheckpoint } from '../../../src/training/baseline/checkpoint';
import { randomAt } from '../../../src/training/baseline/random';
import type { TrainedModel, TrainingContext } from '../../../src/training/trainer';
import { settings, trainingContext } from '../context';
import { SCENE_CLASSES, writeSceneTiles } from '../scene-tiles';

/** One crop is one tile; 40 steps of 8 tiles. */
const SIZE = 64;
const EPOCHS = 10;
const STEPS = 40;

const data = mkdtempSync(join(tmpdir(), 'baseline-'));
let unbroken: TrainedModel;

beforeAll(async () => {
  await writeSceneTiles(join(data, 'train'), 32, SIZE, 1);
  await writeSceneTiles(join(data, 'validation'), 8, SIZE, 2);
  unbroken = await baseline().train(context());
});

test('two threads train the same bytes as one', async () => {
  expect((await baseline({ threads: 2 }).train(context())).onnx).toEqual(unbroken.onnx);
});

test('another seed trains other bytes', async () => {
  const given = context();
  const other = await baseline().train({ ...given, settings: { ...given.settings, seed: 6 } });
  expect(other.onnx).not.toEqual(unbroken.onnx);
});

test.each([1, 7, 16, 33])(
  'stopped after step %i and started again, it ends with the bytes of an unbroken run',
  async (step) => {
    // GIVEN a run that is told to stop in the middle of things, with checkpoints at other steps
    const checkpoints = mkdtempSync(join(data, 'checkpoints-'));
    const abort = new AbortController();
    const stop = new Error('The job was stopped.');
    const trainer = baseline({ checkpointSteps: 16 });
    const interrupted = trainer.train({ ...context(checkpoints), signal: stoppingAfter(step, abort, stop) });
    await expect(interrupted).rejects.toBe(stop);

    // WHEN
    const resumed = await trainer.train(context(checkpoints));

    // THEN
    expect(resumed.onnx).toEqual(unbroken.onnx);
    expect(resumed.report).toMatchObject({ resumedFrom: step, curve: unbroken.report.curve });
  },
);

test('killed between checkpoints, it goes on from the last one to the same bytes', async () => {
  // GIVEN what a kill leaves: the checkpoint of step 16, and none of a later step
  const checkpoints = mkdtempSync(join(data, 'checkpoints-'));
  const trainer = baseline({ checkpointSteps: 16 });
  const killed = trainer.train({
    ...context(checkpoints),
    log: (event, fields) => {
      if (event === 'training-progress' && fields?.step === 25) throw new Error('killed');
    },
  });
  await expect(killed).rejects.toThrow('killed');

  // WHEN
  const resumed = await trainer.train(context(checkpoints));

  // THEN
  expect(resumed.report.resumedFrom).toBe(16);
  expect(resumed.onnx).toEqual(unbroken.onnx);
});

test('the checkpoint of a run with other settings is left aside', async () => {
  const checkpoints = mkdtempSync(join(data, 'checkpoints-'));
  const given = context(checkpoints);
  await baseline({ checkpointSteps: 16 }).train({ ...given, settings: { ...given.settings, seed: 9 } });
  expect(existsSync(join(checkpoints, 'baseline.checkpoint'))).toBe(true);
  const model = await baseline().train(given);
  expect(model.report.resumedFrom).toBeNull();
  expect(model.onnx).toEqual(unbroken.onnx);
});

test('a loss that is not a number ends training with its step', async () => {
  // GIVEN a checkpoint of this run whose weights have overflowed
  const checkpoints = mkdtempSync(join(data, 'checkpoints-'));
  const abort = new AbortController();
  const stopped = baseline().train({ ...context(checkpoints), signal: stoppingAfter(3, abort, new Error('stopped')) });
  await expect(stopped).rejects.toThrow('stopped');
  const [head] = readFileSync(join(checkpoints, 'baseline.checkpoint'), 'latin1').split('\n');
  const { run } = JSON.parse(head) as { run: string }; // as `saveCheckpoint` has just written it
  const { length } = initialParameters(layers(SCENE_CLASSES.length), randomAt(0, 0));
  const vector = new Float32Array(length);
  const losses = Array.from({ length: 3 }, () => ({ class: 1, box: 1 }));
  const overflown = { parameters: vector.map(() => Infinity), momentum: vector, variance: vector, losses };
  await saveCheckpoint(checkpoints, run, overflown);

  // THEN
  await expect(baseline().train(context(checkpoints))).rejects.toThrow(/diverged: the loss is not a number at step 4/);
});

test('the loss falls, and the report tells how, and what kind of model this is', () => {
  const { curve, validation, ...report } = unbroken.report;
  expect(curve).toMatchObject([{ step: 25 }, { step: STEPS }]);
  const [first, last] = curve as { class: number; box: number }[]; // two points, as just seen
  expect(last.class).toBeLessThan(0.7 * first.class);
  expect(last.box).toBeLessThan(0.7 * first.box);
  const held = validation as { class: number; box: number }; // there are validation tiles
  expect(held.class).toBeLessThan(first.class);
  expect(held.box).toBeLessThan(first.box);
  expect(report).toMatchObject({ steps: STEPS, tiles: 32, objects: 64 });
  expect(report.notice).toMatch(/not for production/);
});

test('without images, or without any label, it refuses in one sentence', async () => {
  const empty = mkdtempSync(join(data, 'empty-'));
  await expect(baseline().train({ ...context(), train: empty })).rejects.toThrow(/There is no image in .*push data/);
  const unlabelled = join(data, 'unlabelled');
  await writeSceneTiles(unlabelled, 2, SIZE, 3);
  for (const name of ['0000', '0001']) writeFileSync(join(unlabelled, 'labels', 'algo-1', `${name}.txt`), '');
  await expect(baseline().train({ ...context(), train: unlabelled })).rejects.toThrow(
    /None of the 2 tiles .* has a label/,
  );
});

test('a torn image fails training by its name', async () => {
  const torn = join(data, 'torn');
  await writeSceneTiles(torn, 2, SIZE, 4);
  writeFileSync(join(torn, 'images', 'algo-1', '0001.jpg'), 'not a JPEG');
  await expect(baseline().train({ ...context(), train: torn })).rejects.toThrow(/0001\.jpg/);
});

function context(checkpoints = mkdtempSync(join(data, 'checkpoints-'))): TrainingContext {
  return trainingContext(data, { settings: settings({ imageSize: SIZE, epochs: EPOCHS, seed: 5 }), checkpoints });
}

/** A signal that is found aborted when it is looked at after `step` steps. */
function stoppingAfter(step: number, abort: AbortController, reason: Error): AbortSignal {
  let looks = 0;
  return new Proxy(abort.signal, {
    get(signal, key) {
      if (key === 'aborted' && looks++ === step) abort.abort(reason);
      const value: unknown = Reflect.get(signal, key, signal);
      return typeof value === 'function' ? (value.bind(signal) as unknown) : value;
    },
  });
}
