// Letterbox: a frame scaled into a square tensor, bit-identical to OpenCV's bilinear resize, in one pass.
import type { Box, Frame } from './detection';
import { resample } from './resample';
import { roundHalfEven } from './resize-plan';
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

/** A box in the square's pixels as a box in the frame's, by default clipped to the frame. */
export function unletterbox(
  [left, top, right, bottom]: Box,
  { pad, gain }: LetterboxGeometry,
  { width, height }: Pick<Frame, 'width' | 'height'>,
  clip = true,
): Box {
  const within = (value: number, most: number): number => (clip ? Math.min(Math.max(value, 0), most) : value);
  const x = (value: number): number => within((value - pad.left) / gain.x, width);
  const y = (value: number): number => within((value - pad.top) / gain.y, height);
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

  const rows = { from: Math.max(from, pad.top) - pad.top, to: Math.min(to, pad.top + height) - pad.top };
  resample(frame, region, { width, height }, rows, values, {
    tensor,
    red,
    green: plane,
    blue,
    start: pad.top * size + pad.left,
    stride: size,
  });
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
