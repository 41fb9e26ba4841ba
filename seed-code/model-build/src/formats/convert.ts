// A conversion from one format to another: all of it, or nothing at the target.
import { tmpdir } from 'node:os';
import { dirname, join, posix, resolve } from 'node:path';
import { fingerprint, spread, type Place, type Shard } from '../dataset';
import { coco } from './coco';
import { FormatError } from './errors';
import { groundTruth } from './ground-truth';
import { fileOf } from './image-files';
import type { LabelFormat, LabelledImage, LabelledSet, ReadOptions, WriteOptions } from './labelled-image';
import { Losses, lossSentence, type Loss } from './losses';
import { soundSet, withClasses } from './sound';
import { openTarget, type TargetOptions } from './target';
import { visdrone } from './visdrone';
import { yolo } from './yolo';

export const FORMATS = { yolo, coco, visdrone, 'ground-truth': groundTruth } as const satisfies Record<
  string,
  LabelFormat
>;

export type FormatName = keyof typeof FORMATS;

export interface ConvertOptions
  extends Omit<ReadOptions, 'losses' | 'place' | 'images' | 'select'>, Omit<WriteOptions, 'losses' | 'takeImage'> {
  readonly from: FormatName;
  readonly to: FormatName;
  readonly source: string;
  readonly target: string;
  /** Where image files lie, for formats that are one file; null for the folder that holds it. */
  readonly images: string | null;
  /** Opens a folder or a prefix of a bucket. */
  readonly open: (name: string) => Place;
  /** Images to convert, spread evenly over the source; null for all. */
  readonly sample: number | null;
  /** Null for all images. */
  readonly shard: Shard | null;
  /** Whether image files go along, into formats that are folders. */
  readonly withImages: boolean;
  /** Whether any loss is an error. */
  readonly strict: boolean;
  /** Whether to convert without images into a temporary folder, and leave nothing. */
  readonly dryRun: boolean;
  readonly onProgress: (done: number, total: number) => void;
  /** Stops before the next image. */
  readonly signal: AbortSignal;
}

export interface ConvertSummary {
  readonly images: number;
  /** Objects and regions that were read; what of them was not written is among the losses. */
  readonly objects: number;
  readonly classes: readonly string[];
  readonly losses: readonly Loss[];
}

/**
 * Writes beside the target and moves there at the end. What an interrupted run has copied is kept for the next.
 * @throws FormatError, DataFolderError when the source cannot be read, the target is taken, or `strict` finds a loss
 */
export async function convert(options: ConvertOptions): Promise<ConvertSummary> {
  const { from, to, classes, dryRun, strict, signal } = options;
  if (options.shard && to === 'coco') {
    throw new FormatError(
      'A COCO file is written by one host: share the work of another format, or leave --shard out.',
    );
  }
  const target = await openTarget(targetOptions(options));
  try {
    const losses = new Losses();
    const source = placeOf(options, from, options.source);
    const reading = {
      ...options,
      place: source.place,
      images: imagesPlace(options),
      select: selection(options),
      losses,
    };
    const sound = soundSet(await FORMATS[from].read(source.file ?? options.source, reading), losses);
    const set = classes ? withClasses(sound, classes, losses) : sound;
    const counts = { images: 0, objects: 0 };
    await FORMATS[to].write(watched(set, options, counts), target.path, { ...options, ...target, losses });
    const report = losses.report();
    if (strict && report.length > 0) {
      throw new FormatError(
        `Nothing was written, because --strict permits no loss: ${report.map(lossSentence).join(' ')}`,
      );
    }
    await (dryRun ? target.discard() : target.publish());
    return { ...counts, classes: set.classes, losses: report };
  } catch (error) {
    if (!signal.aborted) await target.discard();
    throw error;
  }
}

/** The place of a set: itself, or the folder of the one file that it is. */
function placeOf({ open }: ConvertOptions, format: FormatName, name: string): { place: Place; file: string | null } {
  if (FORMATS[format].holdsImages) return { place: open(name), file: null };
  return { place: open(posix.dirname(name)), file: posix.basename(name) };
}

function targetOptions(options: ConvertOptions): TargetOptions {
  const { to, target, shard, dryRun, withImages } = options;
  const shared = shard !== null;
  const inBucket = target.startsWith('s3://');
  const name = inBucket ? target : resolve(target);
  const hidden = `.${posix.basename(target)}.${fingerprint(name, to, shard)}.partial`;
  const beside = inBucket || dryRun ? tmpdir() : dirname(name);
  const work = join(beside, dryRun ? `${hidden}-${process.pid}` : hidden);
  return { ...placeOf(options, to, name), work, shared, withImages: withImages && !dryRun && FORMATS[to].holdsImages };
}

function imagesPlace({ images, open }: ConvertOptions): Place | null {
  return images === null ? null : open(images);
}

/** A sample first, so that hosts share the same one. */
function selection({ sample, shard }: ConvertOptions): ReadOptions['select'] {
  return (all) => {
    const chosen = sample === null ? all : spread(all, sample);
    return shard === null ? chosen : chosen.filter((_, index) => index % shard.of === shard.index - 1);
  };
}

/** Counts what passes, says how far it is, stops when told to; and minds missing image files, in a dry run too. */
function watched(
  set: LabelledSet,
  { to, withImages, signal, onProgress }: ConvertOptions,
  counts: { images: number; objects: number },
): LabelledSet {
  async function* images(): AsyncGenerator<LabelledImage, void> {
    for await (const image of set.images) {
      signal.throwIfAborted();
      if (withImages && FORMATS[to].holdsImages) fileOf(image);
      yield image;
      counts.images += 1;
      counts.objects += image.objects.length;
      onProgress(counts.images, set.total);
    }
  }
  return { ...set, images: images() };
}
