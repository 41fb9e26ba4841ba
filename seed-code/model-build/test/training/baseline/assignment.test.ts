import { assign, emptyTargets } from '../../../src/training/baseline/assignment';

const CLASSES = 2;
const GRID = 4;
const at = (x: number, y: number): number => y * GRID + x;

test('an object is a Gaussian of its class around its centre cell, which learns its box', () => {
  // GIVEN a box of 16 × 8 pixels centred at (14, 12): cell (1, 1), a quarter of a cell right of that cell's centre
  const targets = emptyTargets(1, CLASSES, GRID);

  // WHEN
  const taught = assign([{ box: [6, 8, 22, 16], classIndex: 1, visible: 1 }], targets, 0, CLASSES, GRID);

  // THEN
  expect(taught).toBe(1);
  expect(targets.heat.subarray(0, GRID ** 2)).toEqual(new Float32Array(GRID ** 2));
  const heat = targets.heat.subarray(GRID ** 2);
  expect(heat[at(1, 1)]).toBe(1);
  // The centre is 0.75 cells left of cell (2, 1)'s, 1.25 right of cell (0, 1)'s; the deviation is half a cell.
  expect(heat[at(2, 1)]).toBeCloseTo(Math.exp(-(0.75 ** 2) / 0.5), 6);
  expect(heat[at(0, 1)]).toBeCloseTo(Math.exp(-(1.25 ** 2) / 0.5), 6);
  expect(heat[at(2, 2)]).toBeCloseTo(heat[at(2, 1)] * Math.exp(-2), 6);
  const box = [0, 1, 2, 3].map((row) => targets.boxes[row * GRID ** 2 + at(1, 1)]);
  [0.25, 0, Math.log(16 / 24), Math.log(8 / 24)].forEach((value, row) => {
    expect(box[row]).toBeCloseTo(value, 6);
  });
  // Cell (2, 1) lies inside the box and within two deviations, cell (1, 2) outside of the box.
  expect(targets.boxWeights[at(1, 1)]).toBe(1);
  expect(targets.boxWeights[at(2, 1)]).toBeCloseTo(0.3, 6);
  expect(targets.boxes[at(2, 1)]).toBeCloseTo(-0.75, 6);
  expect(targets.boxWeights[at(1, 2)]).toBe(0);
});

test('of two objects in one cell the smaller has it, in whatever order they come', () => {
  const large = { box: [0, 0, 30, 30] as const, classIndex: 0, visible: 1 };
  const small = { box: [12, 12, 18, 18] as const, classIndex: 0, visible: 1 };
  for (const objects of [
    [large, small],
    [small, large],
  ]) {
    const targets = emptyTargets(1, CLASSES, GRID);
    expect(assign(objects, targets, 0, CLASSES, GRID)).toBe(2);
    expect(targets.boxes[2 * GRID ** 2 + at(1, 1)]).toBeCloseTo(Math.log(6 / 24), 6);
  }
});

test('an object that hardly shows is neither taught nor counted as background', () => {
  const targets = emptyTargets(1, CLASSES, GRID);
  const hidden = { box: [0, 0, 8, 16] as const, classIndex: 0, visible: 0.34 };
  expect(assign([hidden], targets, 0, CLASSES, GRID)).toBe(0);
  expect(targets.heat.every((value) => value === 0)).toBe(true);
  expect([at(0, 0), at(0, 1), at(1, 0)].map((cell) => targets.heatWeights[cell])).toEqual([0, 0, 1]);
  expect(targets.heatWeights.subarray(GRID ** 2).every((weight) => weight === 1)).toBe(true);
});

test('targets of one image of a batch leave the others alone', () => {
  const targets = emptyTargets(3, CLASSES, GRID);
  assign([{ box: [1, 1, 31, 31], classIndex: 0, visible: 1 }], targets, 1, CLASSES, GRID);
  const plane = GRID ** 2;
  for (const [values, rows] of [
    [targets.heat, CLASSES],
    [targets.boxes, 4],
    [targets.boxWeights, 1],
  ] as const) {
    const image = (index: number): Float32Array => values.subarray(index * rows * plane, (index + 1) * rows * plane);
    expect(image(1).some((value) => value !== 0)).toBe(true);
    for (const other of [0, 2]) expect(image(other).every((value) => value === 0)).toBe(true);
  }
});
