// Packs entries into requests of `runs/log-batch` that the server takes, in their order.
import type { Entry } from './entry';
import type { Batch, Metric } from './mlflow';

/** Limits of one request. Source: MLflow REST API, "Log Batch"; lengths from mlflow/utils/validation.py (3.17). */
export const BATCH_LIMITS = {
  metrics: 1000,
  params: 100,
  tags: 100,
  total: 1000,
  /** The server takes 1 MB; the rest is for the request's own frame. */
  bytes: 900_000,
  key: 250,
  param: 6000,
  tag: 8000,
} as const;

type Kind = 'metrics' | 'params' | 'tags';
type Batchable = Extract<Entry, { readonly kind: Kind }>;

export function isBatchable(entry: Entry): entry is Batchable {
  return entry.kind === 'metrics' || entry.kind === 'params' || entry.kind === 'tags';
}

/** Cuts an entry that is too large for one request into several that are not, and texts to the length that is kept. */
export function fitting(entry: Batchable): Batchable[] {
  if (entry.kind === 'metrics') {
    return groups(Object.entries(entry.values), 'metrics').map((group) => ({ ...entry, values: short(group) }));
  }
  const length = entry.kind === 'params' ? BATCH_LIMITS.param : BATCH_LIMITS.tag;
  const values = Object.entries(entry.values).map(([key, value]) => [key, value.slice(0, length)] as const);
  return groups(values, entry.kind).map((group) => ({ ...entry, values: short(group) }));
}

/**
 * As many of the entries, from the first on, as one request takes.
 * @param entries each as {@link fitting} leaves it
 */
export function firstBatch(entries: readonly Batchable[]): { readonly batch: Batch; readonly taken: number } {
  const metrics: Metric[] = [];
  const params = new Map<string, string>();
  const tags = new Map<string, string>();
  const count = { metrics: 0, params: 0, tags: 0 };
  let bytes = 0;
  let taken = 0;
  for (const entry of entries) {
    const pairs = Object.entries(entry.values);
    const added = pairs.reduce((sum, pair) => sum + weight(pair), 0);
    const total = count.metrics + count.params + count.tags + pairs.length;
    // A parameter is given once; whether another value of it is refused is the server's to say, in a request of its own.
    const again = entry.kind === 'params' && pairs.some(([key]) => params.has(key));
    const full =
      again ||
      count[entry.kind] + pairs.length > BATCH_LIMITS[entry.kind] ||
      total > BATCH_LIMITS.total ||
      bytes + added > BATCH_LIMITS.bytes;
    if (full) break;
    count[entry.kind] += pairs.length;
    bytes += added;
    taken++;
    if (entry.kind === 'metrics') {
      const { timestamp, step } = entry;
      for (const [key, value] of Object.entries(entry.values)) metrics.push({ key, value, timestamp, step });
    } else {
      const told = entry.kind === 'params' ? params : tags;
      for (const [key, value] of Object.entries(entry.values)) told.set(key, value);
    }
  }
  return { batch: { metrics, params: Object.fromEntries(params), tags: Object.fromEntries(tags) }, taken };
}

/** Cuts pairs by the limits of their kind. */
function groups<T>(pairs: readonly (readonly [string, T])[], kind: Kind): (readonly [string, T])[][] {
  const made: (readonly [string, T])[][] = [];
  let bytes = 0;
  for (const pair of pairs) {
    const last = made.at(-1);
    bytes += weight(pair);
    if (last && last.length < BATCH_LIMITS[kind] && bytes <= BATCH_LIMITS.bytes) last.push(pair);
    else {
      made.push([pair]);
      bytes = weight(pair);
    }
  }
  return made;
}

function short<T>(pairs: readonly (readonly [string, T])[]): Record<string, T> {
  return Object.fromEntries(pairs.map(([key, value]) => [key.slice(0, BATCH_LIMITS.key), value]));
}

/** Bytes that a pair takes in a request, at most: names of fields, a time and a step included. */
function weight([key, value]: readonly [string, unknown]): number {
  return 100 + 2 * Buffer.byteLength(key) + (typeof value === 'string' ? 2 * Buffer.byteLength(value) : 24);
}
