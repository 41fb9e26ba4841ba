// The statistics of an image's pixels, in one pass over them.
import type { Frame } from '../vision';
import { GREYS, noSums, type PixelSums, type RowKernel } from './row-kernel';
import { simdKernel } from './simd-kernel';

/** Grey is OpenCV's (BT.601, 0 to 255); deviations and variances are of the population. */
export interface ImageFeatures {
  /** Of red, green and blue. */
  readonly meanRgb: readonly [red: number, green: number, blue: number];
  /** Mean grey. */
  readonly brightness: number;
  /** Standard deviation of grey. */
  readonly contrast: number;
  /** Grey at the percentiles of {@link GREY_PERCENTILES}, interpolated as `np.percentile` does. */
  readonly greyPercentiles: readonly number[];
  /** Of the greys, in bits: 0 to 8. */
  readonly entropy: number;
  /** Variance of the grey Laplacian (`cv2.Laplacian`, ksize 1); it grows with contrast and shrinks with resolution. */
  readonly laplacianVariance: number;
  /** `laplacianVariance` over the variance of grey, so that scenes of any contrast compare; 0 for a frame of one grey. */
  readonly sharpness: number;
  /** Hasler and Süsstrunk, "Measuring colourfulness in natural images", 2003. */
  readonly colourfulness: number;
  /** Shares of pixels whose grey is within {@link CLIP_MARGIN} of black and of white. */
  readonly clippedLow: number;
  readonly clippedHigh: number;
}

export const GREY_PERCENTILES = [1, 5, 50, 95, 99] as const;

/** Greys beside black and white that count as clipped: JPEG's ringing moves a clipped pixel by as much. */
export const CLIP_MARGIN = 2;

const SIMD = simdKernel();

/**
 * The features of a frame, at its full resolution: what shrinking removes is what tells a sharp frame from a blurred one.
 * @param kernel who runs the loops; every kernel gives the same sums
 */
export function features(frame: Frame, kernel: RowKernel = SIMD): ImageFeatures {
  const { sums, greys } = sumPixels(frame, kernel);
  const pixels = frame.width * frame.height;
  const brightness = greyMoment(greys, (grey) => grey) / pixels;
  const greyVariance = greyMoment(greys, (grey) => (grey - brightness) ** 2) / pixels;
  const laplacianVariance = sums.laplacianSquares / pixels - (sums.laplacian / pixels) ** 2;
  return {
    meanRgb: [sums.red / pixels, sums.green / pixels, sums.blue / pixels],
    brightness,
    contrast: Math.sqrt(greyVariance),
    greyPercentiles: GREY_PERCENTILES.map((percentile) => greyAt(greys, pixels, percentile / 100)),
    entropy: entropyOf(greys, pixels),
    laplacianVariance,
    sharpness: greyVariance === 0 ? 0 : laplacianVariance / greyVariance,
    colourfulness: colourfulnessOf(sums, pixels),
    clippedLow: total(greys.subarray(0, CLIP_MARGIN + 1)) / pixels,
    clippedHigh: total(greys.subarray(-CLIP_MARGIN - 1)) / pixels,
  };
}

/** The sums, and how many pixels have each grey. One pass, rows from the top; beyond the frame lies its mirror image without the edge (OpenCV's `BORDER_DEFAULT`). */
function sumPixels(
  { width, height, data }: Frame,
  kernel: RowKernel,
): { readonly sums: PixelSums; readonly greys: Uint32Array } {
  const sums = noSums();
  const rows = kernel.openRows(width);
  const [second, secondLast] = [Math.min(1, width - 1), Math.max(width - 2, 0)];
  for (let y = 0; y < height; y += 1) {
    rows.rgb.set(data.subarray(y * width * 3, (y + 1) * width * 3));
    const slot = y % 3;
    kernel.addColours(rows, slot, sums);
    const grey = rows.greys[slot];
    grey[0] = grey[1 + second];
    grey[width + 1] = grey[1 + secondLast];
    // A row's Laplacian can be taken once the row below it is there.
    if (y > 0) kernel.addLaplacian(rows, (y === 1 ? y : y - 2) % 3, (y - 1) % 3, slot, sums);
  }
  const [last, beforeLast] = [height - 1, Math.max(height - 2, 0)];
  kernel.addLaplacian(rows, beforeLast % 3, last % 3, beforeLast % 3, sums);
  const greys = new Uint32Array(GREYS);
  rows.counts.forEach((count, index) => (greys[index % GREYS] += count));
  return { sums, greys };
}

function total(counts: Uint32Array): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

function greyMoment(greys: Uint32Array, of: (grey: number) => number): number {
  return greys.reduce((sum, count, grey) => sum + count * of(grey), 0);
}

function greyAt(greys: Uint32Array, pixels: number, quantile: number): number {
  const position = (pixels - 1) * quantile;
  const below = nthGrey(greys, Math.floor(position));
  const above = nthGrey(greys, Math.ceil(position));
  return below + (above - below) * (position - Math.floor(position));
}

/** The grey of the pixel with this number, from 0, when pixels are sorted by grey. */
function nthGrey(greys: Uint32Array, number: number): number {
  let passed = 0;
  return greys.findIndex((count) => (passed += count) > number);
}

function entropyOf(greys: Uint32Array, pixels: number): number {
  return greys.reduce((bits, count) => (count === 0 ? bits : bits - (count / pixels) * Math.log2(count / pixels)), 0);
}

function colourfulnessOf({ red, green, blue, redGreenSquares, yellowBlueSquares }: PixelSums, pixels: number): number {
  const redGreen = (red - green) / pixels;
  const yellowBlue = (red + green - 2 * blue) / 2 / pixels;
  const variances = redGreenSquares / pixels - redGreen ** 2 + yellowBlueSquares / 4 / pixels - yellowBlue ** 2;
  return Math.sqrt(Math.max(variances, 0)) + 0.3 * Math.hypot(redGreen, yellowBlue);
}
