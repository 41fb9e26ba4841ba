// A histogram of latencies, as it goes into the log.

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
