// What a run has reached, and how its losses are told.
import type { Losses, OptimiserState } from './optimiser';

export interface Progress extends OptimiserState {
  /** Losses of each step done. */
  readonly losses: readonly Losses[];
}

/** A point of a learning curve: mean losses of the steps since the point before. */
export interface CurvePoint extends Losses {
  readonly step: number;
}

/** Every `every` steps a point. */
export function learningCurve(losses: readonly Losses[], every: number): CurvePoint[] {
  return Array.from({ length: Math.ceil(losses.length / every) }, (_, index) => {
    const part = losses.slice(index * every, (index + 1) * every);
    return { step: index * every + part.length, ...meanLosses(part) };
  });
}

export function meanLosses(losses: readonly Losses[]): Losses {
  const mean = (key: keyof Losses): number => losses.reduce((sum, one) => sum + one[key], 0) / losses.length;
  return { class: mean('class'), box: mean('box') };
}
