// Decodes image files to frames, bit-identical to OpenCV's `imread` (in RGB order) where OpenCV reads the file.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import type { Frame } from './detection';
import { orientation, placeStrip, type Orientation } from './oriented';

// Frames are the unit of parallel work: libvips' own threads and its cache of operations only get in the way.
sharp.concurrency(1);
sharp.cache(false);

/** Pixels above which a file is refused before it is decoded: room for the largest drone cameras, none for decompression bombs. */
const MAX_PIXELS = 256e6;

/** What frames come as. sharp reads more, SVG among it, which is no photograph and may point at other files. */
const FORMATS = new Set(['jpeg', 'png', 'tiff', 'webp']);

/** Pixels above which a picture that libvips would hold twice goes over a temporary file instead. */
const IN_MEMORY_PIXELS = 32e6;
/** Pixels of the temporary file that are read at a time. */
const STRIP_PIXELS = 6e6;

/** A file is not an image that can be read whole. */
export class ImageError extends Error {
  override readonly name = 'ImageError';
}

/**
 * Decodes JPEG, PNG, TIFF or WebP to 8-bit RGB as it is meant to be seen: EXIF orientation applied, grey and palettes
 * expanded, 16 bits reduced to 8, alpha dropped (not blended), ICC profiles ignored. CMYK by OpenCV's own formulas.
 * 100 megapixels take a process below 600 MB, but for WebP and progressive JPEG, which their libraries hold whole (900 MB).
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
    const image = sharp(source, { failOn: 'truncated', ignoreIcc: true, limitInputPixels: maxPixels });
    const { space, format, width, height, orientation: code } = await image.metadata();
    if (!FORMATS.has(format)) throw new Error(`it is ${format}, not JPEG, PNG, TIFF or WebP`);
    const samples = samplesOf(space, format);
    const to = orientation(width, height, code);
    const upright = (code ?? 1) === 1;
    if (width * height > IN_MEMORY_PIXELS && !(upright && samples === PLAIN))
      return await decodeOverFile(image, samples, to);
    const stored = await decode(image, samples);
    return upright ? stored : await placed([{ strip: stored, top: 0 }], to);
  } catch (error) {
    const [reason = ''] = (error as Error).message.split('\n');
    throw new ImageError(`${name} cannot be decoded: ${reason.replace(/\.$/, '')}.`, { cause: error });
  }
}

/** How a file's samples become 8-bit RGB: what libvips is asked for, and what is made of its answer. */
interface Samples {
  readonly ask: (image: Sharp) => Sharp;
  readonly depth: 'uchar' | 'ushort';
  readonly toRgb: (samples: Buffer, channels: number) => Uint8Array;
}

const PLAIN: Samples = { ask: (image) => image.removeAlpha(), depth: 'uchar', toRgb: (samples) => samples };

function samplesOf(space: string, format: string): Samples {
  if (space === 'cmyk') return inks(format === 'jpeg' ? openCvCmyk : libtiffCmyk);
  return space === 'rgb16' && format === 'tiff' ? DEEP_TIFF : PLAIN;
}

/** Through an uncompressed TIFF in a temporary folder, so that the frame is in memory once. */
async function decodeOverFile(image: Sharp, samples: Samples, to: Orientation): Promise<Frame> {
  const folder = await mkdtemp(join(tmpdir(), 'frame-'));
  try {
    const file = join(folder, 'stored.tiff');
    const { width, height } = await samples.ask(image).tiff({ compression: 'none' }).toFile(file);
    const rows = Math.max(1, Math.floor(STRIP_PIXELS / width));
    async function* strips(): AsyncGenerator<Strip, void> {
      for (let top = 0; top < height; top += rows) {
        const region = { left: 0, top, width, height: Math.min(rows, height - top) };
        yield { strip: await decode(sharp(file, { limitInputPixels: false }).extract(region), samples), top };
      }
    }
    return await placed(strips(), to);
  } finally {
    await rm(folder, { recursive: true });
  }
}

interface Strip {
  readonly strip: Frame;
  /** Its first row in the stored picture. */
  readonly top: number;
}

async function placed(strips: Iterable<Strip> | AsyncIterable<Strip>, to: Orientation): Promise<Frame> {
  const data = new Uint8Array(to.width * to.height * 3);
  for await (const { strip, top } of strips) placeStrip(strip, top, to, data);
  return { width: to.width, height: to.height, data };
}

async function decode(image: Sharp, { ask, depth, toRgb }: Samples): Promise<Frame> {
  const { data, info } = await ask(image).raw({ depth }).toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data: toRgb(data, info.channels) };
}

/** One channel of a CMYK pixel as RGB's; `ink` and `black` are 0 for bare paper. */
type InkToLight = (ink: number, black: number) => number;

/** `icvCvt_CMYK2BGR` of OpenCV's JPEG reader. */
const openCvCmyk: InkToLight = (ink, black) => 255 - black - ((ink * (255 - black)) >> 8);

/** libtiff's RGBA interface, through which OpenCV reads such a file. */
const libtiffCmyk: InkToLight = (ink, black) => Math.floor(((255 - ink) * (255 - black)) / 255);

function inks(light: InkToLight): Samples {
  return {
    ask: (image) => image.pipelineColourspace('cmyk').toColourspace('cmyk'),
    depth: 'uchar',
    toRgb: (samples, channels) => {
      const data = new Uint8Array((samples.length / channels) * 3);
      for (let from = 0, to = 0; to < data.length; from += channels, to += 3) {
        for (let channel = 0; channel < 3; channel += 1) {
          data[to + channel] = light(samples[from + channel], samples[from + 3]);
        }
      }
      return data;
    },
  };
}

/** 16-bit colour in a TIFF, which libtiff rounds to 8 bits; every other reader cuts the lower byte off. */
const DEEP_TIFF: Samples = {
  ask: (image) => image.removeAlpha().toColourspace('rgb16'),
  depth: 'ushort',
  toRgb: (samples) => {
    const deep = new Uint16Array(samples.buffer, samples.byteOffset, samples.length / 2);
    return Uint8Array.from(deep, (value) => Math.floor((value + 128) / 257));
  },
};
