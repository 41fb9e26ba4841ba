// The frames that training did not see: each is decoded once and looked at by the detector, sliced and whole.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  dropOf,
  labelsOf,
  openManifest,
  splitRecord,
  toTruths,
  type Drop,
  type Part,
  type SplitRecord,
} from '../dataset';
import {
  decodeImage,
  heightAboveGround,
  ImageError,
  type Detector,
  type DetectOptions,
  type EachWay,
  type Frame,
  type Truth,
} from '../vision';

/** The held-out frames do not allow an evaluation. */
export class HeldOutError extends Error {
  override readonly name = 'HeldOutError';
}

/** A frame with what is in it, and what the detector found. */
export interface LookedAt {
  readonly record: SplitRecord;
  readonly file: string;
  readonly frame: Frame;
  readonly altitude: number | undefined;
  readonly truths: readonly Truth[];
  /** What the detector found, by how it looked. */
  readonly found: EachWay;
}

/** A frame that cannot be evaluated: training would have dropped it too. */
export interface DroppedFrame extends Drop {
  readonly path: string;
}

export type HeldOutPart = Exclude<Part, 'train'>;

export type TiledOptions = DetectOptions & { readonly tiling: NonNullable<DetectOptions['tiling']> };

export interface HeldOutFrames {
  /** `split.jsonl`. */
  readonly split: string;
  /** Folder of the images, by object name. */
  readonly images: string;
  readonly part: HeldOutPart;
  readonly detector: Detector;
  readonly options: TiledOptions;
  readonly signal: AbortSignal;
}

/**
 * Looks at every frame of a part and hands each on; nothing of a frame is kept. One after another: the tiles of a frame keep all
 * workers busy, decoding is a few hundredths of their time, and a second frame of 20 megapixels in memory would cost 70 MB.
 * @returns frames that were dropped
 * @throws ManifestError
 */
export async function lookAtFrames(
  { split, images, part, detector, options, signal }: HeldOutFrames,
  visit: (frame: LookedAt) => Promise<void>,
): Promise<DroppedFrame[]> {
  const { header, records } = await openManifest(split, splitRecord);
  const dropped: DroppedFrame[] = [];
  for await (const record of records) {
    if (record.part !== part) continue;
    signal.throwIfAborted();
    const labels = labelsOf(record, header.classes);
    const file = join(images, record.object);
    const read = dropOf(record, labels) ?? (await readFrame(file, record.path));
    if ('reason' in read) {
      dropped.push({ path: record.path, ...read });
      continue;
    }
    const { frame, altitude } = read;
    const found = await detector.detectEach(frame, options);
    await visit({ record, file, frame, altitude, truths: toTruths(labels.rows, frame), found });
  }
  return dropped;
}

/** How many frames and truths a part has, by the manifest alone. */
export interface PartSize {
  readonly frames: number;
  readonly truths: number;
}

/**
 * Counts what there is to evaluate, so that nothing is begun in vain.
 * @throws HeldOutError when validation or test lacks frames or truths, or the model knows other classes
 */
export async function countHeldOut(
  split: string,
  classes: readonly string[],
): Promise<Readonly<Record<HeldOutPart, PartSize>>> {
  const { header, records } = await openManifest(split, splitRecord);
  if (JSON.stringify(header.classes) !== JSON.stringify(classes)) {
    const [data, model] = [header.classes, classes].map((names) => names.join(', '));
    throw new HeldOutError(`The data has the classes ${data}, the model ${model}: train on this data version.`);
  }
  const sizes = { validation: { frames: 0, truths: 0 }, test: { frames: 0, truths: 0 } };
  for await (const record of records) {
    if (record.part === 'train') continue;
    const labels = labelsOf(record, classes);
    if (dropOf(record, labels)) continue;
    sizes[record.part].frames += 1;
    sizes[record.part].truths += labels.rows.length;
  }
  for (const [part, { frames, truths }] of Object.entries(sizes)) {
    if (truths > 0) continue;
    const what = frames === 0 ? 'no frame that can be used' : `no labelled object in its ${frames} frames`;
    throw new HeldOutError(`The ${part} part has ${what}: push labelled images of more flights.`);
  }
  return sizes;
}

async function readFrame(file: string, path: string): Promise<{ frame: Frame; altitude: number | undefined } | Drop> {
  const bytes = await readFile(file).catch((error: unknown) => {
    throw new HeldOutError(`${file} (${path}) cannot be read, though the split names it: start a new execution.`, {
      cause: error,
    });
  });
  try {
    return { frame: await decodeImage(bytes, path), altitude: await heightAboveGround(bytes) };
  } catch (error) {
    if (error instanceof ImageError) return { reason: 'unreadable', detail: error.message };
    throw error;
  }
}
