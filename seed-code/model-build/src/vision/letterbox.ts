// Letterbox: a frame scaled into a square tensor, bit-identical to OpenCV's bilinear resize, in one pass.
import type { Box, Frame } from './detection';
import { resizeAxis, roundHalfEven, type AxisPlan } from './resize-plan';
import type { Tile } from './tiles';

/**
 * How a frame is fitted into the square:
 * - `predict`: Ultralytics' LetterBox as `predict` and exports run it: rounded half to even, scaled up too, centred;
 * - `val`: as `yolo val` runs it: the longer side scaled to the square first, sides rounded up, then centred;
 * - `yolox`: YOLOX's `preproc`: sides rounded down, at the top left.
 */
export type LetterboxVariant = 'predict' | 'val' | 'yolox';

/** How a pixel is written into the tensor: RGB in 0..1 (Ultralytics), or BGR in 0..255 (YOLOX). */
export type PixelConvention = 'rgb-unit' | 'bgr-byte';

/** Where a frame lies in the square. */
export interface LetterboxGeometry {
  /** Side of the square, in pixels. */
  readonly size: number;
  /** The scaled frame's sides, in pixels. */
  readonly width: number;
  readonly height: number;
  /** Pixels of border before the scaled frame. */
  readonly pad: { readonly left: number; readonly top: number };
  /** Pixels of the square for one of the frame; the axes differ by rounding (as Ultralytics' `scale_boxes` has it). */
  readonly gain: { readonly x: number; readonly y: number };
}

export interface Letterboxed extends LetterboxGeometry {
  /** `[3, size, size]`, channel-major. */
  readonly tensor: Float32Array;
}

/** Grey of the border in Ultralytics and in YOLOX. */
const BORDER = 114;

/** A byte's value in the tensor: exact quotients, rounded once to float32. */
const VALUES: Record<PixelConvention, Float32Array> = {
  'rgb-unit': Float32Array.from({ length: 256 }, (_, byte) => byte / 255),
  'bgr-byte': Float32Array.from({ length: 256 }, (_, byte) => byte),
};

/** Where a frame of `width` × `height` lies in a square of `size`. */
export function letterboxGeometry(
  width: number,
  height: number,
  size: number,
  variant: LetterboxVariant = 'predict',
): LetterboxGeometry {
  const [w, h] = scaledSides(width, height, size, variant);
  // Ultralytics' round(half − 0.1), which puts the odd pixel of border after the frame.
  const before = (side: number): number => (variant === 'yolox' ? 0 : roundHalfEven((size - side) / 2 - 0.1));
  return {
    size,
    width: w,
    height: h,
    pad: { left: before(w), top: before(h) },
    gain: { x: w / width, y: h / height },
  };
}

/** Letterboxes a whole frame into a tensor of its own. */
export function letterbox(frame: Frame, size: number, variant: LetterboxVariant = 'predict'): Letterboxed {
  const geometry = letterboxGeometry(frame.width, frame.height, size, variant);
  const tensor = new Float32Array(3 * size * size);
  const convention = variant === 'yolox' ? 'bgr-byte' : 'rgb-unit';
  letterboxRows(frame, wholeFrame(frame), geometry, convention, tensor, 0, size);
  return { ...geometry, tensor };
}

/** The letterboxed picture as 8-bit RGB, exactly the bytes that the tensor's values stand for. */
export function letterboxedFrame({ tensor, size }: Letterboxed, convention: PixelConvention = 'rgb-unit'): Frame {
  const plane = size * size;
  const data = new Uint8Array(3 * plane);
  const [scale, planes] = convention === 'rgb-unit' ? [255, [0, 1, 2]] : [1, [2, 1, 0]];
  planes.forEach((source, channel) => {
    for (let pixel = 0; pixel < plane; pixel += 1) {
      data[pixel * 3 + channel] = Math.round(tensor[source * plane + pixel] * scale);
    }
  });
  return { width: size, height: size, data };
}

/** A box in the square's pixels as a box in the frame's, clipped to the frame. */
export function unletterbox(
  [left, top, right, bottom]: Box,
  { pad, gain }: LetterboxGeometry,
  { width, height }: Pick<Frame, 'width' | 'height'>,
): Box {
  const x = (value: number): number => Math.min(Math.max((value - pad.left) / gain.x, 0), width);
  const y = (value: number): number => Math.min(Math.max((value - pad.top) / gain.y, 0), height);
  return [x(left), y(top), x(right), y(bottom)];
}

/** A frame's whole extent as a region of it. */
export function wholeFrame({ width, height }: Pick<Frame, 'width' | 'height'>): Tile {
  return { x: 0, y: 0, width, height };
}

/**
 * Writes rows `[from, to)` of a letterboxed region; a caller that must not block long asks for a few at a time.
 * @param region the part of the frame to letterbox, read in place
 * @param tensor `[3, size, size]`
 */
