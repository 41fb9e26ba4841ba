// How long the baseline trains, and how fast it learns at each step.
import { ADAM } from './training-graph';

/** Crops after which training ends whatever the epochs say: the baseline is for smoke runs and rehearsals. */
export const MOST_CROPS = 4800;
/** Highest learning rate, steps until it is reached, and the share of it that is left at the end. */
const PEAK = 8e-3;
const WARM_UP = 50;
const FLOOR = 0.02;

/**
 * Steps for `epochs`. An epoch of the baseline draws as many crops as would cover the tiles; after {@link MOST_CROPS} crops it
 * ends early.
 * @param cropsPerTile crops that cover one tile
 */
export function stepsFor(epochs: number, batch: number, tiles: number, cropsPerTile: number): number {
  return Math.ceil(Math.min(epochs * tiles * cropsPerTile, MOST_CROPS) / batch);
}

/**
 * Learning rate of a step (from 0) of `steps`: linear warm-up, then a half cosine over the steps that are really run. Adam's
 * bias correction is part of it.
 */
export function learningRate(step: number, steps: number): number {
  const cosine = FLOOR + ((1 - FLOOR) * (1 + Math.cos((Math.PI * step) / steps))) / 2;
  const warmUp = Math.min((step + 1) / WARM_UP, 1);
  const done = step + 1;
  return (PEAK * warmUp * cosine * Math.sqrt(1 - ADAM.beta2 ** done)) / (1 - ADAM.beta1 ** done);
}
