// The frames that `bench` measures with: JPEG files as cameras of drones write them, in two usual sizes.
import { mkdir, readdir } from 'node:fs/promises';
import { extname, join } from 'node:path';
import sharp, { type OverlayOptions } from 'sharp';

/** JPEG files by size. */
export interface BenchFrames {
  /** About 1920 × 1080. */
  readonly hd: readonly string[];
  /** About 9 megapixels. */
  readonly large: readonly string[];
}

const HD = { width: 1920, height: 1080 } as const;
const LARGE = { width: 3648, height: 2432 } as const;
/** Frames of each size. */
const COUNT = 3;
/** What cameras use, or a little less. */
const QUALITY = 90;
/** Pixels from which a file counts as large. */
const LARGE_FROM = 5e6;

/** Sorts a user's own frames by size. */
export async function framesOf(files: readonly string[]): Promise<BenchFrames> {
  const frames: { hd: string[]; large: string[] } = { hd: [], large: [] };
  for (const file of files.filter((path) => /^\.jpe?g$/i.test(extname(path)))) {
    const { width, height } = await sharp(file).metadata();
    (width * height >= LARGE_FROM ? frames.large : frames.hd).push(file);
  }
  return frames;
}

/** Lays the pictures of a folder side by side, none of them scaled, until frames of both sizes are full. */
export async function framesFrom(folder: string, output: string): Promise<BenchFrames> {
  const pictures = (await readdir(folder)).filter((name) => /\.(?:png|jpe?g)$/i.test(name)).sort();
  await mkdir(output, { recursive: true });
  const write = (name: string, sides: Sides) =>
    Promise.all(
      Array.from({ length: COUNT }, async (_, index) => {
        const file = join(output, `${name}-${index}.jpg`);
        const from = Math.floor((index * pictures.length) / COUNT);
        const order = [...pictures.slice(from), ...pictures.slice(0, from)];
        await patchwork(
          order.map((picture) => join(folder, picture)),
          sides,
          file,
        );
        return file;
      }),
    );
  return { hd: await write('hd', HD), large: await write('large', LARGE) };
}

interface Sides {
  readonly width: number;
  readonly height: number;
}

/** Rows of pictures from the top left, each cut where the frame or the row's lowest picture ends. */
async function patchwork(pictures: readonly string[], { width, height }: Sides, file: string): Promise<void> {
  const pieces: OverlayOptions[] = [];
  let next = 0;
  for (let top = 0, rowHeight = 0; top < height; top += rowHeight) {
    const row: { picture: string; left: number; width: number }[] = [];
    rowHeight = height - top;
    for (let left = 0; left < width; next += 1) {
      const picture = pictures[next % pictures.length];
      const sides = await sharp(picture).metadata();
      row.push({ picture, left, width: Math.min(sides.width, width - left) });
      rowHeight = Math.min(rowHeight, sides.height);
      left += sides.width;
    }
    for (const { picture, left, width: shown } of row) {
      const area = { left: 0, top: 0, width: shown, height: rowHeight };
      pieces.push({ input: await sharp(picture).extract(area).toBuffer(), left, top });
    }
  }
  const ground = { width, height, channels: 3 as const, background: '#000' };
  await sharp({ create: ground }).composite(pieces).jpeg({ quality: QUALITY }).toFile(file);
}
