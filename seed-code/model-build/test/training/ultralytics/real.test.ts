// Real Ultralytics, on tiles that take a second an epoch: what is written, and what becomes of a run that is killed.
import { execFile, execFileSync, spawn } from 'node:child_process';
import { createHash, randomInt } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { toTruths } from '../../../src/dataset';
import { DetectionEvaluation } from '../../../src/metrics';
import { parseOnnxMetadata } from '../../../src/model';
import type { TrainedModel, TrainingContext } from '../../../src/training/trainer';
import { ultralytics } from '../../../src/training/ultralytics';
import { jobFile } from '../../../src/training/ultralytics/job-file';
import { readTiles, tileName } from '../../../src/training/tiles';
import { decodeImage, openDetector } from '../../../src/vision';
import { settings, trainingContext } from '../context';
import { SCENE_CLASSES, writeSceneTiles } from '../scene-tiles';

const interpreter = process.env.DRONE_MLOPS_ULTRALYTICS_PYTHON;
const suite = interpreter === undefined ? describe.skip : describe;
const code = resolve(__dirname, '../../..');
const data = mkdtempSync(join(tmpdir(), 'ultralytics-real-'));
const EPOCHS = 10;
const RUN = { epochs: EPOCHS, batch: 4, optimiser: 'AdamW', learningRate: 0.01, augmentation: 'none' } as const;

/** Loaded into every Python here: one that connects a socket or looks up a name ends at once. */
const GUARD = `import os, sys
def audit(event, args):
    if event in ("socket.getaddrinfo", "socket.gethostbyname") or (event == "socket.connect" and isinstance(args[1], tuple)):
        os.write(2, ("ASKED FOR THE NETWORK: %r\\n" % (args,)).encode()); os._exit(97)
sys.addaudithook(audit)
`;
const guard = mkdtempSync(join(data, 'guard-'));
const python = join(guard, 'python');

interface Trained {
  readonly model: TrainedModel;
  readonly output: string;
  readonly checkpoints: string;
  /** Epochs in the order in which they were recorded. */
  readonly recorded: number[];
  readonly started: unknown[];
}

beforeAll(async () => {
  writeFileSync(join(guard, 'sitecustomize.py'), GUARD);
  writeFileSync(python, `#!/bin/sh\nPYTHONPATH='${guard}' exec '${interpreter ?? ''}' "$@"\n`, { mode: 0o755 });
  await writeSceneTiles(join(data, 'train'), 64, 64, 1);
  await writeSceneTiles(join(data, 'validation'), 16, 64, 2);
});

async function train(given: Partial<TrainingContext> = {}, recorded: number[] = []): Promise<Trained> {
  const output = mkdtempSync(join(data, 'output-'));
  const { checkpoints = mkdtempSync(join(data, 'checkpoints-')) } = given;
  const started: unknown[] = [];
  const model = await ultralytics().train(
    trainingContext(data, {
      settings: settings(RUN),
      code,
      python,
      output,
      checkpoints,
      log: (event, fields) => {
        if (event === 'training-started') started.push(fields?.resumedFrom);
      },
      ...given,
      metrics: { record: (step) => recorded.push(step), resumed: () => undefined },
    }),
  );
  return { model, output, checkpoints, recorded, started };
}

/** mAP50 of the last row of results.csv, and the epochs of all rows. */
function results(output: string): { map50: number; epochs: number[] } {
  const [head = '', ...rows] = readFileSync(join(output, 'results.csv'), 'utf8').trim().split('\n');
  const column = head.split(',').findIndex((name) => name.trim() === 'metrics/mAP50(B)');
  return {
    map50: Math.max(...rows.map((row) => Number(row.split(',')[column]))),
    epochs: rows.map((row) => Number(row.split(',')[0])),
  };
}

const all = Array.from({ length: EPOCHS }, (_, index) => index + 1);

