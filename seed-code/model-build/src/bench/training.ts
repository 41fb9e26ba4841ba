// Measures the baseline trainer on the sample's tiles, as the train step runs it: in a process of its own.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { cutTiles, type SplitRecord, type TileSettings } from '../dataset';
import { FLIGHTS, SAMPLE_CLASSES, writeSample } from '../sample';
import { containerPaths } from '../sagemaker';
import type { Measurement } from './measurement';

/** What the baseline must keep to on two cores. */
const LIMIT_SECONDS = 40;
const LIMIT_MEMORY_MB = 400;

const TILING = { size: 640, overlap: 0.2, visibleShare: 0.3 };
const HYPERPARAMETERS = {
  trainer: 'baseline',
  'model-size': 'n',
  'image-size': String(TILING.size),
  'tile-size': String(TILING.size),
  overlap: String(TILING.overlap),
  epochs: '50',
  batch: '4',
  seed: '0',
  'accept-ultralytics-license': 'false',
  'data-version': 'sample',
};

/** The part of `training.json` that is measured. */
const trainingSchema = z.looseObject({ seconds: z.number(), steps: z.int(), peakMemoryMb: z.number() });

export const baselineOnSample: Measurement = {
  name: 'baseline trained on the sample',
  limit: `${LIMIT_SECONDS} s on two cores and ${LIMIT_MEMORY_MB} MB, whichever is nearer`,
  must: { atMost: 1 },
  async run() {
    const root = await mkdtemp(join(tmpdir(), 'bench-training-'));
    try {
      const paths = containerPaths(root);
      await writeSampleTiles(join(root, 'sample'), [paths.channel('train'), paths.channel('validation')], TILING);
      await mkdir(join(root, 'input', 'config'), { recursive: true });
      await writeFile(paths.hyperparameters, JSON.stringify(HYPERPARAMETERS));
      await promisify(execFile)(process.execPath, ['--require', 'tsx/cjs', resolve('src', 'steps', 'train.ts')], {
        env: { ...process.env, DRONE_MLOPS_ROOT: root },
      });
      const text = await readFile(join(paths.model, 'training.json'), 'utf8');
      const { seconds, steps, peakMemoryMb } = trainingSchema.parse(JSON.parse(text));
      return {
        ratio: Math.max(seconds / LIMIT_SECONDS, peakMemoryMb / LIMIT_MEMORY_MB),
        detail: `${steps} steps in ${seconds.toFixed(1)} s, ${peakMemoryMb} MB`,
      };
    } finally {
      await rm(root, { recursive: true, force: true });
    }
  },
};

/** The sample's tiles as the preprocess step writes them: the last flight's into the second channel, all others' into the first. */
export async function writeSampleTiles(
  dir: string,
  [train, validation]: readonly [string, string],
  tiling: TileSettings,
): Promise<void> {
  await writeSample(dir);
  for (const channel of [train, validation]) {
    for (const kind of ['images', 'labels']) await mkdir(join(channel, kind, 'algo-1'), { recursive: true });
    await writeFile(join(channel, 'classes.json'), JSON.stringify(SAMPLE_CLASSES));
  }
  for (const flight of FLIGHTS) {
    const channel = flight === FLIGHTS.at(-1) ? validation : train;
    const folders = { images: join(channel, 'images', 'algo-1'), labels: join(channel, 'labels', 'algo-1') };
    for (const image of await readdir(join(dir, 'images', flight.name))) {
      const path = `${flight.name}/${image}`;
      const labels = await readFile(join(dir, 'labels', path.replace(/\.jpg$/, '.txt')), 'utf8');
      const record: SplitRecord = {
        path,
        object: `${createHash('sha256').update(path).digest('hex')}.jpg`,
        bytes: 0,
        width: flight.width,
        height: flight.height,
        capturedAt: null,
        hash: null,
        labels,
        flight: flight.name,
        part: channel === train ? 'train' : 'validation',
      };
      await cutTiles(
        record,
        createHash('sha256').update(path).digest('hex'),
        join(dir, 'images', path),
        SAMPLE_CLASSES,
        tiling,
        (kind, name, body) => writeFile(join(folders[kind], name), body),
      );
    }
  }
}
