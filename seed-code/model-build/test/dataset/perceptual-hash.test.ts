import { nearDuplicates, perceptualHash } from '../../src/dataset';
import { photo } from './folders';

/** A hash with the given bits of its 64 flipped. */
function flipped(hash: string, ...bits: number[]): string {
  const flips = bits.reduce((mask, bit) => mask | (1n << BigInt(bit)), 0n);
  return (BigInt(`0x${hash}`) ^ flips).toString(16).padStart(16, '0');
}

const A = '0123456789abcdef';
const B = 'f0f0f0f0f0f0f0f0';

describe('the perceptual hash', () => {
  test('survives recompression and a little more light, and tells other views apart', async () => {
    const [view, brighter, other] = await Promise.all(
      [photo(1), photo(1, { brighter: true }), photo(2)].map(async (one) => perceptualHash(await one)),
    );
    expect(view).toMatch(/^[0-9a-f]{16}$/);
    expect(nearDuplicates([view, brighter, other])).toEqual([[0, 1]]);
  });

  test('is none of a file that is cut short', async () => {
    const bytes = await photo(1, { width: 400, height: 300 });
    await expect(perceptualHash(bytes.subarray(0, bytes.length / 2))).rejects.toThrow();
  });
});

describe('near-duplicates', () => {
  test('differ in at most the given number of bits, wherever these are', () => {
    const close = flipped(A, 0, 9, 20, 31, 44, 63);
    const far = flipped(A, 0, 9, 20, 31, 44, 63, 50);
    expect(nearDuplicates([A, B, close], 6)).toEqual([[0, 2]]);
    expect(nearDuplicates([A, B, far], 6)).toEqual([]);
  });

  test('are linked through others, and images without a hash through none', () => {
    const chain = [A, flipped(A, 1, 2, 3, 4), flipped(A, 1, 2, 3, 4, 5, 6, 7, 8)];
    expect(nearDuplicates([null, ...chain, null, B, B], 4)).toEqual([
      [1, 2, 3],
      [5, 6],
    ]);
  });
});
