// Height above ground, as makers of drones write it into XMP. GPSAltitude is height above the sea, and no help.
import exifr from 'exifr';
import { z } from 'zod';

/** DJI gives height above take-off; Parrot, senseFly and others height above ground. */
const xmp = z.object({ AboveGroundAltitude: z.coerce.number(), RelativeAltitude: z.coerce.number() }).partial();

/** One object for all calls: exifr keeps every one that it is given. */
const READ = { xmp: true, tiff: false, mergeOutput: true };

/** Metres above ground, or above take-off; undefined where an image does not say. */
export async function heightAboveGround(image: Buffer): Promise<number | undefined> {
  // exifr refuses formats that it does not know: those carry no altitude that it could read.
  const tags: unknown = await exifr.parse(image, READ).catch(() => undefined);
  const parsed = xmp.safeParse(tags);
  return parsed.success ? (parsed.data.AboveGroundAltitude ?? parsed.data.RelativeAltitude) : undefined;
}
