// A conversion from one format to another: all of it, or nothing at the target.
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { coco } from './coco';
import { FormatError } from './errors';
import { groundTruth } from './ground-truth';
import { fileOf } from './image-files';
import type { LabelFormat, LabelledImage, LabelledSet, ReadOptions, WriteOptions } from './labelled-image';
import { Losses, lossSentence, type Loss } from './losses';
import { soundSet, withClasses } from './sound';
import { visdrone } from './visdrone';
import { yolo } from './yolo';

export const FORMATS = { yolo, coco, visdrone, 'ground-truth': groundTruth } as const satisfies Record<
  string,
  LabelFormat
>;

export type FormatName = keyof typeof FORMATS;

export interface ConvertOptions extends Omit<ReadOptions, 'losses'>, Omit<WriteOptions, 'losses'> {
  readonly from: FormatName;
  readonly to: FormatName;
  readonly source: string;
  readonly target: string;
  /** Whether any loss is an error. */
  readonly strict: boolean;
  /** Whether to convert without images into a temporary folder, and leave nothing. */
  readonly dryRun: boolean;
  readonly onProgress: (done: number, total: number) => void;
  /** Stops before the next image; nothing is left behind. */
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
 * Writes beside the target and moves there in one step.
 * @throws FormatError, DataFolderError when the source cannot be read, the target is taken, or `strict` finds a loss
 */
export async function convert(options: ConvertOptions): Promise<ConvertSummary> {
  const { from, to, source, classes, dryRun, strict } = options;
  const target = resolve(options.target);
  await refuseTaken(target);
  const losses = new Losses();
  const sound = soundSet(await FORMATS[from].read(source, { ...options, losses }), losses);
  const set = classes ? withClasses(sound, classes, losses) : sound;
  const counts = { images: 0, objects: 0 };

  if (!dryRun) await mkdir(dirname(target), { recursive: true });
  const folder = await mkdtemp(join(dryRun ? tmpdir() : dirname(target), '.convert-'));
  try {
    const written = join(folder, 'target');
    const withImages = options.withImages && !dryRun;
    await FORMATS[to].write(watched(set, options, counts), written, { ...options, withImages, losses });
    const report = losses.report();
    if (strict && report.length > 0) {
      throw new FormatError(
        `Nothing was written, because --strict permits no loss: ${report.map(lossSentence).join(' ')}`,
      );
    }
    if (!dryRun) await rename(written, target);
    return { ...counts, classes: set.classes, losses: report };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** @throws FormatError that names what stands at the target */
async function refuseTaken(target: string): Promise<void> {
  if (!existsSync(target)) return;
  const names = (await stat(target)).isDirectory() ? await readdir(target) : [target];
  if (names.length > 0) {
    throw new FormatError(
      `${target} is there already (${names.slice(0, 5).join(', ')}): give a path that is free, or remove it.`,
    );
  }
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
