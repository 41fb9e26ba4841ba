import { distribution, tally } from '../../src/profile/distribution';
import type { ImageProfile } from '../../src/profile';
import { findOutliers } from '../../src/profile/outliers';
import { adviseSizes } from '../../src/profile/tile-size';
import { features } from '../../src/profile';

describe('a distribution', () => {
  test('has NumPy’s quantiles, and every value in a bin', () => {
    const spread = distribution([4, 1, 3, 2]);
    expect(spread).toMatchObject({ count: 4, mean: 2.5, min: 1, median: 2.5, max: 4, p10: 1.3, p90: 3.7 });
    expect(spread?.histogram.counts.reduce((sum, count) => sum + count, 0)).toBe(4);
    expect([spread?.histogram.counts[0], spread?.histogram.counts.at(-1)]).toEqual([1, 1]);
  });

  test('of one value is one bin around it, and of none is null', () => {
    expect(distribution([7, 7])?.histogram).toEqual({ from: 6.5, to: 7.5, counts: [2] });
    expect(distribution([])).toBeNull();
  });
});

test('a tally names the most frequent first, equals by name', () => {
  expect(tally(['b', 'c', 'a', 'c'])).toEqual([
    { value: 'c', count: 2 },
    { value: 'a', count: 1 },
    { value: 'b', count: 1 },
  ]);
});

describe('the advised size', () => {
  test('is the whole frame where small objects keep 16 pixels', () => {
    expect(adviseSizes(32, 1280, 640)).toEqual({ sideInWholeFrame: 16, tile: null, imageSize: 640 });
  });

  test('is the largest tile that keeps them so, or the image size that would do', () => {
    expect(adviseSizes(24, 1920, 640)).toEqual({ sideInWholeFrame: 8, tile: 960, imageSize: 1280 });
    expect(adviseSizes(8, 4000, 640)).toEqual({ sideInWholeFrame: 1.28, tile: 320, imageSize: null });
  });

  test('is no tile that shows nothing around an object', () => {
    expect(adviseSizes(2, 4000, 640).tile).toBe(256);
  });
});

describe('outliers', () => {
  /** Frames of one grey each. */
  const frames = (greys: readonly number[]): ImageProfile[] =>
    greys.map((grey, index) => ({
      path: `${index}.jpg`,
      bytes: 100,
      sha256: '',
      hash: '',
      format: 'png',
      colourMode: 'srgb',
      width: 1,
      height: 1,
      features: features({ width: 1, height: 1, data: Uint8Array.of(grey, grey, grey) }),
      capture: { capturedAt: null, height: null, groundSampleDistance: null, footprint: null },
      labelled: false,
      labelFaults: 0,
      objects: { classes: new Uint16Array(), sides: new Float64Array(), atBorder: 0 },
    }));
  const usual = Array.from({ length: 21 }, (_, index) => 100 + index);

  test('are beyond three interquartile ranges, and come with the usual range', () => {
    // Of 22 values the quartiles are 105.25 and 115.75: up to 147.25 is usual.
    expect(findOutliers(frames([...usual, 147]))).toEqual([]);
    expect(findOutliers(frames([...usual, 148]))).toEqual([
      { path: '21.jpg', measure: 'brightness', value: 148, low: 73.75, high: 147.25 },
    ]);
  });

  test('are none of a few images', () => {
    expect(findOutliers(frames([100, 100, 100, 200]))).toEqual([]);
  });
});
