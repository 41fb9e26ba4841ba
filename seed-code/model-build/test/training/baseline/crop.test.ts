import { croppedObjects, planCrop, writeCrop } from '../../../src/training/baseline/crop';
import { randomAt } from '../../../src/training/baseline/random';

const SIDE = 64;
const SIZE = 32;
/** An object with no symmetry. */
const BOX = [20, 36, 30, 40] as const;

const tile = {
  frame: { width: SIDE, height: SIDE, data: new Uint8Array(SIDE * SIDE * 3) },
  objects: [{ box: BOX, classIndex: 1 }],
};
for (let y = BOX[1]; y < BOX[3]; y += 1) {
  for (let x = BOX[0]; x < BOX[2]; x += 1) tile.frame.data.fill(255, (y * SIDE + x) * 3, (y * SIDE + x) * 3 + 3);
}
const plans = Array.from({ length: 300 }, (_, position) => planCrop([tile], SIZE, randomAt(5, position)));

test('boxes follow the pixels through every orientation and offset', () => {
  let shown = 0;
  for (const plan of plans) {
    // GIVEN the crop's pixels
    const image = new Float32Array(3 * SIZE ** 2);
    writeCrop(plan, SIZE, image, 0);
    const objects = croppedObjects(plan, SIZE);
    shown += objects.length;

    // THEN the bright ones are those of the box, in every channel
    for (let channel = 0; channel < 3; channel += 1) {
      const bright = plan.tone[channel][255];
      for (let y = 0; y < SIZE; y += 1) {
        for (let x = 0; x < SIZE; x += 1) {
          const inside = objects.some(({ box: [l, t, r, b] }) => x >= l && x < r && y >= t && y < b);
          if ((image[(channel * SIZE + y) * SIZE + x] === bright) !== inside) {
            throw new Error(
              `pixel ${x}, ${y} of channel ${channel} in ${JSON.stringify({ ...plan, tile: undefined, tone: undefined })}`,
            );
          }
        }
      }
    }
  }
  expect(shown).toBeGreaterThan(100);
});

test('each of the eight orientations is drawn', () => {
  const kinds = new Set(plans.map(({ mirrorX, mirrorY, transpose }) => [mirrorX, mirrorY, transpose].join()));
  expect(kinds.size).toBe(8);
});

test('an object says how much of it a crop shows', () => {
  const plan = { ...plans[0], left: 25, top: 38, mirrorX: false, mirrorY: false, transpose: false };
  expect(croppedObjects(plan, SIZE)).toEqual([{ box: [0, 0, 5, 2], classIndex: 1, visible: 0.25 }]);
  expect(croppedObjects({ ...plan, left: 30 }, SIZE)).toEqual([]);
});

test('a tile no larger than the crop is taken whole', () => {
  const plan = planCrop([tile], SIDE, randomAt(0, 0));
  expect([plan.left, plan.top]).toEqual([0, 0]);
});
