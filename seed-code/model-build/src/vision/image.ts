// Decodes image files to frames, bit-identical to OpenCV's `imread` (in RGB order) where OpenCV reads the file.
import { readFile } from 'node:fs/promises';
import sharp, { type Sharp } from 'sharp';
import type { Frame } from './detection';

// Frames are the unit of parallel work: libvips' own threads and its cache of operations only get in the way.
sharp.concurrency(1);
sharp.cache(false);

/** Pixels above which a file is refused before it is decoded: room for the largest drone cameras, none for decompression bombs. */
const MAX_PIXELS = 256e6;

/** What frames come as. sharp reads more, SVG among it, which is no photograph and may point at other files. */
const FORMATS = new Set(['jpeg', 'png', 'tiff', 'webp']);

/** A file is not an image that can be read whole. */
export class ImageError extends Error {
  override readonly name = 'ImageError';
}

/**
 * Decodes JPEG, PNG, TIFF or WebP to 8-bit RGB as it is meant to be seen: EXIF orientation applied, grey and palettes
 * expanded, 16 bits reduced to 8, alpha dropped (not blended), ICC profiles ignored.
 * @param source a file's path, or its bytes
 * @param name what to call the image in messages; the path by default
 * @throws ImageError that names the image: missing, not an image, cut short, or more than `maxPixels`
 */
export async function decodeImage(
  source: string | Buffer,
  name: string = typeof source === 'string' ? source : 'The image',
  { maxPixels = MAX_PIXELS }: { readonly maxPixels?: number } = {},
): Promise<Frame> {
  try {
    const bytes = typeof source === 'string' ? await readFile(source) : source;
    const image = sharp(bytes, { failOn: 'truncated', ignoreIcc: true, limitInputPixels: maxPixels });
    const { space, format } = await image.metadata();
    if (!FORMATS.has(format)) throw new Error(`it is ${format}, not JPEG, PNG, TIFF or WebP`);
    image.autoOrient();
    if (space === 'cmyk') return await fromCmyk(image, format === 'jpeg' ? openCvCmyk : libtiffCmyk);
    if (space === 'rgb16' && format === 'tiff') return await fromDeepTiff(image);
    const { data, info } = await image.removeAlpha().raw().toBuffer({ resolveWithObject: true });
    return { width: info.width, height: info.height, data };
  } catch (error) {
    const [reason = ''] = (error as Error).message.split('\n');
    throw new ImageError(`${name} cannot be decoded: ${reason.replace(/\.$/, '')}.`, { cause: error });
  }
}

/** One channel of a CMYK pixel as RGB's; `ink` and `black` are 0 for bare paper. */
type InkToLight = (ink: number, black: number) => number;

/** `icvCvt_CMYK2BGR` of OpenCV's JPEG reader. */
const openCvCmyk: InkToLight = (ink, black) => 255 - black - ((ink * (255 - black)) >> 8);

/** libtiff's RGBA interface, through which OpenCV reads such a file. */
const libtiffCmyk: InkToLight = (ink, black) => Math.floor(((255 - ink) * (255 - black)) / 255);

async function fromCmyk(image: Sharp, light: InkToLight): Promise<Frame> {
  const pipeline = image.pipelineColourspace('cmyk').toColourspace('cmyk').raw();
  const { data: inks, info } = await pipeline.toBuffer({ resolveWithObject: true });
  const data = new Uint8Array(info.width * info.height * 3);
  for (let from = 0, to = 0; to < data.length; from += info.channels, to += 3) {
    for (let channel = 0; channel < 3; channel += 1) {
      data[to + channel] = light(inks[from + channel], inks[from + 3]);
    }
  }
  return { width: info.width, height: info.height, data };
}

/** 16-bit colour in a TIFF, which libtiff rounds to 8 bits; every other reader cuts the lower byte off. */
async function fromDeepTiff(image: Sharp): Promise<Frame> {
  const pipeline = image.removeAlpha().toColourspace('rgb16').raw({ depth: 'ushort' });
  const { data: deep, info } = await pipeline.toBuffer({ resolveWithObject: true });
  const samples = new Uint16Array(deep.buffer, deep.byteOffset, deep.length / 2);
  return { width: info.width, height: info.height, data: Uint8Array.from(samples, (v) => Math.floor((v + 128) / 257)) };
}
