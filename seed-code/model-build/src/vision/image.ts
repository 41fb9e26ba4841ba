// Decodes image files to frames, bit-identical to OpenCV's `imread` (in RGB order) where OpenCV reads the file.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import sharp, { type Metadata, type Sharp } from 'sharp';
import type { Frame } from './detection';
import { orientation, placeStrip, type Orientation } from './oriented';

// Frames are the unit of parallel work: libvips' own threads and its cache of operations only get in the way.
sharp.concurrency(1);
sharp.cache(false);

/** Pixels above which a file is refused before it is decoded: room for the largest drone cameras, none for decompression bombs. */
const MAX_PIXELS = 256e6;

/** What frames come as. sharp reads more, SVG among it, which is no photograph and may point at other files. */
const FORMATS = new Set(['jpeg', 'png', 'tiff', 'webp']);

/** Pixels above which a picture that would be in memory twice goes over a temporary file instead. */
const IN_MEMORY_PIXELS = 32e6;
/** Megapixels of which the libraries of two kinds hold 600 MB and more, several times over. */
const MAX_WEBP_MEGAPIXELS = 54;
const MAX_FULL_PROGRESSIVE_MEGAPIXELS = 76;
/** Pixels that are converted or moved before other work of the thread gets its turn: a few milliseconds. */
const BAND_PIXELS = 0.25e6;
/** Pixels of the temporary file that are read at a time. */
const STRIP_PIXELS = 6e6;

/** A file is not an image that can be read whole. */
export class ImageError extends Error {
  override readonly name = 'ImageError';
}

/**
 * Decodes JPEG, PNG, TIFF or WebP to 8-bit RGB as it is meant to be seen: EXIF orientation applied, grey and palettes
 * expanded, 16 bits reduced to 8, alpha dropped (not blended), ICC profiles ignored. CMYK by OpenCV's own formulas.
 * 100 megapixels take a process below 600 MB. Two kinds that their libraries hold several times over are refused where they would
 * take more: WebP above 54 megapixels, and progressive JPEG without chroma subsampling above 76.
 * @param source a file's path, or its bytes
 * @param name what to call the image in messages; the path by default
 * @throws ImageError that names the image: missing, not an image, cut short, or more pixels than are decoded
 */
export async function decodeImage(
  source: string | Buffer,
  name: string = typeof source === 'string' ? source : 'The image',
  { maxPixels = MAX_PIXELS }: { readonly maxPixels?: number } = {},
): Promise<Frame> {
  try {
    const image = sharp(source, { failOn: 'truncated', ignoreIcc: true, limitInputPixels: maxPixels });
    const metadata = await image.metadata();
    const { space, format, width, height, orientation: code, isProgressive } = metadata;
    if (!FORMATS.has(format)) throw new Error(`it is ${format}, not JPEG, PNG, TIFF or WebP`);
    assertHoldable(metadata);
    const samples = samplesOf(space, format);
    const to = orientation(width, height, code);
    const upright = (code ?? 1) === 1;
    // What is decoded row by row goes straight into the frame.
    const byRows = upright && samples === PLAIN && format !== 'webp' && !isProgressive;
    if (width * height > IN_MEMORY_PIXELS && !byRows) return await decodeOverFile(image, samples, to);
    const stored = await decode(image, samples);
    return upright ? stored : await placed([{ strip: stored, top: 0 }], to);
  } catch (error) {
    const [reason = ''] = (error as Error).message.split('\n');
    throw new ImageError(`${name} cannot be decoded: ${reason.replace(/\.$/, '')}.`, { cause: error });
  }
}

/** @throws Error that says what to convert the image to */
function assertHoldable({ format, width, height, isProgressive, chromaSubsampling }: Metadata): void {
  const megapixels = (width * height) / 1e6;
  const whole = isProgressive && chromaSubsampling === '4:4:4';
  const [kind, most] =
    format === 'webp'
      ? ['WebP', MAX_WEBP_MEGAPIXELS]
      : whole && format === 'jpeg'
        ? ['progressive JPEG', MAX_FULL_PROGRESSIVE_MEGAPIXELS]
        : ['', Infinity];
  if (megapixels <= most) return;
  throw new Error(
    `its ${megapixels.toFixed(0)} megapixels are too many to decode in 600 MB from ${kind}, of which ${most} can be: convert it to baseline JPEG, PNG or TIFF`,
  );
}

/** How a file's samples become 8-bit RGB: what libvips is asked for, and what is made of its answer. */
interface Samples {
  readonly ask: (image: Sharp) => Sharp;
  readonly depth: 'uchar' | 'ushort';
  /** Fills `rgb` from the samples of as many pixels; null where they are RGB already. */
  readonly toRgb: ((samples: Buffer, channels: number, rgb: Uint8Array) => void) | null;
}

const PLAIN: Samples = { ask: (image) => image.removeAlpha(), depth: 'uchar', toRgb: null };

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
  for await (const { strip, top } of strips) {
    const { width } = strip;
    for await (const { from, rows } of bands(strip)) {
      const band = strip.data.subarray(from * width * 3, (from + rows) * width * 3);
      placeStrip({ width, height: rows, data: band }, top + from, to, data);
    }
  }
  return { width: to.width, height: to.height, data };
}

/** Rows of a picture, a few at a time; between them the thread is free for others. */
async function* bands({ width, height }: Pick<Frame, 'width' | 'height'>) {
  const step = Math.max(1, Math.floor(BAND_PIXELS / width));
  for (let from = 0; from < height; from += step) {
    if (from > 0) await setImmediate();
    yield { from, rows: Math.min(step, height - from) };
  }
}

async function decode(image: Sharp, { ask, depth, toRgb }: Samples): Promise<Frame> {
  const { data, info } = await ask(image).raw({ depth }).toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  if (toRgb === null) return { width, height, data };
  const rgb = new Uint8Array(width * height * 3);
  const stride = data.length / height;
  for await (const { from, rows } of bands(info)) {
    const samples = data.subarray(from * stride, (from + rows) * stride);
    toRgb(samples, channels, rgb.subarray(from * width * 3, (from + rows) * width * 3));
  }
  return { width, height, data: rgb };
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
    toRgb: (samples, channels, rgb) => {
      for (let from = 0, to = 0; to < rgb.length; from += channels, to += 3) {
        const black = samples[from + 3];
        rgb[to] = light(samples[from], black);
        rgb[to + 1] = light(samples[from + 1], black);
        rgb[to + 2] = light(samples[from + 2], black);
      }
    },
  };
}

/** 16-bit colour in a TIFF, which libtiff rounds to 8 bits; every other reader cuts the lower byte off. */
const DEEP_TIFF: Samples = {
  ask: (image) => image.removeAlpha().toColourspace('rgb16'),
  depth: 'ushort',
  toRgb: (samples, _, rgb) => {
    const deep = new Uint16Array(samples.buffer, samples.byteOffset, samples.length / 2);
    // A loop: `Uint8Array.from` with a function takes twenty times as long.
    for (let i = 0; i < rgb.length; i += 1) rgb[i] = ((deep[i] + 128) / 257) | 0;
  },
};
