// The `baseline` trainer: a small anchor-free detector from random weights on the CPU, for smoke runs and rehearsals.
import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { StepError } from '../../sagemaker';
import type { MetricValues } from '../sink';
import { readTiles, tileName, type TileFile } from '../tiles';
import type { TrainedModel, Trainer, TrainingContext } from '../trainer';
import { initialParameters, layers, STRIDE } from './architecture';
import { drawBatch } from './batch';
import { loadCheckpoint, saveCheckpoint } from './checkpoint';
import { exportModel, LICENSE, NOTICE, VERSION } from './export';
import { loadTile } from './labelled-frame';
import { Optimiser, type Losses } from './optimiser';
import { learningCurve, meanLosses, type Progress } from './progress';
import { randomAt } from './random';
import { learningRate, stepsFor } from './schedule';
import { TileWindow } from './tile-window';
import type { TrainingShape } from './training-graph';

export interface BaselineOptions {
  /** Threads that compute a step; one leaves the machine's others to decode images. The weights do not depend on it. */
  readonly threads?: number;
  /** Steps from one checkpoint to the next. */
  readonly checkpointSteps?: number;
}

/** Side of training crops, in pixels. */
const CROP = 160;
/** Steps that a point of the learning curve, and a line of the log, stands for. */
const CURVE_STEPS = 25;
/** Batches of validation tiles over which the final loss is averaged. */
const VALIDATION_BATCHES = 16;
/** Random streams beside the steps', which count from 0. */
const INITIAL_POSITION = -2;

export function baseline({ threads = 1, checkpointSteps = 100 }: BaselineOptions = {}): Trainer {
  return {
    name: 'baseline',
    async train(context) {
      const began = performance.now();
      const plan = await planRun(context);
      const optimiser = await Optimiser.create(plan.shape, threads);
      try {
        const { progress, resumedFrom } = await optimise(context, plan, optimiser, checkpointSteps);
        const validation = await validationLosses(context, plan, optimiser, progress);
        if (validation) context.metrics.record(plan.steps, named('validation', validation));
        const seconds = (performance.now() - began) / 1000;
        context.log('training-finished', { steps: plan.steps, seconds, validation });
        return trained(context, progress.parameters, {
          notice: NOTICE,
          parameters: progress.parameters.length,
          tiles: plan.tiles.length,
          objects: plan.objects,
          steps: plan.steps,
          crop: plan.shape.crop,
          resumedFrom,
          seconds,
          curve: learningCurve(progress.losses, CURVE_STEPS),
          validation,
        });
      } finally {
        await optimiser.release();
      }
    },
  };
}

interface RunPlan {
  readonly tiles: readonly TileFile[];
  /** Labels in all tiles. */
  readonly objects: number;
  readonly shape: TrainingShape;
  readonly steps: number;
  /** Hash of everything that decides the run's course. */
  readonly fingerprint: string;
}

/** @throws StepError when there is nothing to learn from */
async function planRun({ train, classes, settings }: TrainingContext): Promise<RunPlan> {
  const tiles = await readTiles(train, classes.length);
  if (tiles.length === 0) throw new StepError(`There is no image in ${train}/images: push data, then start again.`);
  const objects = tiles.reduce((sum, { labels }) => sum + labels.length, 0);
  if (objects === 0) {
    throw new StepError(`None of the ${tiles.length} tiles in ${train} has a label: label images, then start again.`);
  }
  const { imageSize, batch, epochs, seed } = settings;
  const shape = { classes: classes.length, batch, crop: Math.min(CROP, imageSize) };
  const contents = tiles.map((tile) => [tileName(train, tile), tile.labels]);
  return {
    tiles,
    objects,
    shape,
    steps: stepsFor(epochs, batch, tiles.length, (imageSize / shape.crop) ** 2),
    fingerprint: createHash('sha256')
      .update(JSON.stringify([VERSION, classes, imageSize, batch, epochs, seed, contents]))
      .digest('hex'),
  };
}

/** Trains from the checkpoint, or from random weights, to the plan's last step. */
async function optimise(context: TrainingContext, plan: RunPlan, optimiser: Optimiser, checkpointSteps: number) {
  const { settings, classes, checkpoints, log, metrics, signal } = context;
  const { tiles, objects, shape, steps, fingerprint } = plan;
  const initial = initialParameters(layers(classes.length), randomAt(settings.seed, INITIAL_POSITION));
  const restored = await loadCheckpoint(checkpoints, fingerprint, initial.length);
  let progress = restored ?? beginning(initial);
  const resumedFrom = restored?.losses.length ?? null;
  if (resumedFrom !== null) metrics.resumed(resumedFrom);
  log('training-started', { notice: NOTICE, tiles: tiles.length, objects, steps, batch: shape.batch, resumedFrom });

  const window = new TileWindow(tiles, settings.imageSize, settings.seed, (tile) => loadTile(tile, settings.imageSize));
  for (let step = progress.losses.length; step < steps; step += 1) {
    if (signal.aborted) {
      await saveCheckpoint(checkpoints, fingerprint, progress);
      log('training-stopped', { step });
      signal.throwIfAborted();
    }
    const batch = drawBatch(await window.at(step), shape, randomAt(settings.seed, step));
    const { state, losses } = await optimiser.step(progress, batch, learningRate(step, steps));
    if (!Number.isFinite(losses.class + losses.box)) {
      throw new StepError(
        `Training diverged: the loss is not a number at step ${step + 1}. Try another seed or a larger batch.`,
      );
    }
    progress = { ...state, losses: [...progress.losses, losses] };
    const done = step + 1;
    if (done % CURVE_STEPS === 0) {
      log('training-progress', { step: done, steps });
      metrics.record(done, named('train', meanLosses(progress.losses.slice(-CURVE_STEPS))));
    }
    if (done % checkpointSteps === 0) await saveCheckpoint(checkpoints, fingerprint, progress);
    await setImmediate(); // a step blocks the event loop: let signals and decoded tiles in
  }
  return { progress, resumedFrom };
}

/** Losses by the names that metrics have. */
function named(part: 'train' | 'validation', losses: Losses): MetricValues {
  return { [`${part}.class_loss`]: losses.class, [`${part}.box_loss`]: losses.box };
}

function beginning(parameters: Float32Array): Progress {
  const { length } = parameters;
  return { parameters, momentum: new Float32Array(length), variance: new Float32Array(length), losses: [] };
}

/** Mean losses over crops of the validation tiles, the same crops for the same tiles; null when there are none. */
async function validationLosses(
  { validation, classes, settings }: TrainingContext,
  { shape }: RunPlan,
  optimiser: Optimiser,
  progress: Progress,
): Promise<Losses | null> {
  const tiles = await readTiles(validation, classes.length);
  if (tiles.length === 0) return null;
  const window = new TileWindow(tiles, settings.imageSize, 0, (tile) => loadTile(tile, settings.imageSize));
  const losses: Losses[] = [];
  for (let index = 0; index < VALIDATION_BATCHES; index += 1) {
    const batch = drawBatch(await window.at(index), shape, randomAt(0, index));
    losses.push((await optimiser.step(progress, batch, 0)).losses);
  }
  return meanLosses(losses);
}

function trained(
  { classes, settings }: TrainingContext,
  parameters: Float32Array,
  report: TrainedModel['report'],
): TrainedModel {
  return {
    onnx: exportModel(parameters, classes, settings.imageSize),
    stride: STRIDE,
    license: LICENSE,
    version: VERSION,
    report,
  };
}
