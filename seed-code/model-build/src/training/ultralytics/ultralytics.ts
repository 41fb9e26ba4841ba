// The `ultralytics` trainer: YOLO11, trained and exported by `training/train.py`, which alone knows Ultralytics.
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { StepError, type Log } from '../../sagemaker';
import { readTiles } from '../tiles';
import type { Trainer } from '../trainer';
import { runPython } from './python';

export interface UltralyticsOptions {
  /** Interpreter that has the packages of `training/requirements.txt`. */
  readonly python?: string;
}

/** Coarsest of YOLO11's three strides. */
const STRIDE = 32;
const LICENSE = 'AGPL-3.0-only';

/** What `train.py` leaves in its report. */
const reportSchema = z.looseObject({ ultralytics: z.string().min(1) });

export function ultralytics({ python = 'python3' }: UltralyticsOptions = {}): Trainer {
  return {
    name: 'ultralytics',
    async train({ settings, classes, code, train, validation, checkpoints, log, signal }) {
      if (!settings.acceptUltralyticsLicense) {
        throw new StepError(
          'YOLO11 by Ultralytics is licensed under AGPL-3.0, which extends to what is built with it, or under an Ultralytics ' +
            'Enterprise licence: choose one and set `acceptUltralyticsLicense: true`, or train with `trainer: "baseline"`.',
        );
      }
      const [trainTiles, validationTiles] = await Promise.all(
        [train, validation].map((channel) => readTiles(channel, classes.length)),
      );
      if (trainTiles.length === 0 || validationTiles.length === 0) {
        const empty = trainTiles.length === 0 ? train : validation;
        throw new StepError(`There is no image in ${empty}/images: push data, then start again.`);
      }
      if (!trainTiles.some(({ labels }) => labels.length > 0)) {
        throw new StepError(
          `None of the ${trainTiles.length} tiles in ${train} has a label: label images, then start again.`,
        );
      }

      const work = await mkdtemp(join(tmpdir(), 'ultralytics-'));
      try {
        await mkdir(checkpoints, { recursive: true });
        const job = join(work, 'job.json');
        await writeFile(job, JSON.stringify({ ...settings, classes, train, validation, checkpoints, work }));
        await runPython({ python, args: [join(code, 'training', 'train.py'), job], onLine: relay(log), signal });
        const report = reportSchema.parse(JSON.parse(await readFile(join(work, 'report.json'), 'utf8')));
        const onnx = await readFile(join(work, 'model.onnx'));
        return { onnx, stride: STRIDE, license: LICENSE, version: report.ultralytics, report };
      } finally {
        await rm(work, { recursive: true, force: true });
      }
    },
  };
}

const eventSchema = z.looseObject({ event: z.string() });

/** Events that `train.py` prints as JSON become events of the step; what else is printed is passed on as text. */
function relay(log: Log) {
  return (line: string): void => {
    const parsed = eventSchema.safeParse(parseJson(line));
    if (parsed.success) {
      const { event, ...fields } = parsed.data;
      log(event, fields);
    } else if (line.trim() !== '') {
      log('ultralytics', { line });
    }
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
