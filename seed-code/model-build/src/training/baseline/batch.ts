// Draws the batch of a step: crops, and what they teach.
import { STRIDE } from './architecture';
import { assign, emptyTargets, type Targets } from './assignment';
import { croppedObjects, planCrop, writeCrop } from './crop';
import type { LabelledFrame } from './labelled-frame';
import type { Random } from './random';
import type { TrainingShape } from './training-graph';

export interface Batch extends Targets {
  /** [B, 3, S, S]. */
  readonly images: Float32Array;
  /** Objects taught. */
  readonly positives: number;
}

/** @param tiles at least one, all square and no smaller than the crops */
export function drawBatch(
  tiles: readonly LabelledFrame[],
  { batch, crop, classes }: TrainingShape,
  random: Random,
): Batch {
  const grid = crop / STRIDE;
  const pixels = 3 * crop * crop;
  const images = new Float32Array(batch * pixels);
  const targets = emptyTargets(batch, classes, grid);
  let positives = 0;
  for (let index = 0; index < batch; index += 1) {
    const plan = planCrop(tiles, crop, random);
    writeCrop(plan, crop, images, index * pixels);
    positives += assign(croppedObjects(plan, crop), targets, index, classes, grid);
  }
  return { ...targets, images, positives };
}
