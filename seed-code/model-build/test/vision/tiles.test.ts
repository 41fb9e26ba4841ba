import fc from 'fast-check';
import { cropFrame, tileGrid } from '../../src/vision';
import { randomPixels } from './random';

test('tiles cover every pixel, stay inside the frame, and have the same size', () => {
  const side = fc.integer({ min: 1, max: 500 });
  fc.assert(
    fc.property(
      side,
      side,
      fc.integer({ min: 8, max: 200 }),
      fc.constantFrom(0, 0.2, 0.5, 0.9),
      (w, h, size, overlap) => {
        const tiles = tileGrid(w, h, size, overlap);
        const columns = new Set<number>();
        const rows = new Set<number>();
        for (const { x, y, width, height } of tiles) {
          expect([width, height]).toEqual([Math.min(size, w), Math.min(size, h)]);
          expect(x + width <= w && y + height <= h && x >= 0 && y >= 0).toBe(true);
          for (let i = 0; i < width; i += 1) columns.add(x + i);
          for (let i = 0; i < height; i += 1) rows.add(y + i);
        }
        expect([columns.size, rows.size]).toEqual([w, h]);
        expect(new Set(tiles.map(({ x, y }) => `${x} ${y}`)).size).toBe(tiles.length);
      },
    ),
    { numRuns: 100 },
  );
});

test('the last tile is shifted back; a frame smaller than a tile is one tile', () => {
  expect(tileGrid(1000, 300, 640, 0.2)).toEqual([
    { x: 0, y: 0, width: 640, height: 300 },
    { x: 360, y: 0, width: 640, height: 300 },
  ]);
});

test('a crop holds the pixels of its tile', () => {
  const frame = { width: 7, height: 5, data: randomPixels(7, 5, 1) };
  const { data } = cropFrame(frame, { x: 2, y: 1, width: 3, height: 2 });
  expect([...data]).toEqual([1, 2].flatMap((y) => [...frame.data.subarray((y * 7 + 2) * 3, (y * 7 + 5) * 3)]));
});
