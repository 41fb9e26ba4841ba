// The tiles that a step may draw crops from: a window that slides over the shuffled tiles, so that memory is bounded whatever
// their number, most crops cost no decoding, and a step's tiles depend on its number alone.
import type { TileFile } from '../tiles';
import type { LabelledFrame } from './labelled-frame';
import { randomAt, type Random } from './random';

/** Memory for decoded tiles. */
const WINDOW_BYTES = 40 * 2 ** 20;
/** Tiles whose decoding is begun before they are due: it goes on in other threads while a step computes. */
const AHEAD = 8;
/** Position of the shuffle's random stream; steps' streams have positions from 0. */
const SHUFFLE_POSITION = -1;

export class TileWindow {
  private readonly order: readonly TileFile[];
  private readonly length: number;
  private readonly loaded = new Map<number, Promise<LabelledFrame>>();

  /**
   * @param imageSize side of a loaded tile in pixels
   * @param load decodes a tile
   */
  constructor(
    tiles: readonly TileFile[],
    imageSize: number,
    seed: number,
    private readonly load: (tile: TileFile) => Promise<LabelledFrame>,
  ) {
    this.order = balance(tiles, randomAt(seed, SHUFFLE_POSITION));
    const fitting = Math.max(1, Math.floor(WINDOW_BYTES / (3 * imageSize ** 2)));
    this.length = Math.min(this.order.length, fitting);
  }

  /** The tiles for `step`: all of them when they fit, else a window that moves on by one tile a step. */
  async at(step: number): Promise<LabelledFrame[]> {
    const slides = this.length < this.order.length;
    const first = slides ? step : 0;
    const end = first + this.length;
    for (const index of this.loaded.keys()) if (index < first) this.loaded.delete(index);
    for (let index = first; index < end + (slides ? AHEAD : 0); index += 1) {
      if (this.loaded.has(index)) continue;
      const loading = this.load(this.order[index % this.order.length]);
      loading.catch(() => undefined); // a failure is met when its tile is due
      this.loaded.set(index, loading);
    }
    return Promise.all(Array.from({ length: this.length }, (_, i) => this.loaded.get(first + i)).filter(isDefined));
  }
}

/** Shuffled tiles, of background at most as many as there are with objects: crops of the latter hold plenty of it. */
function balance(tiles: readonly TileFile[], random: Random): TileFile[] {
  const shuffled = shuffle(tiles, random);
  let background = shuffled.filter(({ labels }) => labels.length > 0).length;
  return shuffled.filter(({ labels }) => labels.length > 0 || background-- > 0);
}

/** Fisher–Yates. */
function shuffle<T>(values: readonly T[], random: Random): T[] {
  const shuffled = [...values];
  for (let last = shuffled.length - 1; last > 0; last -= 1) {
    const other = random.below(last + 1);
    [shuffled[last], shuffled[other]] = [shuffled[other], shuffled[last]];
  }
  return shuffled;
}

function isDefined<T>(value: T | undefined): value is T {
  return value !== undefined;
}