export function letterboxRows(
  frame: Frame,
  region: Tile,
  { size, width, height, pad }: LetterboxGeometry,
  convention: PixelConvention,
  tensor: Float32Array,
  from: number,
  to: number,
): void {
  const values = VALUES[convention];
  const plane = size * size;
  const [red, blue] = convention === 'rgb-unit' ? [0, 2 * plane] : [2 * plane, 0];
  fillBorder(tensor, values[BORDER], { size, width, height, pad }, from, to);

  const columns = resizeAxis(region.width, width, 'columns');
  const rows = resizeAxis(region.height, height, 'rows');
  const stride = frame.width * 3;
  const origin = region.y * stride + region.x * 3;
  const scaled = new ScaledRows(frame.data, origin, stride, columns);
  const last = Math.min(to, pad.top + height);
  for (let y = Math.max(from, pad.top); y < last; y += 1) {
    const at = y - pad.top;
    const upper = scaled.row(rows.first[at]);
    const lower = scaled.row(rows.second[at]);
    const upperWeight = rows.firstWeight[at];
    const lowerWeight = rows.secondWeight[at];
    let pixel = y * size + pad.left;
    for (let i = 0; i < upper.length; i += 3, pixel += 1) {
      const r = (((upperWeight * upper[i]) >> 16) + ((lowerWeight * lower[i]) >> 16) + 2) >> 2;
      const g = (((upperWeight * upper[i + 1]) >> 16) + ((lowerWeight * lower[i + 1]) >> 16) + 2) >> 2;
      const b = (((upperWeight * upper[i + 2]) >> 16) + ((lowerWeight * lower[i + 2]) >> 16) + 2) >> 2;
      tensor[red + pixel] = values[r];
      tensor[plane + pixel] = values[g];
      tensor[blue + pixel] = values[b];
    }
  }
}

/** Source rows after the horizontal pass, at 1/16 of OpenCV's scale as its vertical pass takes them; the latest two are kept. */
class ScaledRows {
  private readonly kept: [Int16Array, Int16Array];
  private readonly keys: [number, number] = [-1, -1];
  private next = 0;

  constructor(
    private readonly data: Uint8Array,
    private readonly origin: number,
    private readonly stride: number,
    private readonly columns: AxisPlan,
  ) {
    const length = columns.first.length * 3;
    this.kept = [new Int16Array(length), new Int16Array(length)];
  }

  row(y: number): Int16Array {
    if (this.keys[0] === y) return this.kept[0];
    if (this.keys[1] === y) return this.kept[1];
    const slot = this.next;
    this.next = 1 - slot;
    this.keys[slot] = y;
    const target = this.kept[slot];
    this.scale(this.origin + y * this.stride, target);
    return target;
  }

  private scale(start: number, target: Int16Array): void {
    const { data } = this;
    const { first, second, firstWeight, secondWeight } = this.columns;
    for (let x = 0, i = 0; x < first.length; x += 1, i += 3) {
      const left = start + first[x] * 3;
      const right = start + second[x] * 3;
      const a = firstWeight[x];
      const b = secondWeight[x];
      target[i] = (data[left] * a + data[right] * b) >> 4;
      target[i + 1] = (data[left + 1] * a + data[right + 1] * b) >> 4;
      target[i + 2] = (data[left + 2] * a + data[right + 2] * b) >> 4;
    }
  }
}

function fillBorder(
  tensor: Float32Array,
  value: number,
  { size, width, height, pad }: Omit<LetterboxGeometry, 'gain'>,
  from: number,
  to: number,
): void {
  for (let channel = 0; channel < 3; channel += 1) {
    for (let y = from; y < to; y += 1) {
      const start = (channel * size + y) * size;
      if (y < pad.top || y >= pad.top + height) {
        tensor.fill(value, start, start + size);
      } else {
        tensor.fill(value, start, start + pad.left);
        tensor.fill(value, start + pad.left + width, start + size);
      }
    }
  }
}

function scaledSides(width: number, height: number, size: number, variant: LetterboxVariant): [number, number] {
  const ratio = Math.min(size / height, size / width);
  const atLeastOne = (sides: [number, number]): [number, number] => [Math.max(sides[0], 1), Math.max(sides[1], 1)];
  switch (variant) {
    case 'predict':
      return atLeastOne([roundHalfEven(width * ratio), roundHalfEven(height * ratio)]);
    case 'val': {
      const toSquare = size / Math.max(width, height);
      const side = (length: number): number => Math.min(Math.ceil(length * toSquare), size);
      return [side(width), side(height)];
    }
    case 'yolox':
      return atLeastOne([Math.floor(width * ratio), Math.floor(height * ratio)]);
  }
}
