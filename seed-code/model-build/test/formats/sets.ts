// Labelled sets for tests: written in a format with their images, and read back whole.
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import sharp from 'sharp';
import {
  convert,
  FORMATS,
  Losses,
  type ConvertOptions,
  type FormatName,
  type LabelledImage,
  type LabelledObject,
  type ReadOptions,
  type WriteOptions,
} from '../../src/formats';
import { localPlace } from '../../src/dataset';
import { temporaryFolder } from '../dataset/folders';

export const PREFIX = 's3://bucket/frames/';

/** An image without its file, and what is compared of a set. */
export type Labelled = Omit<LabelledImage, 'file'>;
export interface LabelledValues {
  readonly classes: readonly string[];
  readonly images: readonly Labelled[];
}

const drawn = new Map<string, Promise<Buffer>>();

/** Puts plain images of these sizes into a folder. */
export async function drawImages(folder: string, images: readonly Omit<Labelled, 'objects'>[]): Promise<void> {
  for (const { path, width, height } of images) {
    const size = `${width} × ${height}`;
    const image =
      drawn.get(size) ??
      sharp({ create: { width, height, channels: 3, background: 'grey' } })
        .jpeg()
        .toBuffer();
    drawn.set(size, image);
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, await image);
  }
}

export function readOptions(options: Partial<ReadOptions> = {}): ReadOptions {
  return {
    ...{ place: localPlace('.'), images: null, select: (all) => all },
    ...{ classes: null, s3Prefix: PREFIX, attribute: null, losses: new Losses() },
    ...options,
  };
}

/** Writes a set in a format. @returns where */
export async function written(
  format: FormatName,
  { classes, images }: LabelledValues,
  files: string | null,
  options: Partial<WriteOptions> = {},
): Promise<string> {
  const target = join(temporaryFolder(), 'written');
  async function* stream(): AsyncGenerator<LabelledImage, void> {
    for (const image of images)
      yield { ...image, file: files === null ? null : { place: localPlace(files), path: image.path } };
    await Promise.resolve();
  }
  const set = { classes, total: images.length, images: stream() };
  await FORMATS[format].write(set, target, {
    takeImage: async (image, path) => {
      const { place, path: from } = image.file ?? {};
      if (place && from !== undefined) await localPlace(target).write(path, await place.read(from));
    },
    s3Prefix: PREFIX,
    attribute: null,
    ids: 'numbered',
    now: new Date(0),
    losses: new Losses(),
    ...options,
  });
  return target;
}

/** Reads all of a set, its images sorted by path. */
export async function readAll(format: FormatName, source: string, options: Partial<ReadOptions> = {}) {
  const isFolder = FORMATS[format].holdsImages;
  const place = localPlace(isFolder ? source : dirname(source));
  const set = await FORMATS[format].read(isFolder ? source : basename(source), readOptions({ place, ...options }));
  const images: Labelled[] = [];
  for await (const { path, width, height, objects } of set.images) images.push({ path, width, height, objects });
  images.sort((a, b) => (a.path < b.path ? -1 : 1));
  return { classes: set.classes, images };
}

/** The objects that a source of one image holds, and the losses of reading it: kind → number. */
export async function objectsOf(format: FormatName, source: string, options: Partial<ReadOptions> = {}) {
  const losses = new Losses();
  const { images } = await readAll(format, source, { losses, ...options });
  const objects: readonly LabelledObject[] = images[0].objects;
  return { objects, losses: lossCounts(losses) };
}

export function lossCounts(losses: Pick<Losses, 'report'>): Record<string, number> {
  return Object.fromEntries(losses.report().map(({ kind, count }) => [kind, count]));
}

/** Converts with the options of a test. @returns the summary, and where it was written */
export async function converted(
  from: FormatName,
  to: FormatName,
  source: string,
  options: Partial<ConvertOptions> = {},
) {
  const target = options.target ?? join(temporaryFolder(), 'converted');
  const summary = await convert({
    from,
    to,
    source,
    target,
    images: null,
    open: localPlace,
    sample: null,
    shard: null,
    classes: null,
    s3Prefix: PREFIX,
    attribute: null,
    ids: 'numbered',
    withImages: true,
    strict: false,
    dryRun: false,
    now: new Date(0),
    onProgress: () => undefined,
    signal: new AbortController().signal,
    ...options,
  });
  return { summary, target };
}
