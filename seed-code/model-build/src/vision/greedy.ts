// The greedy pass that NMS and greedy merging share: boxes in order, each goes to the first kept box that it matches.
import { boxAreas, overlap, type BoxArray, type OverlapMetric } from './overlap';

/** When an overlap counts as a match: torchvision suppresses strictly above the threshold, SAHI at it too. */
export interface MatchRule {
  readonly metric: OverlapMetric;
  readonly threshold: number;
  readonly inclusive: boolean;
}

/** Sides of the grid of cells, at most. */
const MAX_CELLS = 64;

/**
 * Above this IoU a match holds the candidate's centre (a box that misses the centre covers at most half of it), so that
 * one cell tells all; the hundredth is room for rounding.
 */
const CENTRE_IOU = 0.51;

/**
 * For each place in `order`, the index of the kept box that the box there goes to: its own where it is kept.
 * The same answer as comparing each box with every kept one, found through a uniform grid that holds the kept boxes in
 * every cell they touch.
 */
export function greedyKeepers(
  boxes: BoxArray,
  order: Int32Array,
  { metric, threshold, inclusive }: MatchRule,
): Int32Array {
  const areas = boxAreas(boxes);
  const grid = new BoxGrid(boxes, order);
  const byCentre = metric === 'iou' && threshold >= CENTRE_IOU;
  const keepers = new Int32Array(order.length);
  // Kept boxes enter the grid in order, so the lowest rank among matches is the first.
  const ranks = new Int32Array(order.length);
  let kept = 0;
  for (let place = 0; place < order.length; place += 1) {
    const box = order[place];
    let best = kept;
    grid.look(box, byCentre);
    for (let y = grid.top; y <= grid.bottom; y += 1) {
      for (let x = grid.left; x <= grid.right; x += 1) {
        for (let entry = grid.firstIn(x, y); entry !== -1; entry = grid.next[entry]) {
          const rank = grid.rank[entry];
          if (rank >= best) break;
          const value = overlap(boxes, areas, ranks[rank], box, metric);
          if (value > threshold || (inclusive && value === threshold)) {
            best = rank;
            break;
          }
        }
      }
    }
    if (best < kept) {
      keepers[place] = ranks[best];
    } else {
      keepers[place] = box;
      ranks[kept] = box;
      grid.look(box, false);
      grid.enter(kept);
      kept += 1;
    }
  }
  return keepers;
}

/** Lists of kept boxes' ranks, one list a cell, each in ascending order. */
class BoxGrid {
  /** The cells of the latest box that was looked at. */
  left = 0;
  top = 0;
  right = 0;
  bottom = 0;
  rank: Int32Array;
  next: Int32Array;

  private readonly first: Int32Array;
  private readonly last: Int32Array;
  private readonly columns: number;
  private readonly rows: number;
  private readonly originX: number;
  private readonly originY: number;
  private readonly perX: number;
  private readonly perY: number;
  private entries = 0;

  constructor(
    private readonly boxes: BoxArray,
    order: Int32Array,
  ) {
    let left = Infinity;
    let top = Infinity;
    let right = -Infinity;
    let bottom = -Infinity;
    let sides = 0;
    for (const box of order) {
      const at = box * 4;
      left = Math.min(left, boxes[at]);
      top = Math.min(top, boxes[at + 1]);
      right = Math.max(right, boxes[at + 2]);
      bottom = Math.max(bottom, boxes[at + 3]);
      sides += boxes[at + 2] - boxes[at] + boxes[at + 3] - boxes[at + 1];
    }
    const side = sides / (2 * order.length);
    const cells = (extent: number): number =>
      Math.min(Math.max(Math.ceil(extent / side) || 1, 1), MAX_CELLS, Math.ceil(Math.sqrt(order.length)));
    this.columns = cells(right - left);
    this.rows = cells(bottom - top);
    this.originX = left;
    this.originY = top;
    this.perX = this.columns / (right - left) || 0;
    this.perY = this.rows / (bottom - top) || 0;
    this.first = new Int32Array(this.columns * this.rows).fill(-1);
    this.last = new Int32Array(this.columns * this.rows);
    this.rank = new Int32Array(order.length * 2);
    this.next = new Int32Array(order.length * 2);
  }

  firstIn(x: number, y: number): number {
    return this.first[y * this.columns + x];
  }

  /** Sets the range of cells to those that a box touches, or to the one that holds its centre. */
  look(box: number, centreOnly: boolean): void {
    const { boxes } = this;
    const at = box * 4;
    if (centreOnly) {
      this.left = this.right = this.column((boxes[at] + boxes[at + 2]) / 2);
      this.top = this.bottom = this.row((boxes[at + 1] + boxes[at + 3]) / 2);
    } else {
      this.left = this.column(boxes[at]);
      this.right = this.column(boxes[at + 2]);
      this.top = this.row(boxes[at + 1]);
      this.bottom = this.row(boxes[at + 3]);
    }
  }

  /** Appends a rank to the lists of the cells last looked at. */
  enter(rank: number): void {
    for (let y = this.top; y <= this.bottom; y += 1) {
      for (let x = this.left; x <= this.right; x += 1) {
        const cell = y * this.columns + x;
        if (this.entries === this.rank.length) this.grow();
        const entry = this.entries;
        this.entries += 1;
        this.rank[entry] = rank;
        this.next[entry] = -1;
        if (this.first[cell] === -1) this.first[cell] = entry;
        else this.next[this.last[cell]] = entry;
        this.last[cell] = entry;
      }
    }
  }

  private column(x: number): number {
    return Math.min(Math.max(Math.floor((x - this.originX) * this.perX), 0), this.columns - 1);
  }

  private row(y: number): number {
    return Math.min(Math.max(Math.floor((y - this.originY) * this.perY), 0), this.rows - 1);
  }

  private grow(): void {
    const grown = (array: Int32Array): Int32Array => {
      const larger = new Int32Array(array.length * 2);
      larger.set(array);
      return larger;
    };
    this.rank = grown(this.rank);
    this.next = grown(this.next);
  }
}
