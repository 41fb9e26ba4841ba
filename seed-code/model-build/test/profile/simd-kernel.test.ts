import { features } from '../../src/profile';
import { plainKernel } from '../../src/profile/row-kernel';
import { simdKernel } from '../../src/profile/simd-kernel';
import type { Frame } from '../../src/vision';
import { randomNumbers, randomPixels } from '../vision/random';

const simd = simdKernel();

describe('the SIMD kernel gives the plain one’s features to the last bit', () => {
  test('for noise of every width up to three vectors, and heights that have no row above or below', () => {
    for (let width = 1; width <= 49; width += 1) {
      for (const height of [1, 2, 3, 5]) {
        const frame = { width, height, data: randomPixels(width, height, width * 10 + height) };
        expect({ width, height, ...features(frame, simd) }).toEqual({ width, height, ...features(frame, plainKernel) });
      }
    }
  });

  test('for frames large and small in turn, as its memory grows and is used again', () => {
    const random = randomNumbers(1);
    for (const most of [30, 4000, 30, 9000]) {
      const [width, height] = [random.integer(most / 2, most), random.integer(2, 9)];
      const frame = { width, height, data: randomPixels(width, height, most) };
      expect(features(frame, simd)).toEqual(features(frame, plainKernel));
    }
  });

  test.each([
    ['a chequerboard, whose Laplacian is ±1020 at every pixel', [0, 0, 0], [255, 255, 255]],
    ['blue, the farthest from yellow', [0, 0, 255], [0, 0, 255]],
    ['red and green', [255, 0, 0], [0, 255, 0]],
  ])('for rows wide enough to fill its lanes: %s', (_, even, odd) => {
    const frame = chequered(2 * 16384 + 21, 3, even, odd);
    expect(features(frame, simd)).toEqual(features(frame, plainKernel));
  });
});

test('a chequerboard’s Laplacian varies by 1020²', () => {
  expect(features(chequered(2 * 16384, 2, [0, 0, 0], [255, 255, 255]), simd).laplacianVariance).toBe(1020 ** 2);
});

function chequered(width: number, height: number, even: readonly number[], odd: readonly number[]): Frame {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) data.set((x + y) % 2 === 0 ? even : odd, (y * width + x) * 3);
  }
  return { width, height, data };
}
