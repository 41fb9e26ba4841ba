// What the detector is to find: vehicles and people, told by their structure more than by their colour.
import type { Colour, Patch } from './canvas';
import type { Random } from './random';

/** A thing's patches in its own axes, in metres; its first is its outline. */
export interface Thing {
  readonly patches: readonly Patch[];
  /** Metres; what casts the shadow. */
  readonly height: number;
  /** Metres from the centre to the farthest point. */
  readonly reach: number;
}

const PAINTS: readonly Colour[] = [
  [226, 226, 222],
  [176, 180, 184],
  [52, 54, 58],
  [98, 102, 106],
  [148, 44, 40],
  [48, 74, 124],
  [168, 154, 124],
  [66, 96, 62],
  [104, 84, 64],
];
const GLASS: Colour = [30, 36, 44];
const LAMP: Colour = [240, 232, 200];
const TAIL: Colour = [150, 30, 28];

const CLOTHES: readonly Colour[] = [
  [206, 204, 198],
  [58, 62, 74],
  [160, 56, 50],
  [64, 92, 142],
  [126, 118, 84],
  [92, 108, 72],
];
const HAIR: readonly Colour[] = [
  [38, 30, 26],
  [84, 62, 42],
  [168, 142, 96],
];
const SKIN: Colour = [186, 146, 120];

/** A car or a van seen from above: body, roof, windscreens, lamps. */
export function vehicle(random: Random): Thing {
  const van = random.chance(0.25);
  const halfLength = van ? random.between(2.3, 2.5) : random.between(1.85, 2.2);
  const halfWidth = van ? 1 : random.between(0.86, 0.94);
  const paint = random.pick(PAINTS);
  const cabin = van ? { u: -0.35, halfLength: halfLength - 0.75 } : { u: -0.2, halfLength: halfLength * 0.42 };
  const lamp = { halfLength: 0.14, halfWidth: 0.2, radius: 0.1 };
  return {
    height: van ? 2.1 : 1.5,
    reach: halfLength + 0.1,
    patches: [
      { halfLength, halfWidth, radius: 0.45, colour: scaled(paint, 0.86) },
      { halfLength: halfLength - 0.14, halfWidth: halfWidth - 0.14, radius: 0.35, colour: paint },
      // Glass around the cabin; the roof lies over its middle and leaves the windscreens.
      { ...cabin, halfLength: cabin.halfLength + 0.3, halfWidth: halfWidth - 0.1, radius: 0.2, colour: GLASS },
      {
        ...cabin,
        halfLength: cabin.halfLength - 0.14,
        halfWidth: halfWidth - 0.2,
        radius: 0.15,
        colour: scaled(paint, 1.1),
      },
      ...[-1, 1].flatMap((side) => [
        { ...lamp, u: halfLength - 0.16, v: side * (halfWidth - 0.28), colour: LAMP },
        { ...lamp, u: 0.16 - halfLength, v: side * (halfWidth - 0.28), colour: TAIL },
      ]),
    ],
  };
}

/** Someone walking with arms away from the body, larger than life so that none is below 8 pixels. */
export function person(random: Random): Thing {
  const clothes = random.pick(CLOTHES);
  const stride = random.between(0.6, 0.68);
  const foot = random.chance(0.5) ? 0.16 : -0.16;
  return {
    height: 1.75,
    reach: 0.75,
    patches: [
      { halfLength: 0.3, halfWidth: 0.62, radius: 0.26, colour: clothes },
      { u: stride / 2, v: foot, halfLength: stride / 2, halfWidth: 0.17, radius: 0.1, colour: scaled(clothes, 0.55) },
      { u: -stride / 2, v: -foot, halfLength: stride / 2, halfWidth: 0.17, radius: 0.1, colour: scaled(clothes, 0.55) },
      { v: 0.52, u: 0.12, halfLength: 0.15, halfWidth: 0.15, radius: 0.15, colour: SKIN },
      { v: -0.52, u: 0.12, halfLength: 0.15, halfWidth: 0.15, radius: 0.15, colour: SKIN },
      { halfLength: 0.25, halfWidth: 0.46, radius: 0.22, colour: clothes },
      { u: 0.05, halfLength: 0.2, halfWidth: 0.2, radius: 0.2, colour: random.pick(HAIR) },
    ],
  };
}

/** A colour in less or more light. */
export function scaled([red, green, blue]: Colour, factor: number): Colour {
  const channel = (value: number): number => Math.min(255, Math.round(value * factor));
  return [channel(red), channel(green), channel(blue)];
}
