// Work that is done image by image and kept as rows of JSON: shared by hosts, and not done again when it is run again.
import type { DataFolder, FolderImage } from './folder';
import { inParallel } from './in-parallel';
import { fingerprint, type Place } from './place';

/** One of several hosts that share the images, from 1. */
export interface Shard {
  readonly index: number;
  readonly of: number;
}

export interface RowsOptions<T> {
  readonly folder: DataFolder;
  /** The images to work on, sorted by path. */
  readonly images: readonly FolderImage[];
  /** What the rows are of, for their files' names. */
  readonly kind: string;
  /** Rows that were made with other settings are made anew. */
  readonly settings: unknown;
  /** Where `rows/` is kept; null to keep nothing. */
  readonly out: Place | null;
  /** Null for all images. */
  readonly shard: Shard | null;
  /** Images worked on at a time. */
  readonly inFlight: number;
  /** @returns plain JSON */
  readonly work: (image: FolderImage) => Promise<T>;
  readonly onProgress: (done: number, total: number) => void;
  readonly signal: AbortSignal;
}

export interface Rows<T> {
  /** By the images' paths, in their order; of a shard, its own. */
  readonly rows: readonly T[];
  /** Rows that an earlier run, or another host, had made. */
  readonly reused: number;
}

interface StoredRow<T> {
  readonly path: string;
  /** Of the image, its labels and the settings. */
  readonly stamp: string;
  readonly row: T;
}

/** Images whose rows share a file: what is lost when a host dies, and what hosts take in turn. */
const BATCH = 32;

/**
 * The row of every image. Rows stand in files of a batch of images in the order of their paths, and hosts take the batches in
 * turn; so the files of all shards are those of one host, byte for byte. A run without a shard finds what all of them made.
 */
export async function imageRows<T>(options: RowsOptions<T>): Promise<Rows<T>> {
  const { images, out, shard, signal, onProgress, inFlight, work } = options;
  const known = out ? await storedRows<T>(out, options.kind) : new Map<string, StoredRow<T>>();
  const mine = batches(images).filter(({ number }) => shard === null || number % shard.of === shard.index - 1);
  const total = mine.reduce((sum, batch) => sum + batch.images.length, 0);
  const rows: T[] = [];
  let [done, reused] = [0, 0];
  for (const batch of mine) {
    const stamps = batch.images.map((image) => stampOf(image, options));
    const made = batch.images.map(({ path }, index) => {
      const row = known.get(path);
      return row?.stamp === stamps[index] ? row : null;
    });
    const missing = [...made.keys()].filter((index) => made[index] === null);
    reused += made.length - missing.length;
    done += made.length - missing.length;
    onProgress(done, total);
    try {
      await inParallel(missing, inFlight, async (index) => {
        signal.throwIfAborted();
        const image = batch.images[index];
        made[index] = { path: image.path, stamp: stamps[index], row: await work(image) };
        done += 1;
        onProgress(done, total);
      });
    } finally {
      // Also of a batch that was interrupted.
      const finished = made.filter((row) => row !== null);
      const isNew = missing.some((index) => made[index] !== null);
      if (out && isNew) await out.write(fileOf(options.kind, batch.number), finished.map(line).join(''));
      rows.push(...finished.map(({ row }) => row));
    }
  }
  return { rows, reused };
}

function batches(images: readonly FolderImage[]): { number: number; images: readonly FolderImage[] }[] {
  return Array.from({ length: Math.ceil(images.length / BATCH) }, (_, number) => ({
    number,
    images: images.slice(number * BATCH, (number + 1) * BATCH),
  }));
}

function stampOf<T>({ path, labels }: FolderImage, { folder, settings }: RowsOptions<T>): string {
  return fingerprint(settings, folder.stamps.get(path), labels === null ? null : folder.stamps.get(labels));
}

function fileOf(kind: string, batch: number): string {
  return `rows/${kind}-${String(batch).padStart(6, '0')}.jsonl`;
}

function line(row: StoredRow<unknown>): string {
  return `${JSON.stringify(row)}\n`;
}

/** What earlier runs left; a line that is not JSON is as good as none. */
async function storedRows<T>(out: Place, kind: string): Promise<Map<string, StoredRow<T>>> {
  const rows = new Map<string, StoredRow<T>>();
  const files = await out.list().catch(() => []); // Nothing is there before the first run.
  for (const { path } of files.filter((file) => file.path.startsWith(`rows/${kind}-`))) {
    for (const text of (await out.read(path)).toString().split('\n')) {
      if (text === '') continue;
      // The cast is the contract with `line`, which wrote it with the same stamp.
      const row = JSON.parse(text) as StoredRow<T>;
      rows.set(row.path, row);
    }
  }
  return rows;
}

/** Evenly spread over a sorted list, so that every flight is met; the same in every run. */
export function spread<T>(list: readonly T[], count: number): T[] {
  if (count >= list.length) return [...list];
  return Array.from({ length: count }, (_, index) => list[Math.floor((index * list.length) / count)]);
}
