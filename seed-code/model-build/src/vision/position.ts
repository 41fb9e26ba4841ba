// Where a frame was taken, by its EXIF, or by the XMP that makers of drones write.
import exifr from 'exifr';
import { z } from 'zod';

/** Degrees, WGS 84. */
export interface Position {
  readonly latitude: number;
  readonly longitude: number;
}

const position = z.object({ latitude: z.number().min(-90).max(90), longitude: z.number().min(-180).max(180) });

/** DJI's; older firmware misspells the longitude. */
const xmp = z
  .object({
    GpsLatitude: z.coerce.number(),
    GpsLongitude: z.coerce.number().optional(),
    GpsLongtitude: z.coerce.number().optional(),
  })
  .transform((tags) => ({ latitude: tags.GpsLatitude, longitude: tags.GpsLongitude ?? tags.GpsLongtitude }))
  .pipe(position);

/** One object for all calls: exifr keeps every one that it is given. */
const READ = { xmp: true, tiff: false, mergeOutput: true };

/** Undefined where an image does not say; 0° N 0° E is what a receiver without a fix writes, and says nothing either. */
export async function framePosition(image: Buffer): Promise<Position | undefined> {
  // exifr refuses formats that it does not know: those carry no position that it could read.
  const exif: unknown = await exifr.gps(image).catch(() => undefined);
  const read =
    position.safeParse(exif).data ?? xmp.safeParse(await exifr.parse(image, READ).catch(() => undefined)).data;
  return read && (read.latitude !== 0 || read.longitude !== 0) ? read : undefined;
}
