// What a data version says about an image: its size as it is seen, when it was taken, and its perceptual hash.
import exifr from 'exifr';
import sharp from 'sharp';
import { z } from 'zod';
import { perceptualHash } from './perceptual-hash';

export interface ImageFacts {
  /** Pixels, after EXIF orientation. */
  readonly width: number;
  readonly height: number;
  /** ISO 8601 without a zone; null when EXIF has none. */
  readonly capturedAt: string | null;
  /** Null when the pixels cannot be read whole. */
  readonly hash: string | null;
}

/** The facts of an image file's bytes; null when they are not those of an image. */
export async function imageFacts(bytes: Buffer): Promise<ImageFacts | null> {
  const metadata = await sharp(bytes, { limitInputPixels: false })
    .metadata()
    .catch(() => null);
  if (!metadata) return null;
  const { width, height } = metadata.autoOrient;
  const [capturedAt, hash] = [await captureTime(bytes), await perceptualHash(bytes).catch(() => null)];
  return { width, height, capturedAt, hash };
}

const times = z.object({
  DateTimeOriginal: z.string().optional(),
  CreateDate: z.string().optional(),
  SubSecTimeOriginal: z.coerce.string().optional(),
});

/** One object for all calls: exifr keeps every one that it is given. */
const READ = { pick: Object.keys(times.shape), reviveValues: false };

const EXIF_TIME = /^(\d{4}):(\d\d):(\d\d) (\d\d:\d\d:\d\d)/;

/** When EXIF says that an image was taken: ISO 8601 without a zone; null when it does not say. */
export async function captureTime(bytes: Buffer): Promise<string | null> {
  // exifr throws on formats that it does not know; such a file has no EXIF that could be read.
  const parsed = times.safeParse(await exifr.parse(bytes, READ).catch(() => undefined));
  if (!parsed.success) return null;
  const { DateTimeOriginal, CreateDate, SubSecTimeOriginal } = parsed.data;
  const [, year = '0000', month = '', day = '', clock = ''] =
    EXIF_TIME.exec(DateTimeOriginal ?? CreateDate ?? '') ?? [];
  if (year === '0000') return null; // What cameras write whose clock was never set.
  const fraction = /^\d+$/.exec(SubSecTimeOriginal?.trim() ?? '')?.[0];
  return `${year}-${month}-${day}T${clock}${fraction === undefined ? '' : `.${fraction}`}`;
}
