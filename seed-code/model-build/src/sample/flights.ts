// The flights of the sample: where, when, how high, and in which light each was flown.
import type { Colour } from './canvas';

/** Colours of a ground from its darkest patches to its lightest. */
export interface Ground {
  readonly tones: readonly [Colour, Colour, Colour];
  /** Colours of tufts, stones and litter. */
  readonly clutter: readonly Colour[];
}

export interface Light {
  /** Gain of each channel, in 256ths. */
  readonly gain: Colour;
  /** Added to every channel: haze. */
  readonly haze: number;
  /** Length of a shadow per height of the thing that casts it, along the frame's axes; [0, 0] under clouds. */
  readonly shadow: readonly [number, number];
  /** Share of the light that a shadow takes. */
  readonly depth: number;
  /** Largest sensor noise, in grey levels. */
  readonly noise: number;
}

export interface Flight {
  readonly name: string;
  readonly ground: Ground;
  readonly light: Light;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** Metres above the ground. */
  readonly altitude: number;
  /** Metres of the ground above the sea. */
  readonly elevation: number;
  /** ISO 8601, without a zone, as EXIF has none. */
  readonly beganAt: string;
}

const GROUNDS = {
  meadow: {
    tones: [
      [58, 84, 44],
      [88, 112, 58],
      [126, 138, 84],
    ],
    clutter: [
      [44, 70, 38],
      [150, 150, 96],
      [118, 96, 66],
    ],
  },
  field: {
    tones: [
      [112, 92, 62],
      [148, 126, 88],
      [182, 162, 120],
    ],
    clutter: [
      [92, 104, 58],
      [196, 182, 148],
      [86, 70, 50],
    ],
  },
  gravel: {
    tones: [
      [104, 102, 98],
      [136, 134, 128],
      [172, 170, 164],
    ],
    clutter: [
      [84, 82, 80],
      [204, 202, 196],
      [96, 110, 74],
    ],
  },
  heath: {
    tones: [
      [74, 62, 58],
      [106, 92, 78],
      [134, 128, 98],
    ],
    clutter: [
      [96, 62, 80],
      [60, 78, 48],
      [164, 152, 126],
    ],
  },
} as const satisfies Record<string, Ground>;

const LIGHTS = {
  noon: { gain: [268, 266, 262], haze: 4, shadow: [0.2, 0.25], depth: 0.55, noise: 5 },
  morning: { gain: [272, 252, 226], haze: 2, shadow: [-0.9, 0.3], depth: 0.5, noise: 6 },
  evening: { gain: [262, 236, 204], haze: 0, shadow: [1.0, -0.4], depth: 0.5, noise: 8 },
  overcast: { gain: [226, 232, 242], haze: 14, shadow: [0, 0], depth: 0.35, noise: 7 },
} as const satisfies Record<string, Light>;

/** 16:9 as drones' cameras have it; scaled down, so that a rehearsal on a laptop is quick. */
const SIZES = { large: [1280, 720], middle: [720, 405], small: [640, 360] } as const;

/** Altitudes keep every object between 8 and 60 pixels. */
const PLANS: readonly (readonly [
  keyof typeof GROUNDS,
  keyof typeof LIGHTS,
  keyof typeof SIZES,
  number,
  number,
  string,
])[] = [
  ['meadow', 'noon', 'large', 66, 112, '2025-05-06T12:10:00'],
  ['gravel', 'overcast', 'small', 34, 240, '2025-05-09T10:40:00'],
  ['field', 'morning', 'middle', 40, 318, '2025-06-14T07:20:00'],
  ['heath', 'evening', 'small', 36, 64, '2025-06-21T20:05:00'],
  ['gravel', 'noon', 'middle', 43, 236, '2025-07-02T13:00:00'],
  ['meadow', 'morning', 'small', 33, 118, '2025-07-19T06:55:00'],
  ['field', 'overcast', 'large', 76, 322, '2025-08-04T15:30:00'],
  ['heath', 'noon', 'middle', 38, 70, '2025-08-17T12:45:00'],
  ['meadow', 'evening', 'small', 32, 109, '2025-09-01T19:10:00'],
  ['gravel', 'morning', 'large', 70, 244, '2025-09-13T08:15:00'],
  ['heath', 'overcast', 'middle', 36, 58, '2025-09-28T11:25:00'],
  ['field', 'noon', 'small', 38, 330, '2025-10-05T13:20:00'],
];

export const FLIGHTS: readonly Flight[] = PLANS.map(([ground, light, size, altitude, elevation, beganAt], index) => ({
  name: `flight-${String(index + 1).padStart(2, '0')}`,
  ground: GROUNDS[ground],
  light: LIGHTS[light],
  width: SIZES[size][0],
  height: SIZES[size][1],
  altitude,
  elevation,
  beganAt,
}));

/** Width of the ground that a frame shows, per metre of altitude: a lens of 84° across, usual for drones. */
const FOOTPRINT = 1.8;

export function pixelsPerMetre({ width, altitude }: Flight): number {
  return width / (FOOTPRINT * altitude);
}
