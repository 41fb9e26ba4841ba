// A frame being drawn: rounded rectangles at any angle, antialiased, with integer blending.
// Only + − × ÷ and square roots are used, which IEEE 754 rounds alike everywhere; sines and powers are not.
import type { Frame } from '../vision';

// Bound once: looking up a global for every pixel is slow where the global object is a sandbox, as in jest.
const { abs, ceil, floor, max, min, round, sqrt } = Math;

export type Colour = readonly [red: number, green: number, blue: number];

/** Where a thing lies and points: its centre in pixels and a unit vector along its length. */
export interface Pose {
  readonly x: number;
  readonly y: number;
  readonly cos: number;
  readonly sin: number;
}

/** A rounded rectangle in a thing's own axes (u along, v across), in pixels; a disc when all three measures are equal. */
export interface Patch {
  readonly u?: number;
  readonly v?: number;
  readonly halfLength: number;
  readonly halfWidth: number;
  readonly radius?: number;
  readonly colour: Colour;
  /** 0 to 1. @default 1 */
  readonly opacity?: number;
}

/** Pixels that a patch covers by half or more: left and top inclusive, right and bottom exclusive. */
export interface Extent {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Blending weights are in 256ths. */
const FULL = 256;

/** A unit vector from `t` in [−1, 1], which spans a half turn: cos and sin without trigonometry. */
export function direction(t: number): Pick<Pose, 'cos' | 'sin'> {
  const scale = 1 + t * t;
  return { cos: (1 - t * t) / scale, sin: (2 * t) / scale };
}

/** The same place, turned by a quarter. */
export function quarterTurn({ x, y, cos, sin }: Pose): Pose {
  return { x, y, cos: -sin, sin: cos };
}

/** The pose displaced along and across itself. */
export function displaced(pose: Pose, along: number, across: number): Pose {
  return {
    ...pose,
    x: pose.x + along * pose.cos - across * pose.sin,
    y: pose.y + along * pose.sin + across * pose.cos,
  };
}

/** Draws one patch and tells which pixels it covers; null when none. */
export function paint(frame: Frame, pose: Pose, patch: Patch): Extent | null {
  const { halfLength, halfWidth, radius = 0, colour, opacity = 1 } = patch;
  const centre = displaced(pose, patch.u ?? 0, patch.v ?? 0);
  const reachX = abs(pose.cos) * halfLength + abs(pose.sin) * halfWidth + 1;
  const reachY = abs(pose.sin) * halfLength + abs(pose.cos) * halfWidth + 1;
  const firstRow = max(0, floor(centre.y - reachY));
  const lastRow = min(frame.height - 1, ceil(centre.y + reachY));
  const extent = { left: frame.width, top: frame.height, right: 0, bottom: 0 };
  for (let y = firstRow; y <= lastRow; y += 1) {
    const dy = y + 0.5 - centre.y;
    // Where this row crosses the band |u| ≤ halfLength and the band |v| ≤ halfWidth.
    const along = crossing(pose.cos, dy * pose.sin, halfLength + 1);
    const across = crossing(-pose.sin, dy * pose.cos, halfWidth + 1);
    const first = max(0, floor(centre.x + max(along[0], across[0], -reachX)));
    const last = min(frame.width - 1, ceil(centre.x + min(along[1], across[1], reachX)));
    for (let x = first; x <= last; x += 1) {
      const dx = x + 0.5 - centre.x;
      const u = abs(dx * pose.cos + dy * pose.sin) - halfLength + radius;
      const v = abs(dy * pose.cos - dx * pose.sin) - halfWidth + radius;
      const outside = u > 0 && v > 0 ? sqrt(u * u + v * v) : max(u, v);
      const coverage = min(1, 0.5 + radius - outside);
      if (coverage <= 0) continue;
      blend(frame.data, (y * frame.width + x) * 3, colour, round(coverage * opacity * FULL));
      if (coverage < 0.5) continue;
      extent.left = min(extent.left, x);
      extent.top = min(extent.top, y);
      extent.right = max(extent.right, x + 1);
      extent.bottom = max(extent.bottom, y + 1);
    }
  }
  return extent.right > extent.left ? extent : null;
}

/** Draws patches one over the other and tells what they cover together. */
export function paintAll(frame: Frame, pose: Pose, patches: readonly Patch[]): Extent | null {
  return patches.map((patch) => paint(frame, pose, patch)).reduce(union, null);
}

function union(a: Extent | null, b: Extent | null): Extent | null {
  if (!a || !b) return a ?? b;
  return {
    left: min(a.left, b.left),
    top: min(a.top, b.top),
    right: max(a.right, b.right),
    bottom: max(a.bottom, b.bottom),
  };
}

/** The range of dx in which |slope · dx + offset| ≤ limit. */
function crossing(slope: number, offset: number, limit: number): readonly [number, number] {
  if (slope === 0) return abs(offset) <= limit ? [-Infinity, Infinity] : [1, 0];
  const [a, b] = [(-limit - offset) / slope, (limit - offset) / slope];
  return a < b ? [a, b] : [b, a];
}

function blend(data: Uint8Array, at: number, colour: Colour, weight: number): void {
  for (let channel = 0; channel < 3; channel += 1) {
    const below = data[at + channel];
    data[at + channel] = below + (((colour[channel] - below) * weight + FULL / 2) >> 8);
  }
}
