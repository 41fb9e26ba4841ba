import { createHash } from 'node:crypto';
import {
  cropFrame,
  letterbox,
  letterboxedFrame,
  letterboxGeometry,
  unletterbox,
  type LetterboxVariant,
} from '../../src/vision';
import { letterboxRows } from '../../src/vision/letterbox';
import { randomPixels } from './random';

// Made by test/witness/vision.py with OpenCV 4.14 (the same with 5.0); random cases: witness.test.ts.
test.each<[number, number, number, LetterboxVariant, string]>([
  [97, 61, 160, 'predict', '2d64429575c7ac2b'],
  [97, 61, 64, 'predict', '39597da493cc2815'],
  [97, 61, 64, 'val', 'f3435d2e4c0627c1'],
  [61, 97, 96, 'yolox', '0b8e767a53017caf'],
  [200, 150, 416, 'predict', 'c9425c566fbd4a1d'],
])('a frame of %d × %d in %d px by %s has the bytes that OpenCV gives', (width, height, size, variant, sha256) => {
  const frame = { width, height, data: randomPixels(width, height, 11) };
  const convention = variant === 'yolox' ? 'bgr-byte' : 'rgb-unit';
  const { data } = letterboxedFrame(letterbox(frame, size, variant), convention);
  expect(createHash('sha256').update(data).digest('hex').slice(0, 16)).toBe(sha256);
});

test('the tensor is channel-major RGB in 0..1 with a border of 114', () => {
  const frame = { width: 2, height: 1, data: Uint8Array.of(255, 0, 51, 255, 0, 51) };
  const { tensor } = letterbox(frame, 4);
  const border = Math.fround(114 / 255);
  const plane = (value: number): number[] => [
    ...Array.from({ length: 4 }, () => border),
    ...Array.from({ length: 8 }, () => Math.fround(value)),
    ...Array.from({ length: 4 }, () => border),
  ];
  expect([...tensor]).toEqual([...plane(1), ...plane(0), ...plane(0.2)]);
});

test('sides are rounded half to even by predict, up by val, down by yolox; the odd pixel of border comes after', () => {
  const geometry = (variant: LetterboxVariant) => {
    const { width, height, pad } = letterboxGeometry(1280, 101, 640, variant);
    return { width, height, ...pad };
  };
  expect(geometry('predict')).toEqual({ width: 640, height: 50, left: 0, top: 295 });
  expect(geometry('val')).toEqual({ width: 640, height: 51, left: 0, top: 294 });
  expect(geometry('yolox')).toEqual({ width: 640, height: 50, left: 0, top: 0 });
});

test('a region is letterboxed in place as its crop would be, in one go or in bands of rows', () => {
  const frame = { width: 90, height: 70, data: randomPixels(90, 70, 3) };
  const region = { x: 13, y: 9, width: 60, height: 47 };
  const { tensor, ...geometry } = letterbox(cropFrame(frame, region), 64);

  const banded = new Float32Array(tensor.length);
  for (let row = 0; row < 64; row += 10) {
    letterboxRows(frame, region, geometry, 'rgb-unit', banded, row, Math.min(row + 10, 64));
  }

  expect(banded).toEqual(tensor);
});

test('a box comes back to where it was, clipped to the frame', () => {
  const frame = { width: 300, height: 200 };
  const geometry = letterboxGeometry(300, 200, 640);
  const { gain, pad } = geometry;
  const box = [10 * gain.x + pad.left, 20 * gain.y + pad.top, 400 * gain.x, 100 * gain.y + pad.top] as const;
  const back = unletterbox(box, geometry, frame);
  [10, 20, 300, 100].forEach((edge, index) => {
    expect(back[index]).toBeCloseTo(edge, 9);
  });
});
