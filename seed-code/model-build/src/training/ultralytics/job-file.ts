// The job file that `training/train.py` reads; its names are those of `training/job.py`.
import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { StepError } from '../../sagemaker';
import { readTiles, tileName, type TileFile } from '../tiles';
import type { TrainingContext } from '../trainer';

/** Channel that holds the file which the weights begin from. */
export const WEIGHTS_CHANNEL = 'weights';

/**
 * @param work folder of this run alone
 * @throws StepError when the data does not allow training, or classes or weights are not there
 */
export async function jobFile(context: TrainingContext, work: string): Promise<object> {
  const { settings, classes, train, validation, checkpoints, output } = context;
  const trainTiles = await readTiles(train, classes.length);
  const validationTiles = await readTiles(validation, classes.length);
  refuseNothing(trainTiles, train);
  refuseNothing(validationTiles, validation);
  if (!trainTiles.some(({ labels }) => labels.length > 0)) {
    throw new StepError(
      `None of the ${trainTiles.length} tiles in ${train} has a label: label images, then start again.`,
    );
  }
  const contents = [train, validation].map((channel, index) =>
    (index === 0 ? trainTiles : validationTiles).map((tile) => [tileName(channel, tile), tile.labels]),
  );
  return {
    run: createHash('sha256')
      .update(JSON.stringify([settings, classes, contents]))
      .digest('hex'),
    model_size: settings.modelSize,
    image_size: settings.imageSize,
    epochs: settings.epochs,
    batch: settings.batch,
    seed: settings.seed,
    optimiser: settings.optimiser,
    learning_rate: settings.learningRate ?? null,
    augmentation: settings.augmentation,
    patience: settings.patience,
    freeze: settings.freeze,
    fraction: settings.fraction,
    classes,
    learn: classesToLearn(settings.classes, classes),
    weights: settings.weights === 'random' ? null : await weightsFile(context.weights, settings.weights),
    onnx_batch: settings.onnxBatch,
    map_floor: settings.mapFloor,
    floor_epochs: settings.floorEpochs,
    train,
    validation,
    tiles: trainTiles.length,
    checkpoints,
    work,
    output,
  };
}

function refuseNothing(tiles: readonly TileFile[], channel: string): void {
  if (tiles.length === 0) throw new StepError(`There is no image in ${channel}/images: push data, then start again.`);
}

/** Indices of the classes named by `asked`; null for all of them. */
function classesToLearn(asked: string, classes: readonly string[]): number[] | null {
  if (asked === 'all') return null;
  return asked.split(',').map((text) => {
    const index = classes.indexOf(text.trim());
    if (index >= 0) return index;
    throw new StepError(
      `The classes to learn name ${JSON.stringify(text.trim())}; the data has ${classes.join(', ')}.`,
    );
  });
}

async function weightsFile(folder: string, uri: string): Promise<string> {
  const files = await readdir(folder).catch(() => []);
  const file = files.find((name) => name.endsWith('.pt'));
  if (file === undefined)
    throw new StepError(`The weights ${uri} did not arrive in ${folder}: give the job that channel.`);
  return join(folder, file);
}
