// The `ultralytics` trainer: YOLO11, trained and exported by `training/train.py`, which alone knows Ultralytics.
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { StepError } from '../../sagemaker';
import type { Trainer } from '../trainer';
import { jobFile } from './job-file';
import { LICENSE, licenseFault } from './license';
import { checkOnnx } from './onnx-check';
import { runPython } from './python';
import { relay } from './relay';

/** Coarsest of YOLO11's three strides. */
const STRIDE = 32;

/** What `train.py` leaves in its report. */
const reportSchema = z.looseObject({ ultralytics: z.string().min(1), resumedFrom: z.array(z.int()) });

export function ultralytics(): Trainer {
  return {
    name: 'ultralytics',
    async train(context) {
      const { settings, code, checkpoints, signal } = context;
      const fault = licenseFault(settings.acceptUltralyticsLicense);
      if (fault !== undefined) throw new StepError(fault);
      const work = await mkdtemp(join(tmpdir(), 'ultralytics-'));
      try {
        await mkdir(checkpoints, { recursive: true });
        const job = join(work, 'job.json');
        await writeFile(job, JSON.stringify(await jobFile(context, work)));
        const { onLine, reason } = relay(context);
        const args = [join(code, 'training', 'train.py'), job];
        await runPython({ python: context.python, args, onLine, signal }).catch((error: unknown) => {
          const said = reason();
          throw said === undefined ? error : new StepError(said, { cause: error });
        });
        const report = reportSchema.parse(JSON.parse(await readFile(join(work, 'report.json'), 'utf8')));
        const onnx = await readFile(join(work, 'model.onnx'));
        const onnxDifference = await checkOnnx(onnx, work, settings.imageSize);
        return {
          onnx,
          stride: STRIDE,
          license: LICENSE,
          version: report.ultralytics,
          report: { ...report, onnxDifference },
        };
      } finally {
        await rm(work, { recursive: true, force: true });
      }
    },
  };
}
