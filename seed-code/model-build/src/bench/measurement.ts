// What `bench` measures: ratios of our time to a limit's, taken in one run, so that the machine's speed cancels out.

/** What the measurements may use; each says what it lacks. */
export interface BenchContext {
  /** Image files: real frames, since smooth or upscaled ones make decoding look cheap. */
  readonly frames: readonly string[];
  /** An ONNX detector. */
  readonly model: string | null;
  /** A Python that has the limits' libraries. */
  readonly python: string | null;
}

export type Measured = { readonly ratio: number; readonly detail: string } | { readonly skipped: string };

export interface Measurement {
  readonly name: string;
  /** What it is measured against. */
  readonly limit: string;
  /** What the ratio must keep to, as text. */
  readonly must: string;
  run(context: BenchContext): Promise<Measured>;
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
