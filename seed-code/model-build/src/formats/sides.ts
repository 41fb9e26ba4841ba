// A box as most formats write it: its corner and its sides.
import type { Box } from '../vision';

export interface Sides {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export function boxOfSides({ left, top, width, height }: Sides): Box {
  return [left, top, left + width, top + height];
}

/** Sides to a billionth of a pixel, so that a corner and a side that were added and subtracted are again what they were. */
export function sidesOf([left, top, right, bottom]: Box): Sides {
  return { left: tidy(left), top: tidy(top), width: tidy(right - left), height: tidy(bottom - top) };
}

const DECIMALS = 9;

export function tidy(value: number): number {
  return Number(value.toFixed(DECIMALS));
}
