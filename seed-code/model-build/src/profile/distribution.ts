// How a measure is spread over images or objects.

export interface Distribution {
  readonly count: number;
  readonly mean: number;
  readonly min: number;
  readonly p10: number;
  readonly median: number;
  readonly p90: number;
  readonly max: number;
  readonly histogram: Histogram;
}

/** Counts in bins of one width, from the left edge of the first to the right edge of the last. */
export interface Histogram {
  readonly from: number;
  readonly to: number;
  readonly counts: readonly number[];
}

const BINS = 24;

/** Null of no values. */
export function distribution(values: readonly number[]): Distribution | null {
  if (values.length === 0) return null;
  const sorted = Float64Array.from(values).sort();
  return {
    count: sorted.length,
    mean: sorted.reduce((sum, value) => sum + value, 0) / sorted.length,
    min: sorted[0],
    p10: quantile(sorted, 0.1),
    median: quantile(sorted, 0.5),
    p90: quantile(sorted, 0.9),
    max: sorted[sorted.length - 1],
    histogram: histogram(sorted),
  };
}

/** Interpolated between neighbours, as `np.quantile` does. @param sorted ascending, not empty */
export function quantile(sorted: Float64Array, share: number): number {
  const position = (sorted.length - 1) * share;
  const [below, above] = [sorted[Math.floor(position)], sorted[Math.ceil(position)]];
  return below + (above - below) * (position - Math.floor(position));
}

/** Values that are all the same stand in one bin of width 1. */
function histogram(sorted: Float64Array): Histogram {
  const [from, to] = [sorted[0], sorted[sorted.length - 1]];
  if (from === to) return { from: from - 0.5, to: to + 0.5, counts: [sorted.length] };
  const counts = new Array<number>(BINS).fill(0);
  for (const value of sorted) counts[Math.min(Math.floor(((value - from) / (to - from)) * BINS), BINS - 1)] += 1;
  return { from, to, counts };
}

/** How often each value occurs, the most frequent first. */
export function tally(values: Iterable<string>): { readonly value: string; readonly count: number }[] {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts]
    .map(([value, count]) => ({ value, count }))
    .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
}
