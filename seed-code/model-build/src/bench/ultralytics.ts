// What the train runner costs over Ultralytics alone: whole checkpoints, the relay of events, looks at the losses.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { SAMPLE_CLASSES } from '../sample';
import { trainingSettings, type TrainingContext } from '../training';
import { ultralytics } from '../training/ultralytics';
import { jobFile } from '../training/ultralytics/job-file';
import { median, type Measurement } from './measurement';
import { writeSampleTiles } from './training';

const EPOCHS = 4;
const PAIRS = 3;
const TILING = { size: 320, overlap: 0.2, visibleShare: 0.3 };
/** As a rehearsal trains, on a quarter of the tiles. */
const SETTINGS = trainingSettings.parse({
  ...{ modelSize: 'rehearsal', imageSize: TILING.size, epochs: EPOCHS, batch: 16, fraction: 0.25 },
  ...{ optimiser: 'AdamW', learningRate: 0.01, augmentation: 'none', acceptUltralyticsLicense: true },
});

/** Ultralytics with the same arguments and nobody who watches; prints the seconds of each epoch but the first. */
const PLAIN = `
import json, sys, time
from pathlib import Path
sys.path.insert(0, sys.argv[1])
import train as runner
from job import Job, training_arguments
job = Job.read(Path(sys.argv[2]))
runner.prepare(Path(job.work))
from ultralytics import YOLO
ends = []
model = YOLO(runner.architecture(job), task="detect")
model.add_callback("on_fit_epoch_end", lambda trainer: ends.append(time.monotonic()))
model.train(data=runner.data_file(job), plots=True, project=job.work, name="run", **training_arguments(job, 0, False))
ends = ends[: job.epochs]
print(json.dumps([after - before for before, after in zip(ends, ends[1:])]))
`;
const secondsSchema = z.array(z.number()).min(1);

export const runnerOverUltralytics: Measurement = {
  name: 'train runner over plain Ultralytics',
  limit: `time of an epoch, median of ${PAIRS} runs each, in turns`,
  must: { atMost: 1.05 },
  async run({ ultralytics: python }) {
    if (python === null) return { skipped: 'name a Python with Ultralytics in DRONE_MLOPS_ULTRALYTICS_PYTHON' };
    const root = await mkdtemp(join(tmpdir(), 'bench-ultralytics-'));
    try {
      const channels = [join(root, 'train'), join(root, 'validation')] as const;
      await writeSampleTiles(join(root, 'sample'), channels, TILING);
      const [runner, plain]: [number[], number[]] = [[], []];
      for (let pair = 0; pair < PAIRS; pair += 1) {
        const work = join(root, `pair-${pair}`);
        await mkdir(work);
        plain.push(median(await plainEpochs(contextOf(root, work, python, []))));
        const ends: number[] = [];
        await ultralytics().train(contextOf(root, work, python, ends));
        runner.push(median(ends.slice(1).map((end, index) => (end - ends[index]) / 1000)));
      }
      return {
        ratio: median(runner) / median(plain),
        detail: `${median(runner).toFixed(2)} and ${median(plain).toFixed(2)} s an epoch`,
      };
    } finally {
      await rm(root, { recursive: true, force: true });
    }
  },
};

async function plainEpochs(context: TrainingContext): Promise<number[]> {
  const work = await mkdtemp(join(context.output, '..', 'plain-'));
  const job = join(work, 'job.json');
  await writeFile(job, JSON.stringify(await jobFile(context, work)));
  const args = ['-c', PLAIN, join(context.code, 'training'), job];
  const { stdout } = await promisify(execFile)(context.python, args, { maxBuffer: 1 << 26 });
  return secondsSchema.parse(JSON.parse(stdout.trim().split('\n').at(-1) ?? ''));
}

/** @param ends takes the moment at which each epoch was recorded */
function contextOf(root: string, work: string, python: string, ends: number[]): TrainingContext {
  return {
    ...{ settings: SETTINGS, classes: SAMPLE_CLASSES, code: resolve('.'), python },
    ...{ train: join(root, 'train'), validation: join(root, 'validation'), weights: join(root, 'weights') },
    ...{ output: join(work, 'output'), checkpoints: join(work, 'checkpoints') },
    log: () => undefined,
    metrics: { record: () => ends.push(performance.now()), resumed: () => undefined },
    signal: new AbortController().signal,
  };
}
