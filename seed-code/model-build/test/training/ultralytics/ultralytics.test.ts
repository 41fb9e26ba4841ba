// The trainer around `training/train.py`, with a few lines of JavaScript in the program's place; see real.test.ts.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TrainingContext } from '../../../src/training/trainer';
import { ultralytics } from '../../../src/training/ultralytics';
import { settings, trainingContext } from '../context';
import { writeSceneTiles } from '../scene-tiles';

const data = mkdtempSync(join(tmpdir(), 'ultralytics-'));

beforeAll(async () => {
  await writeSceneTiles(join(data, 'train'), 8, 64, 1);
  await writeSceneTiles(join(data, 'validation'), 4, 64, 2);
});

/** Trains with `text` for a program; within it, `job` is what it was given. */
function train(text: string, given: Partial<TrainingContext> = {}) {
  const code = mkdtempSync(join(data, 'code-'));
  mkdirSync(join(code, 'training'));
  const begin = `const fs = require('node:fs'); const job = JSON.parse(fs.readFileSync(process.argv[2], 'utf8'));
    const emit = (event, fields) => console.log(JSON.stringify({ event, ...fields }));\n`;
  writeFileSync(join(code, 'training', 'train.py'), begin + text);
  return ultralytics().train(trainingContext(data, { code, ...given }));
}

/** Writes what the program was given to a file, and fails. */
function job(given: Partial<TrainingContext>): Promise<Record<string, unknown>> {
  const file = join(mkdtempSync(join(data, 'job-')), 'job.json');
  return train(`fs.copyFileSync(process.argv[2], ${JSON.stringify(file)}); process.exit(1);`, given).then(
    () => ({}),
    (error: unknown) => {
      if (!existsSync(file)) throw error;
      return JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    },
  );
}

test('without acceptance of the licence it refuses, and names both licences and the way without', async () => {
  const refused = train('', { settings: settings({ acceptUltralyticsLicense: false }) });
  await expect(refused).rejects.toThrow(/AGPL-3\.0.*Enterprise.*acceptUltralyticsLicense.*baseline/s);
});

test('the program is given every setting', async () => {
  const given = settings({ optimiser: 'AdamW', learningRate: 0.002, seed: 7, classes: 'dark' });
  expect(await job({ settings: given })).toMatchObject({
    model_size: 'rehearsal',
    image_size: 64,
    optimiser: 'AdamW',
    learning_rate: 0.002,
    seed: 7,
    classes: ['bright', 'dark'],
    learn: [1],
    weights: null,
    tiles: 8,
    map_floor: 0.001,
    floor_epochs: 20,
  });
});

test('a run has another name when a setting, a label or a tile differs, and else the same', async () => {
  const { run } = await job({});
  expect((await job({})).run).toBe(run);
  expect((await job({ settings: settings({ seed: 1 }) })).run).not.toBe(run);
  expect((await job({ validation: join(data, 'train') })).run).not.toBe(run);
});

test('weights begin from the file of their channel, and without it the job is refused', async () => {
  const weights = mkdtempSync(join(data, 'weights-'));
  const given = { settings: settings({ weights: 's3://bucket/begin.pt' }), weights };
  await expect(job(given)).rejects.toThrow(/s3:\/\/bucket\/begin\.pt did not arrive in .*: give the job that channel/);
  writeFileSync(join(weights, 'begin.pt'), '');
  expect((await job(given)).weights).toBe(join(weights, 'begin.pt'));
});

test('a class to learn that the data lacks is named', async () => {
  const refused = job({ settings: settings({ classes: 'bright, boat' }) });
  await expect(refused).rejects.toThrow('The classes to learn name "boat"; the data has bright, dark.');
});

test('epochs become metrics by our names, other events and lines become log lines', async () => {
  const events: unknown[] = [];
  const recorded: unknown[] = [];
  await train(
    `emit('training-started', { resumedFrom: 2 });
     emit('training-progress', { epoch: 3, step: 1 });
     console.log('a word in passing');
     emit('epoch', { epoch: 3, epochs: 4, values: {
       'train/cls_loss': 1, 'val/dfl_loss': 2, 'metrics/mAP50-95(B)': 0.5, 'metrics/recall(B)': null, 'lr/pg0': 0.1 } });
     process.exit(1);`,
    {
      log: (event, fields) => events.push([event, fields]),
      metrics: {
        record: (step, values) => recorded.push([step, values]),
        resumed: (step) => recorded.push(['resumed', step]),
      },
    },
  ).catch(() => undefined);
  expect(events).toEqual([
    ['training-started', { resumedFrom: 2 }],
    ['training-progress', { epoch: 3, step: 1 }],
    ['ultralytics', { line: 'a word in passing' }],
    ['training-progress', { epoch: 3, epochs: 4 }],
  ]);
  const values = { 'train.class_loss': 1, 'validation.dfl_loss': 2, 'validation.mAP50_95': 0.5, 'lr.pg0': 0.1 };
  expect(recorded).toEqual([
    ['resumed', 2],
    [3, values],
  ]);
});

test('a program that gives up is quoted with its reason, one that breaks with its last words', async () => {
  const gaveUp = train(`emit('failed', { reason: 'Training diverged: a loss.' }); process.exit(1);`);
  await expect(gaveUp).rejects.toThrow(/^Training diverged: a loss\.$/);
  const broke = train(`console.error('CUDA out of memory'); process.exit(3);`);
  await expect(broke).rejects.toThrow(/train\.py ended with exit code 3: CUDA out of memory/);
});

test('a missing interpreter is named with the remedy', async () => {
  const failed = train('', { python: join(data, 'no-python') });
  await expect(failed).rejects.toThrow(/no-python was not found: .*DRONE_MLOPS_PYTHON.*baseline/);
});

test('when the job is stopped the program gets SIGTERM and time to save', async () => {
  const saved = join(data, 'saved');
  const abort = new AbortController();
  const reason = new Error('The job was stopped.');
  const stopped = train(
    `process.on('SIGTERM', () => { fs.writeFileSync(${JSON.stringify(saved)}, ''); process.exit(143); });
     setInterval(() => {}, 1000); emit('ready');`,
    {
      signal: abort.signal,
      log: () => {
        abort.abort(reason);
      },
    },
  );
  await expect(stopped).rejects.toBe(reason);
  expect(existsSync(saved)).toBe(true);
});
