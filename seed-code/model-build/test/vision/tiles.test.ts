import fc from 'fast-check';
import { cropFrame, tileGrid } from '../../src/vision';
import { randomPixels } from './random';

test('tiles cover every pixel, stay inside the frame, and have the same size', () => {
  const side = fc.integer({ min: 1, max: 300 });
  const span = (starts: number[], length: number): number[] =>
    [...new Set(starts.flatMap((start) => Array.from({ length }, (_, i) => start + i)))].sort((a, b) => a - b);
  fc.assert(
    fc.property(side, side, fc.integer({ min: 30, max: 200 }), fc.constantFrom(0, 0.2, 0.5), (w, h, size, overlap) => {
      const tiles = tileGrid(w, h, size, overlap);
      const [width, height] = [Math.min(size, w), Math.min(size, h)];
      const columns = tiles.filter(({ y }) => y === 0).map(({ x }) => x);
      const rows = tiles.filter(({ x }) => x === 0).map(({ y }) => y);
      expect(tiles).toEqual(rows.flatMap((y) => columns.map((x) => ({ x, y, width, height }))));
      expect(span(columns, width)).toEqual(Array.from({ length: w }, (_, i) => i));
      expect(span(rows, height)).toEqual(Array.from({ length: h }, (_, i) => i));
    }),
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
