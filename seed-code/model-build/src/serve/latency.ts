// What goes into the log of how long things took: a histogram of latencies, and how long the main thread was not free.
import { monitorEventLoopDelay } from 'node:perf_hooks';

/** Upper bounds of the buckets, in milliseconds; each about 1.8 times the one before. */
const BOUNDS = [10, 18, 32, 56, 100, 180, 320, 560, 1000, 1800, 3200, 5600, 10_000] as const;

export class LatencyHistogram {
  private readonly counts = new Array<number>(BOUNDS.length + 1).fill(0);

  add(milliseconds: number): void {
    const bucket = BOUNDS.findIndex((bound) => milliseconds <= bound);
    this.counts[bucket === -1 ? BOUNDS.length : bucket] += 1;
  }

  /** Counts since the last call by bucket, empty ones left out; null when there was nothing. */
  take(): Record<string, number> | null {
    const counts = this.counts.splice(0, this.counts.length, ...this.counts.map(() => 0));
    const entries = counts.flatMap((count, i) =>
      count > 0 ? [[i < BOUNDS.length ? `<=${BOUNDS[i]}` : 'more', count]] : [],
    );
    return entries.length > 0 ? (Object.fromEntries(entries) as Record<string, number>) : null;
  }
}

/** Between two looks whether the thread is free, in milliseconds. */
const LOOK_MS = 5;

/** How long the thread's event loop did not get to what was due. */
export class LoopDelay {
  private readonly histogram = monitorEventLoopDelay({ resolution: LOOK_MS });

  constructor() {
    this.histogram.enable();
  }

  /** Milliseconds since the last call: the longest, and what 99 of 100 looks kept below. */
  take(): { readonly p99: number; readonly max: number } {
    // The histogram holds times from look to look.
    const beyond = (nanoseconds: number): number => Math.max(Math.round(nanoseconds / 1e5) / 10 - LOOK_MS, 0);
    const taken = { p99: beyond(this.histogram.percentile(99)), max: beyond(this.histogram.max) };
    this.histogram.reset();
    return taken;
  }

  stop(): void {
    this.histogram.disable();
  }
}
