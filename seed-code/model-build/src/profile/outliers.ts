// Images that lie far outside of what is usual in their folder.
import { quantile } from './distribution';
import type { ImageProfile } from './image-profile';

export interface Outlier {
  readonly path: string;
  readonly measure: string;
  readonly value: number;
  /** The usual range; the value is beyond it. */
  readonly low: number;
  readonly high: number;
}

/** Interquartile ranges beyond the quartiles: J. Tukey's "far out" (Exploratory Data Analysis, 1977). */
const FENCE = 3;
/** Fewer images than this have no usual. */
const LEAST_IMAGES = 20;

const MEASURES: Readonly<Record<string, (image: ImageProfile) => number | null>> = {
  brightness: ({ features }) => features.brightness,
  contrast: ({ features }) => features.contrast,
  sharpness: ({ features }) => features.sharpness,
  colourfulness: ({ features }) => features.colourfulness,
  entropy: ({ features }) => features.entropy,
  'bytes per pixel': ({ bytes, width, height }) => bytes / (width * height),
  'pixels per frame': ({ width, height }) => width * height,
  'metres above ground': ({ capture }) => capture.height,
};

/** Sorted by measure, then path. */
export function findOutliers(images: readonly ImageProfile[]): Outlier[] {
  return Object.entries(MEASURES).flatMap(([measure, of]) => {
    const measured = images.flatMap((image) => {
      const value = of(image);
      return value === null ? [] : [{ path: image.path, value }];
    });
    if (measured.length < LEAST_IMAGES) return [];
    const sorted = Float64Array.from(measured, ({ value }) => value).sort();
    const [lower, upper] = [quantile(sorted, 0.25), quantile(sorted, 0.75)];
    const reach = FENCE * (upper - lower);
    const [low, high] = [lower - reach, upper + reach];
    return measured
      .filter(({ value }) => value < low || value > high)
      .map(({ path, value }) => ({ path, measure, value, low, high }));
  });
}
