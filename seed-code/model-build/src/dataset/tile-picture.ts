// A tile with its boxes drawn in, small enough for a page.
import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import type { Truth } from '../vision';

/** Longer side of a picture, in pixels. */
const SIDE = 480;
const QUALITY = 80;

/** One colour a class, in turn; Okabe and Ito's, which people with any colour vision tell apart. */
const COLOURS = ['#f0e442', '#56b4e9', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#0072b2'] as const;

export function classColours(classes: number): string[] {
  return Array.from({ length: classes }, (_, label) => COLOURS[label % COLOURS.length]);
}

/** @returns JPEG */
export async function tilePicture(file: string, truths: readonly Truth[], colours: readonly string[]): Promise<Buffer> {
  const tile = await readFile(file);
  const { width, height } = await sharp(tile).metadata();
  const boxes = truths.map(({ box: [left, top, right, bottom], classIndex }) => {
    const place = `x="${left}" y="${top}" width="${right - left}" height="${bottom - top}"`;
    return `<rect ${place} fill="none" stroke="${colours[classIndex]}" stroke-width="2"/>`;
  });
  const overlay = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${boxes.join('')}</svg>`;
  const marked = await sharp(tile)
    .composite([{ input: Buffer.from(overlay) }])
    .raw()
    .toBuffer({ resolveWithObject: true });
  // Twice, because one pipeline would shrink the tile before it lays the boxes over it.
  return sharp(marked.data, { raw: marked.info })
    .resize(SIDE, SIDE, { fit: 'inside', withoutEnlargement: true })
    .jpeg({ quality: QUALITY })
    .toBuffer();
}
