// Says which cells of the grid answer for which object: a Gaussian of class scores around each object's centre (CenterNet,
// Zhou et al. 2019, section 3), its box at the centre cell and, weaker, at the cells beside it.
import { ANCHOR, BOX_ROWS, SIZE_LIMIT, STRIDE } from './architecture';
import type { CroppedObject } from './crop';

/** Targets of a batch; shapes as in `trainingModel`. */
export interface Targets {
  readonly heat: Float32Array;
  readonly heatWeights: Float32Array;
  readonly boxes: Float32Array;
  readonly boxWeights: Float32Array;
}

/** An object less visible than this is neither taught as an object nor as background. */
const LEAST_VISIBLE = 0.35;
/** A Gaussian's deviation: this share of the object's side, and at least half a cell. */
const DEVIATION_SHARE = 1 / 6;
const LEAST_DEVIATION = 0.5;
/** Cells within this many deviations of the centre, and inside the box, learn its box too. */
const NEIGHBOUR_DEVIATIONS = 2;
const NEIGHBOUR_WEIGHT = 0.3;

/** Empty targets for a batch of crops of `grid`² cells: all background. */
export function emptyTargets(batch: number, classes: number, grid: number): Targets {
  const cells = batch * grid * grid;
  return {
    heat: new Float32Array(cells * classes),
    heatWeights: new Float32Array(cells * classes).fill(1),
    boxes: new Float32Array(cells * BOX_ROWS),
    boxWeights: new Float32Array(cells),
  };
}

/**
 * Writes the targets of the crop at `index` of the batch.
 * @param grid cells along a side
 * @returns the number of objects taught
 */
export function assign(
  objects: readonly CroppedObject[],
  targets: Targets,
  index: number,
  classes: number,
  grid: number,
): number {
  const area = ({ box: [left, top, right, bottom] }: CroppedObject): number => (right - left) * (bottom - top);
  // Small objects last: where two share a cell, the small one has no other.
  const sorted = [...objects].sort((a, b) => area(b) - area(a));
  const hidden = sorted.filter(({ visible }) => visible < LEAST_VISIBLE);
  const taught = sorted.filter(({ visible }) => visible >= LEAST_VISIBLE);
  for (const object of hidden) ignore(object, targets, index, classes, grid);
  for (const object of taught) teach(object, targets, index, classes, grid);
  return taught.length;
}

/** Takes the cells under an object out of its class's loss. */
function ignore(
  { box, classIndex }: CroppedObject,
  targets: Targets,
  index: number,
  classes: number,
  grid: number,
): void {
  const [left, top, right, bottom] = box.map((side) => side / STRIDE);
  const plane = (index * classes + classIndex) * grid * grid;
  for (let y = Math.floor(top); y < Math.min(Math.ceil(bottom), grid); y += 1) {
    for (let x = Math.floor(left); x < Math.min(Math.ceil(right), grid); x += 1) {
      targets.heatWeights[plane + y * grid + x] = 0;
    }
  }
}

function teach(
  { box, classIndex }: CroppedObject,
  targets: Targets,
  index: number,
  classes: number,
  grid: number,
): void {
  const { heat, heatWeights, boxes, boxWeights } = targets;
  const [left, top, right, bottom] = box.map((side) => side / STRIDE);
  const [centreX, centreY] = [(left + right) / 2, (top + bottom) / 2];
  const cellX = Math.min(Math.floor(centreX), grid - 1);
  const cellY = Math.min(Math.floor(centreY), grid - 1);
  const deviationX = Math.max(LEAST_DEVIATION, (right - left) * DEVIATION_SHARE);
  const deviationY = Math.max(LEAST_DEVIATION, (bottom - top) * DEVIATION_SHARE);
  const size = [right - left, bottom - top].map((cells) =>
    Math.min(Math.max(Math.log((cells * STRIDE) / ANCHOR), -SIZE_LIMIT), SIZE_LIMIT),
  );
  const plane = grid * grid;
  const classPlane = (index * classes + classIndex) * plane;
  // Beyond three deviations the Gaussian is below 0.012.
  const [reachX, reachY] = [Math.ceil(3 * deviationX), Math.ceil(3 * deviationY)];
  for (let y = Math.max(cellY - reachY, 0); y <= Math.min(cellY + reachY, grid - 1); y += 1) {
    for (let x = Math.max(cellX - reachX, 0); x <= Math.min(cellX + reachX, grid - 1); x += 1) {
      const distance = ((x + 0.5 - centreX) / deviationX) ** 2 + ((y + 0.5 - centreY) / deviationY) ** 2;
      const isCentre = x === cellX && y === cellY;
      const cell = y * grid + x;
      // Measured from the centre itself: an object between two cells is both cells' object, though one's more.
      heat[classPlane + cell] = Math.max(heat[classPlane + cell], isCentre ? 1 : Math.exp(-distance / 2));
      if (isCentre) heatWeights[classPlane + cell] = 1;
      const inside = x + 0.5 >= left && x + 0.5 <= right && y + 0.5 >= top && y + 0.5 <= bottom;
      const isNeighbour = inside && distance <= NEIGHBOUR_DEVIATIONS ** 2;
      const weight = isCentre ? 1 : isNeighbour ? NEIGHBOUR_WEIGHT : 0;
      if (weight === 0 || weight < boxWeights[index * plane + cell]) continue;
      boxWeights[index * plane + cell] = weight;
      const target = [centreX - x - 0.5, centreY - y - 0.5, ...size];
      target.forEach((value, row) => {
        boxes[(index * BOX_ROWS + row) * plane + cell] = value;
      });
    }
  }
}
