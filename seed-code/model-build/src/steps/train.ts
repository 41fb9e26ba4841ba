// The train step: checks the job's settings, runs the chosen trainer, writes what becomes model.tar.gz.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { sidecarSchema, type Sidecar } from '../model';
import { booleanSetting, parseHyperparameters, runStep, StepError } from '../sagemaker';
import { TRAINERS } from '../training';
import { tracked, type TrackedContext } from './tracked';

const whole = z.coerce.number().int();

/** Hyperparameters of the training job; SageMaker passes each as a string. */
export const hyperparameters = z.strictObject({
  trainer: z.enum(['baseline', 'ultralytics']),
  'model-size': z.enum(['n', 's', 'm', 'l', 'x']),
  'image-size': whole.min(32).multipleOf(32),
  'tile-size': whole.min(1),
  overlap: z.coerce.number().min(0).lt(1),
  epochs: whole.min(1),
  batch: whole.min(1),
  seed: whole.min(0),
  'accept-ultralytics-license': booleanSetting,
  'data-version': z.string().min(1),
});

/** Trains a detector under the container contract: `model.onnx`, `model.json` and `training.json` in the model folder. */
export async function train({ paths, hosts, log, signal, run }: TrackedContext): Promise<void> {
  if (hosts.length > 1) throw new StepError(`Training runs on one instance, not ${hosts.length}: use a larger one.`);
  const settings = parseHyperparameters(hyperparameters, paths.hyperparameters);
  run.params(settings);
  const classes = await readClasses(paths.channel('train'));
  const trainer = TRAINERS[settings.trainer];
  const model = await trainer.train({
    settings: {
      modelSize: settings['model-size'],
      imageSize: settings['image-size'],
      epochs: settings.epochs,
      batch: settings.batch,
      seed: settings.seed,
      acceptUltralyticsLicense: settings['accept-ultralytics-license'],
    },
    classes,
    code: paths.channel('code'),
    train: paths.channel('train'),
    validation: paths.channel('validation'),
    checkpoints: paths.checkpoints,
    log,
    signal,
  });

  const sidecar: Sidecar = {
    format: 'drone-mlops/model@1',
    classes,
    imageSize: settings['image-size'],
    stride: model.stride,
    tiling: { size: settings['tile-size'], overlap: settings.overlap },
    operatingPoint: null, // the evaluate step chooses it
    license: model.license,
    trainer: { name: trainer.name, version: model.version },
    provenance: { dataVersion: settings['data-version'], seed: settings.seed },
  };
  // `maxRSS` is in kilobytes, and of this process alone.
  const peakMemoryMb = Math.round(process.resourceUsage().maxRSS / 1024);
  const training = { trainer: sidecar.trainer, classes, settings, peakMemoryMb, ...model.report };
  run.artifact('training.json', json(training));
  run.artifact('model.json', json(sidecar));
  await mkdir(paths.model, { recursive: true });
  await Promise.all([
    writeFile(join(paths.model, 'model.onnx'), model.onnx),
    writeFile(join(paths.model, 'model.json'), json(sidecarSchema.parse(sidecar))),
    writeFile(join(paths.model, 'training.json'), json(training)),
  ]);
}

const classNames = z.array(z.string().min(1)).min(1);

/** Class names as the preprocess step leaves them beside the tiles. */
async function readClasses(channel: string): Promise<string[]> {
  const file = join(channel, 'classes.json');
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new StepError(`${file} cannot be read: the preprocess step writes it beside the tiles.`, { cause: error });
  });
  const parsed = classNames.safeParse(parseJson(text));
  if (!parsed.success) throw new StepError(`${file} is not a list of class names: run the preprocess step again.`);
  return parsed.data;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

if (require.main === module) void runStep('train', tracked('train', train));
