// Near-duplicate frames: a hash that survives recompression and small changes, and groups of frames whose hashes are close.
import sharp from 'sharp';
import type { Frame } from '../vision';
import { DisjointSets } from './disjoint-sets';

/** Bits of 64 in which two hashes of one view may differ. */
export const NEAR_DUPLICATE_BITS = 6;

const BITS = 64;
const COLUMNS = 8;

/**
 * dHash (N. Krawetz, 2013): of a picture shrunk to 9 × 8 greys, whether each is lighter than its right neighbour.
 * @param image a file's bytes, or the frame where it is decoded already
 * @returns 16 hexadecimal digits
 * @throws Error when the image cannot be read whole
 */
export async function perceptualHash(image: Buffer | Frame): Promise<string> {
  const picture =
    'data' in image
      ? sharp(image.data, { raw: { width: image.width, height: image.height, channels: 3 } })
      : sharp(image, { failOn: 'truncated' }).autoOrient();
  const grey = await picture
    .removeAlpha()
    .toColourspace('b-w')
    .resize(COLUMNS + 1, COLUMNS, { fit: 'fill' })
    .raw()
    .toBuffer();
  let digits = '';
  for (let row = 0; row < COLUMNS; row += 1) {
    let bits = 0;
    for (let column = 0; column < COLUMNS; column += 1) {
      const at = row * (COLUMNS + 1) + column;
      bits = bits * 2 + (grey[at] > grey[at + 1] ? 1 : 0);
    }
    digits += bits.toString(16).padStart(2, '0');
  }
  return digits;
}

/**
 * Groups whose members are linked by hashes that differ in at most `bits` bits. Two such hashes agree in at least one of
 * `bits + 1` bands, so only those that share a band are compared.
 * @param hashes 16 hexadecimal digits each, or null for an image without
 * @returns indices, ascending, of each group of two or more
 */
export function nearDuplicates(hashes: readonly (string | null)[], bits = NEAR_DUPLICATE_BITS): number[][] {
  const sets = new DisjointSets(hashes.length);
  const firstOf = new Map<string, number>();
  hashes.forEach((hash, index) => {
    if (hash === null) return;
    const first = firstOf.get(hash);
    if (first === undefined) firstOf.set(hash, index);
    else sets.join(first, index);
  });
  const distinct = [...firstOf].map(([hash, index]) => ({ index, words: words(hash), digits: binary(hash) }));
  for (let band = 0; band <= bits; band += 1) {
    const [from, to] = [band, band + 1].map((edge) => Math.floor((edge * BITS) / (bits + 1)));
    const buckets = new Map<string, typeof distinct>();
    for (const one of distinct) {
      const key = one.digits.slice(from, to);
      const bucket = buckets.get(key) ?? [];
      for (const other of bucket) if (distance(one.words, other.words) <= bits) sets.join(one.index, other.index);
      bucket.push(one);
      buckets.set(key, bucket);
    }
  }
  return sets.groups().filter((group) => group.length > 1);
}

type Words = readonly [high: number, low: number];

function words(hash: string): Words {
  return [parseInt(hash.slice(0, 8), 16), parseInt(hash.slice(8), 16)];
}

function binary(hash: string): string {
  return Array.from(hash, (digit) => parseInt(digit, 16).toString(2).padStart(4, '0')).join('');
}

function distance(a: Words, b: Words): number {
  return ones(a[0] ^ b[0]) + ones(a[1] ^ b[1]);
}

/** How many bits of a 32-bit word are set. */
function ones(word: number): number {
  let pairs = word - ((word >>> 1) & 0x55555555);
  pairs = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((pairs + (pairs >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