suite('real Ultralytics', () => {
  let seeds: Trained[];

  // Three unbroken runs are what broken ones are held against.
  beforeAll(async () => {
    seeds = [];
    for (const seed of [0, 1, 2]) seeds.push(await train({ settings: settings({ ...RUN, seed }) }));
  }, 900_000);

  test('trains, and leaves YOLO11 as ONNX with all that belongs to it', () => {
    const [{ model, output, recorded, started }] = seeds;
    expect(started).toEqual([null]);
    expect(recorded).toEqual(all);
    expect(results(output).epochs).toEqual(all);
    const metadata = parseOnnxMetadata(model.onnx, 'model.onnx');
    expect(metadata).toMatchObject({ classes: SCENE_CLASSES, stride: 32, imageSize: [64, 64] });
    expect(metadata.license).toMatch(/AGPL-3\.0/);
    expect(metadata.inputs[0]?.shape).toEqual([1, 3, 64, 64]);
    expect(metadata.outputs).toEqual([{ name: 'output0', elementType: 1, shape: [1, 6, 84] }]);
    expect(model).toMatchObject({ version: '8.4.175', license: 'AGPL-3.0-only', report: { resumedFrom: [] } });
    expect(model.report.onnx).toMatchObject({ opset: 17, batch: 'fixed' });
    expect(model.report.onnxDifference).toBeLessThanOrEqual(1e-4);
    expect(readdirSync(output)).toEqual(
      expect.arrayContaining([
        'weights.pt',
        'results.csv',
        'results.png',
        'confusion_matrix.png',
        'BoxPR_curve.png',
        'val_batch0_pred.jpg',
        'environment.json',
      ]),
    );
    const environment = JSON.parse(readFileSync(join(output, 'environment.json'), 'utf8')) as { packages: string[] };
    expect(environment.packages).toContain('ultralytics==8.4.175');
  });

  test.each(['SIGKILL', 'SIGTERM'] as const)(
    'ended by %s at a random moment goes on to a model as good as unbroken ones, and repeats no whole epoch',
    async (signal) => {
      const checkpoints = mkdtempSync(join(data, 'checkpoints-'));
      const context = trainingContext(data, {
        settings: settings(RUN),
        code,
        checkpoints,
        output: join(checkpoints, 'out'),
      });
      const moments = [randomInt(0, 3000), randomInt(0, 1500)];
      const before: number[] = [];
      // GIVEN processes that are ended so long after their first words, as a container's are
      for (const wait of moments) before.push(...(await killed(context, signal, wait)));
      // WHEN
      const after: number[] = [];
      const resumed = await train({ checkpoints }, after);
      // THEN
      const rows = [...before, ...after];
      expect({ moments, rows: rows.filter((row, index) => rows.indexOf(row) !== index) }).toEqual({
        moments,
        rows: [],
      });
      expect(results(resumed.output).epochs).toEqual(all);
      const unbroken = seeds.map(({ output }) => results(output).map50);
      const spread = Math.max(...unbroken) - Math.min(...unbroken);
      expect(results(resumed.output).map50).toBeGreaterThanOrEqual(Math.min(...unbroken) - Math.max(spread, 0.05));
      expect(resumed.model.report.onnxDifference).toBeLessThanOrEqual(1e-4);
    },
    300_000,
  );

  test('interrupted after its last epoch it trains nothing again, and exports the same weights', async () => {
    const [first] = seeds;
    const again = await train({ checkpoints: first.checkpoints });
    expect(again.recorded).toEqual([]);
    expect(again.model.report.resumedFrom).toEqual([EPOCHS]);
    expect(digest(again.model.onnx)).toBe(digest(first.model.onnx));
    expect(readdirSync(again.output).sort()).toEqual(expect.arrayContaining(['results.png', 'val_batch0_pred.jpg']));
  }, 200_000);

  test('our evaluation of the ONNX and Ultralytics’ validation of the weights agree to 0.002, through letterbox and NMS', async () => {
    // GIVEN tiles that are no multiple of the model's size
    const channel = join(data, 'unseen');
    await writeSceneTiles(channel, 48, 96, 3);
    const [{ model, output }] = seeds;
    const modelPath = join(output, 'model.onnx');
    writeFileSync(modelPath, model.onnx);
    // WHEN
    const detector = await openDetector({ modelPath });
    const evaluation = new DetectionEvaluation({ classes: SCENE_CLASSES });
    for (const tile of await readTiles(channel, SCENE_CLASSES.length)) {
      const frame = await decodeImage(tile.image);
      const detections = await detector.detect(frame, { confidence: 0.001, multiLabel: true, clip: false });
      evaluation.add({ id: tileName(channel, tile), truths: toTruths(tile.labels, frame), detections });
    }
    await detector.close();
    const ours = evaluation.result().ultralytics;
    const { stdout } = await promisify(execFile)(python, [
      join(__dirname, 'python', 'validate_weights.py'),
      ...[join(output, 'weights.pt'), channel, join(channel, 'classes.json'), '64', mkdtempSync(join(data, 'work-'))],
    ]);
    const theirs = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as { mAP50: number; mAP50_95: number };
    // THEN
    expect(theirs.mAP50).toBeGreaterThan(0.3); // of a model that has learnt something
    expect(Math.abs(ours.mAP50 - theirs.mAP50)).toBeLessThanOrEqual(0.002);
    expect(Math.abs(ours.mAP50_95 - theirs.mAP50_95)).toBeLessThanOrEqual(0.002);
  }, 120_000);

  test('training that begins from weights, for one class, on half of the tiles, leaves a free batch axis', async () => {
    const [{ output: weights }] = seeds;
    const from = { weights: 's3://bucket/weights.pt', freeze: 3, classes: 'dark', fraction: 0.5, onnxBatch: 'free' };
    const trained = await train({ settings: settings({ ...RUN, epochs: 1, learningRate: 1e-5, ...from }), weights });
    // From random weights one epoch gives next to nothing.
    expect(results(trained.output).map50).toBeGreaterThan(0.5);
    const [input] = parseOnnxMetadata(trained.model.onnx, 'model.onnx').inputs;
    expect(input?.shape).toEqual([expect.any(String), 3, 64, 64]);
    expect(trained.model.report.onnx).toMatchObject({ batch: 'free', checkedOn: 3 });
  }, 120_000);

  test('a learning rate that breaks the weights stops the run with its reason', async () => {
    const wild = settings({ ...RUN, optimiser: 'SGD', learningRate: 1, mapFloor: 0.9, floorEpochs: 2 });
    await expect(train({ settings: wild })).rejects.toThrow(
      /^Training (diverged: .* is not a number|does not learn: after 2 epochs)/,
    );
  }, 120_000);

  test('no run here has asked for a network: a Python that does ends at once', () => {
    const ask = ['-c', 'import socket; socket.create_connection(("127.0.0.1", 9))'];
    expect(() => execFileSync(python, ask, { stdio: 'pipe' })).toThrow(/ASKED FOR THE NETWORK/);
  });
});

/** Of all but the moment of the export, which Ultralytics writes into the file's metadata. */
function digest(bytes: Uint8Array): string {
  const text = Buffer.from(bytes)
    .toString('latin1')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+/g, '');
  return createHash('sha256').update(text, 'latin1').digest('hex');
}

/** Starts the program as the trainer does, ends it `wait` milliseconds after training began; the epochs that it told of. */
async function killed(context: TrainingContext, signal: NodeJS.Signals, wait: number): Promise<number[]> {
  const work = mkdtempSync(join(data, 'work-'));
  const job = join(work, 'job.json');
  writeFileSync(job, JSON.stringify(await jobFile(context, work)));
  const child = spawn(python, [join(code, 'training', 'train.py'), job], { stdio: ['ignore', 'pipe', 'ignore'] });
  let said = '';
  const training = new Promise<void>((begun) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (said.includes('"training-progress"')) begun();
    });
  });
  const ended = new Promise<void>((done) =>
    child.once('close', () => {
      done();
    }),
  );
  await Promise.race([training, ended]);
  await sleep(wait);
  child.kill(signal);
  await ended;
  return [...said.matchAll(/"event": "epoch", "epoch": (\d+)/g)].map(([, epoch]) => Number(epoch));
}
