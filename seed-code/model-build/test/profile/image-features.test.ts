// DRONE_MLOPS_KIT_AIS holds the KIT AIS frames that the known answers are of.
import { join } from 'node:path';
import { features } from '../../src/profile';
import { decodeImage, type Frame } from '../../src/vision';
import { randomPixels } from '../vision/random';
import { images as known } from './known-answers.json';

const frames = process.env.DRONE_MLOPS_KIT_AIS;
const testWithFrames = frames === undefined ? test.skip : test;

describe('the features of a frame', () => {
  testWithFrames.each(known)('are those of OpenCV and NumPy for $file', async (answer) => {
    const found = features(await decodeImage(join(frames ?? '', answer.file)));
    expect(found.meanRgb.map((mean, channel) => mean - answer.mean_rgb[channel])).toEqual([
      expect.closeTo(0, 10),
      expect.closeTo(0, 10),
      expect.closeTo(0, 10),
    ]);
    expect(found.greyPercentiles).toEqual(answer.gray_p);
    expect(found).toMatchObject({
      brightness: expect.closeTo(answer.gray_mean, 10) as number,
      contrast: expect.closeTo(answer.gray_std, 10) as number,
      entropy: expect.closeTo(answer.entropy_bits, 10) as number,
      laplacianVariance: expect.closeTo(answer.laplacian_var, 9) as number,
      colourfulness: expect.closeTo(answer.colorfulness, 10) as number,
      clippedLow: answer.clip_low,
      clippedHigh: answer.clip_high,
    });
  });

  test('of black and white halves are known without a computer', () => {
    // Columns 0, 0, 255, 255: the Laplacian is 0, 255, −255, 0 in every row, its mirror image beyond the edges.
    const found = features(grey([0, 0, 255, 255], 3));
    expect(found).toMatchObject({
      meanRgb: [127.5, 127.5, 127.5],
      brightness: 127.5,
      contrast: 127.5,
      greyPercentiles: [0, 0, 127.5, 255, 255],
      entropy: 1,
      laplacianVariance: 255 ** 2 / 2,
      sharpness: 2,
      colourfulness: 0,
      clippedLow: 0.5,
      clippedHigh: 0.5,
    });
  });

  test('tell colour: pure red and pure green are as colourful as opponents can be', () => {
    // Red − green is ±255, (red + green) / 2 − blue is 127.5 throughout.
    const found = features({ width: 2, height: 1, data: Uint8Array.of(255, 0, 0, 0, 255, 0) });
    expect(found.colourfulness).toBeCloseTo(255 + 0.3 * 127.5, 10);
  });

  test('of one grey have no sharpness, and no number that is none', () => {
    expect(features(grey([7], 1))).toMatchObject({ brightness: 7, contrast: 0, entropy: 0, sharpness: 0 });
    expect(
      Object.values(features(grey([255], 2)))
        .flat()
        .every(Number.isFinite),
    ).toBe(true);
  });

  test('tell a blurred frame by its sharpness whatever its contrast', () => {
    const frame = { width: 64, height: 48, data: randomPixels(64, 48, 1) };
    const faint = { ...frame, data: frame.data.map((value) => 100 + value / 8) };
    expect(features(faint).sharpness / features(frame).sharpness).toBeCloseTo(1, 1);
    expect(features(boxBlurred(frame)).sharpness).toBeLessThan(features(frame).sharpness / 5);
  });
});

/** Rows of the same greys. */
function grey(row: readonly number[], height: number): Frame {
  const pixels = Array.from({ length: height }, () => row.flatMap((value) => [value, value, value])).flat();
  return { width: row.length, height, data: Uint8Array.from(pixels) };
}

/** Each pixel the mean of the nine around it. */
function boxBlurred({ width, height, data }: Frame): Frame {
  const within = (value: number, most: number) => Math.min(Math.max(value, 0), most);
  const mean = (index: number): number => {
    const [x, y, channel] = [Math.floor(index / 3) % width, Math.floor(index / 3 / width), index % 3];
    const around = [-1, 0, 1].flatMap((dy) =>
      [-1, 0, 1].map((dx) => data[(within(y + dy, height - 1) * width + within(x + dx, width - 1)) * 3 + channel]),
    );
    return around.reduce((sum, value) => sum + value, 0) / around.length;
  };
  return { width, height, data: data.map((_, index) => mean(index)) };
}
