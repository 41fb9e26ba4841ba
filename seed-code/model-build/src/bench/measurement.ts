// What `bench` measures: ratios of our time to a limit's, taken in one run, so that the machine's speed cancels out.
import type { BenchFrames } from './frames';

/** What the measurements may use; each says what it lacks. */
export interface BenchContext {
  /** Real frames: smooth or upscaled ones make decoding look cheap. */
  readonly frames: BenchFrames;
  /** A folder of PNG frames with YOLO labels beside them, and `classes.txt`. */
  readonly labelled: string | null;
  /** An ONNX detector. */
  readonly model: string | null;
  /** A Python that has the limits' libraries. */
  readonly python: string | null;
  /** A Python with Ultralytics. */
  readonly ultralytics: string | null;
  /** URL of an MLflow server on this machine. */
  readonly mlflow: string | null;
}

export type Measured = { readonly ratio: number; readonly detail: string } | { readonly skipped: string };

/** What a ratio must keep to. */
export type Bound = { readonly atMost: number } | { readonly atLeast: number } | { readonly below: number };

export interface Measurement {
  readonly name: string;
  /** What it is measured against. */
  readonly limit: string;
  readonly must: Bound;
  run(context: BenchContext): Promise<Measured>;
}

/** A bound as text, such as `at most 2.2`. */
export function boundText(bound: Bound): string {
  if ('atMost' in bound) return `at most ${bound.atMost}`;
  return 'atLeast' in bound ? `at least ${bound.atLeast}` : `below ${bound.below}`;
}

export function keeps(bound: Bound, ratio: number): boolean {
  if ('atMost' in bound) return ratio <= bound.atMost;
  return 'atLeast' in bound ? ratio >= bound.atLeast : ratio < bound.below;
}

/** The shortest of several runs, in milliseconds: what is left when the machine does nothing else. */
export async function fastest(runs: number, task: () => unknown): Promise<number> {
  let best = Infinity;
  for (let i = 0; i < runs; i += 1) {
    const began = performance.now();
    await task();
    best = Math.min(best, performance.now() - began);
  }
  return best;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Milliseconds as they are shown. */
export function meanText(values: readonly number[]): string {
  return (sum(values) / values.length).toFixed(1);
}
