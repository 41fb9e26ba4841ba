// How an image was taken, as far as EXIF and XMP tell: when, from which height, and how much ground a pixel covers.
import exifr from 'exifr';
import { z } from 'zod';
import { captureTime } from '../dataset';
import { heightAboveGround } from '../vision';

export interface Capture {
  /** ISO 8601 without a zone. */
  readonly capturedAt: string | null;
  /** Metres above ground, or above take-off. */
  readonly height: number | null;
  /** Metres of ground a pixel; of frames that look straight down at level ground. */
  readonly groundSampleDistance: number | null;
  /** Metres of ground that the frame's width and height cover. */
  readonly footprint: readonly [width: number, height: number] | null;
}

/** Diagonal of the 24 × 36 mm frame that equivalent focal lengths refer to (CIPA DCG-001), in millimetres. */
const FULL_FRAME_DIAGONAL = Math.hypot(24, 36);

/** Degrees from straight down beyond which one ground sample distance does not speak for the frame. */
const NADIR_TOLERANCE = 10;

const tags = z.object({
  FocalLengthIn35mmFormat: z.coerce.number().positive().optional().catch(undefined),
  /** DJI's; −90 looks straight down. */
  GimbalPitchDegree: z.coerce.number().optional().catch(undefined),
});

/** One object for all calls: exifr keeps every one that it is given. */
const READ = { xmp: true };

/** @param size of the frame, in pixels */
export async function captureOf(
  image: Buffer,
  { width, height }: { readonly width: number; readonly height: number },
): Promise<Capture> {
  const above = (await heightAboveGround(image)) ?? null;
  // exifr throws on formats that it does not know; those tell nothing.
  const parsed = tags.safeParse(await exifr.parse(image, READ).catch(() => undefined));
  const { FocalLengthIn35mmFormat: focal, GimbalPitchDegree: pitch = -90 } = parsed.data ?? {};
  const tells = above !== null && above > 0 && focal !== undefined && Math.abs(pitch + 90) <= NADIR_TOLERANCE;
  const distance = tells ? (above * FULL_FRAME_DIAGONAL) / focal / Math.hypot(width, height) : null;
  return {
    capturedAt: await captureTime(image),
    height: above,
    groundSampleDistance: distance,
    footprint: distance === null ? null : [distance * width, distance * height],
  };
}
