// The train step: checks the job's settings, runs the chosen trainer, writes what becomes model.tar.gz.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { sidecarSchema, type Sidecar } from '../model';
import { parseHyperparameters, runStep, StepError } from '../sagemaker';
import {
  checkHyperparameters,
  fanOut,
  fromHyperparameters,
  HYPERPARAMETERS,
  logSink,
  TRAINERS,
  type MetricSink,
} from '../training';
import { peakMemoryMb } from './peak-memory';
import { tracked, type TrackedContext } from './tracked';

/** Hyperparameters of the training job; SageMaker passes each as a string. */
export const hyperparameters = z
  .strictObject({
    trainer: z.enum(['baseline', 'ultralytics']),
    ...HYPERPARAMETERS,
    'tile-size': z.coerce.number().int().min(1),
    overlap: z.coerce.number().min(0).lt(1),
    'data-version': z.string().min(1),
  })
  .superRefine(checkHyperparameters);

export type Hyperparameters = z.infer<typeof hyperparameters>;

/** Trains a detector under the container contract. */
export async function train(context: TrackedContext): Promise<void> {
  const { hosts, paths } = context;
  if (hosts.length > 1) throw new StepError(`Training runs on one instance, not ${hosts.length}: use a larger one.`);
  const given = parseHyperparameters(hyperparameters, paths.hyperparameters);
  await trainModel(given, { ...context, metrics: logSink(context.log) });
}

/** What training needs of a step's surroundings; a laptop has it as well. */
export type TrainingPlace = Pick<TrackedContext, 'environment' | 'log' | 'signal' | 'run'> & {
  /** Who else watches the metrics. */
  readonly metrics: MetricSink;
  readonly paths: Pick<TrackedContext['paths'], 'channel' | 'checkpoints' | 'model' | 'outputData'>;
};

/** Trains a detector: `model.onnx`, `model.json` and `training.json` in the model folder. @throws StepError */
export async function trainModel(
  given: Hyperparameters,
  { paths, environment, log, metrics, signal, run }: TrainingPlace,
): Promise<void> {
  const settings = fromHyperparameters(given);
  run.params(given);
  const classes = await readClasses(paths.channel('train'));
  const trainer = TRAINERS[given.trainer];
  const model = await trainer.train({
    settings,
    classes,
    code: paths.channel('code'),
    train: paths.channel('train'),
    validation: paths.channel('validation'),
    weights: paths.channel('weights'),
    output: paths.outputData,
    checkpoints: paths.checkpoints,
    python: environment.DRONE_MLOPS_PYTHON ?? 'python3',
    log,
    metrics: fanOut(metrics, run),
    signal,
  });

  const sidecar: Sidecar = {
    format: 'drone-mlops/model@1',
    classes,
    imageSize: settings.imageSize,
    stride: model.stride,
    tiling: { size: given['tile-size'], overlap: given.overlap },
    operatingPoint: null, // the evaluate step chooses it
    license: model.license,
    trainer: { name: trainer.name, version: model.version },
    provenance: { dataVersion: given['data-version'], seed: settings.seed },
  };
  const training = { trainer: sidecar.trainer, classes, settings, peakMemoryMb: peakMemoryMb(), ...model.report };
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
