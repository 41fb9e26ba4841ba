import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readTiles, tileName } from '../../src/training/tiles';

const channel = mkdtempSync(join(tmpdir(), 'channel-'));
for (const host of ['algo-2', 'algo-1']) {
  for (const kind of ['images', 'labels']) mkdirSync(join(channel, kind, host), { recursive: true });
}
const image = (name: string): void => {
  writeFileSync(join(channel, 'images', `${name}.jpg`), '');
};
const labels = (name: string, text: string): void => {
  writeFileSync(join(channel, 'labels', `${name}.txt`), text);
};
image('algo-2/a');
image('algo-1/b');
image('algo-1/a');
image('algo-1/c');
labels('algo-1/a', '1 0.5 0.25 0.1 0.2\r\n\n0 0 1 1 1\n');
labels('algo-1/b', '');

test('tiles of all hosts come in one order, each with its labels; without any they are background', async () => {
  const tiles = await readTiles(channel, 2);
  expect(tiles.map((tile) => tileName(channel, tile))).toEqual([
    'images/algo-1/a.jpg',
    'images/algo-1/b.jpg',
    'images/algo-1/c.jpg',
    'images/algo-2/a.jpg',
  ]);
  expect(tiles.map((tile) => tile.labels)).toEqual([
    [
      { classIndex: 1, x: 0.5, y: 0.25, width: 0.1, height: 0.2 },
      { classIndex: 0, x: 0, y: 1, width: 1, height: 1 },
    ],
    [],
    [],
    [],
  ]);
});

test('a folder without images has no tiles', async () => {
  expect(await readTiles(join(channel, 'labels'), 2)).toEqual([]);
});

test.each([
  '2 .5 .5 .1 .1',
  '0 .5 .5 .1',
  '0 .5 .5 .1 1.01',
  '0.5 .5 .5 .1 .1',
  '-1 .5 .5 .1 .1',
  '0 a .5 .1 .1',
  '0 .5 .5 .1 .1 .9',
])('the label %j is refused by its file and row', async (row) => {
  labels('algo-2/a', `0 .5 .5 .1 .1\n${row}\n`);
  await expect(readTiles(channel, 2)).rejects.toThrow(/algo-2.a\.txt, row 2: .* is not a class below 2/);
});
