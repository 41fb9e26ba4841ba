import type { LabelledFrame } from '../../../src/training/baseline/labelled-frame';
import { TileWindow } from '../../../src/training/baseline/tile-window';
import type { TileFile } from '../../../src/training/tiles';

/** With tiles of this side 40 MiB hold 13. */
const SIDE = 1024;
const FITTING = 13;

const label = { classIndex: 0, x: 0.5, y: 0.5, width: 0.1, height: 0.1 };
const labelled = tileFiles('labelled', 60, true);

/** A window that notes what it loads; a loaded tile's width is its place in `files`. */
function windowOver(files: readonly TileFile[]) {
  const loads: string[] = [];
  const window = new TileWindow(files, SIDE, 1, (tile) => {
    loads.push(tile.image);
    return Promise.resolve(frameOf(files.indexOf(tile)));
  });
  return { window, loads };
}

test('tiles that fit are loaded once and are there at every step', async () => {
  const { window, loads } = windowOver(labelled.slice(0, 5));
  const first = await window.at(0);
  expect(await window.at(99)).toEqual(first);
  expect(first).toHaveLength(5);
  expect(loads).toHaveLength(5);
});

test('more tiles than fit slide through, one a step, each loaded once a round', async () => {
  const { window, loads } = windowOver(labelled);
  const seen = new Set<number>();
  for (let step = 0; step < labelled.length; step += 1) {
    const tiles = await window.at(step);
    expect(tiles).toHaveLength(FITTING);
    tiles.forEach(({ frame }) => seen.add(frame.width));
  }
  expect(seen.size).toBe(labelled.length);
  expect(loads.length).toBeLessThan(labelled.length + FITTING + 10);
});

test('the tiles of a step are the same after a restart at that step', async () => {
  const through = windowOver(labelled).window;
  for (let step = 0; step < 30; step += 1) await through.at(step);
  expect(await windowOver(labelled).window.at(30)).toEqual(await through.at(30));
});

test('background tiles are no more than those with objects', async () => {
  const { window } = windowOver([...tileFiles('background', 50, false), ...labelled.slice(0, 4)]);
  const places = (await window.at(0)).map(({ frame }) => frame.width);
  expect(places.filter((place) => place >= 50)).toHaveLength(4);
  expect(places).toHaveLength(8);
});

test('a tile that cannot be loaded fails the step that needs it', async () => {
  const window = new TileWindow(labelled, SIDE, 1, () => Promise.reject(new Error('torn')));
  await expect(window.at(0)).rejects.toThrow('torn');
});

function tileFiles(name: string, count: number, withObject: boolean): TileFile[] {
  return Array.from({ length: count }, (_, index) => ({
    image: `${name}-${index}`,
    labels: withObject ? [label] : [],
  }));
}

function frameOf(place: number): LabelledFrame {
  return { frame: { width: place, height: 0, data: new Uint8Array() }, objects: [] };
}
