// What the detector is not to find: roofs, crates, trees and bushes, some of them in a vehicle's or a person's size and colour.
import type { Colour, Patch } from './canvas';
import { scaled, type Thing } from './objects';
import type { Random } from './random';

const ROOFS: readonly Colour[] = [
  [142, 74, 58],
  [112, 108, 106],
  [168, 160, 148],
  [74, 78, 86],
];
const CRATES: readonly Colour[] = [
  [150, 50, 44],
  [52, 80, 128],
  [216, 214, 208],
  [96, 100, 104],
  [120, 104, 70],
];
const LEAVES: readonly Colour[] = [
  [46, 78, 40],
  [62, 92, 46],
  [84, 98, 48],
];

/** A house: two slopes, one of them in less light, and a chimney. */
export function house(random: Random): Thing {
  const halfLength = random.between(4, 8);
  const halfWidth = random.between(3, 4.5);
  const colour = random.pick(ROOFS);
  return {
    height: 5,
    reach: halfLength + halfWidth,
    patches: [
      { halfLength, halfWidth, colour },
      { v: halfWidth / 2, halfLength, halfWidth: halfWidth / 2, colour: scaled(colour, 0.78) },
      { halfLength, halfWidth: 0.12, colour: scaled(colour, 1.25) },
      { u: halfLength * 0.5, v: -halfWidth * 0.4, halfLength: 0.5, halfWidth: 0.5, colour: scaled(colour, 0.5) },
    ],
  };
}

/** A container or a shed of a vehicle's measures: ribs across, no glass. */
export function crate(random: Random): Thing {
  const halfLength = random.between(1.2, 2.9);
  const halfWidth = random.between(0.8, 1.3);
  const colour = random.pick(CRATES);
  const ribs: Patch[] = [];
  for (let u = 0.4 - halfLength; u < halfLength - 0.2; u += 0.6) {
    ribs.push({ u, halfLength: 0.1, halfWidth, colour: scaled(colour, 0.8) });
  }
  return { height: 2.4, reach: halfLength + 0.6, patches: [{ halfLength, halfWidth, colour }, ...ribs] };
}

export function tree(random: Random): Thing {
  return crown(random, random.between(1.4, 2.8), 14, 5);
}

/** Of a person's size. */
export function bush(random: Random): Thing {
  return crown(random, random.between(0.4, 0.8), 4, 0.9);
}

/** A round crown of overlapping tufts, lighter towards the top. */
function crown(random: Random, radius: number, tufts: number, height: number): Thing {
  const leaf = scaled(random.pick(LEAVES), random.between(0.85, 1.15));
  const disc = (size: number) => ({ halfLength: size, halfWidth: size, radius: size });
  const patches: Patch[] = [{ ...disc(radius * 0.9), colour: scaled(leaf, 0.8) }];
  for (let tuft = 0; tuft < tufts; tuft += 1) {
    const [u, v] = [random.between(-0.65, 0.65) * radius, random.between(-0.65, 0.65) * radius];
    patches.push({
      ...disc(radius * random.between(0.2, 0.45)),
      u,
      v,
      colour: scaled(leaf, random.between(0.75, 1.3)),
    });
  }
  return { height, reach: radius * 1.4, patches };
}
