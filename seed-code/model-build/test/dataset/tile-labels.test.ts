import { tileLabels } from '../../src/dataset';

const TILE = { x: 100, y: 50, width: 64, height: 64 };

describe('the labels of a tile', () => {
  test('are in the tile’s pixels', () => {
    expect(tileLabels([{ classIndex: 1, box: [110, 60, 130, 70] }], TILE, 1)).toEqual([
      { classIndex: 1, box: [10, 10, 30, 20] },
    ]);
  });

  test.each([
    ['keep a box of which just the asked share shows', [90, 60, 130, 70], 0.75, [[0, 10, 30, 20]]],
    ['drop a box of which less shows', [89, 60, 130, 70], 0.75, []],
    ['cut a box that is larger than the tile', [0, 0, 300, 300], 0.01, [[0, 0, 64, 64]]],
    ['leave out a box that touches the tile from outside', [80, 60, 100, 70], 0, []],
  ])('%s', (_, [left, top, right, bottom], share, expected) => {
    const kept = tileLabels([{ classIndex: 0, box: [left, top, right, bottom] }], TILE, share);
    expect(kept.map(({ box }) => box)).toEqual(expected);
  });
});
