// The ground under a scene: tones that vary smoothly from place to place.
import type { Frame } from '../vision';
import type { Ground } from './flights';
import type { Random } from './random';

// Bound once, as in canvas.ts.
const { ceil, floor, round } = Math;

/** Cells of the noise in pixels, and how many of the 256 grey levels each scale takes. */
const OCTAVES = [
  { cell: 128, levels: 120 },
  { cell: 32, levels: 80 },
  { cell: 6, levels: 55 },
] as const;

/** A frame of bare ground: value noise (interpolated random lattices) in the ground's tones. */
export function bareGround(random: Random, ground: Ground, width: number, height: number): Frame {
  const tone = new Int32Array(width * height);
  for (const { cell, levels } of OCTAVES) addOctave(tone, random, width, height, cell, levels);
  const colours = gradient(ground);
  const data = new Uint8Array(width * height * 3);
  tone.forEach((value, pixel) => {
    data.set(colours[value], pixel * 3);
  });
  return { width, height, data };
}

function addOctave(
  tone: Int32Array,
  random: Random,
  width: number,
  height: number,
  cell: number,
  levels: number,
): void {
  const columns = ceil(width / cell) + 1;
  const rows = ceil(height / cell) + 1;
  const lattice = Int32Array.from({ length: columns * rows }, () => random.int(0, levels));
  for (let y = 0; y < height; y += 1) {
    const row = floor(y / cell) * columns;
    const down = y % cell;
    for (let column = 0, x = 0; x < width; column += 1) {
      // Interpolated along y once a cell; along x in steps of whole numbers over cell².
      const left = lattice[row + column] * (cell - down) + lattice[row + columns + column] * down;
      const right = lattice[row + column + 1] * (cell - down) + lattice[row + columns + column + 1] * down;
      for (let across = 0; across < cell && x < width; across += 1, x += 1) {
        tone[y * width + x] += floor((left * (cell - across) + right * across) / (cell * cell));
      }
    }
  }
}

/** 256 colours from the darkest tone over the middle to the lightest. */
function gradient({ tones: [dark, middle, light] }: Ground): Uint8Array[] {
  return Array.from({ length: 256 }, (_, level) => {
    const [from, to, at] = level < 128 ? [dark, middle, level] : [middle, light, level - 128];
    return Uint8Array.from(from, (value, channel) => round(value + ((to[channel] - value) * at) / 128));
  });
}
