import { mergeDetections, type Detection, type MergeOptions } from '../../src/vision';

const detection = (box: [number, number, number, number], score: number, classIndex = 0): Detection => ({
  box,
  score,
  classIndex,
});
const options = (change: Partial<MergeOptions>): MergeOptions => ({
  method: 'nms',
  metric: 'ios',
  threshold: 0.5,
  ...change,
});

describe('mergeDetections', () => {
  const whole = detection([0, 0, 40, 20], 0.9);
  const cut = detection([0, 0, 10, 20], 0.6);

  test('drops what a tile border cut off: its overlap over the smaller box is whole, over the union small', () => {
    expect(mergeDetections([cut, whole], options({}))).toEqual([whole]);
    expect(mergeDetections([cut, whole], options({ metric: 'iou' }))).toEqual([whole, cut]);
  });

  test('matches at the threshold itself', () => {
    const half = detection([30, 0, 50, 20], 0.5);
    expect(mergeDetections([whole, half], options({}))).toEqual([whole]);
    expect(mergeDetections([whole, half], options({ threshold: 0.501 }))).toHaveLength(2);
  });

  test('grows the best box to the union, asking again with the grown box', () => {
    const right = detection([30, 0, 48, 20], 0.5);
    // Matches the first box by half, but after the box has grown as well; the union takes all three in.
    const far = detection([36, 0, 44, 20], 0.4);
    const merged = mergeDetections([whole, right, far], options({ method: 'nmm' }));
    expect(merged).toEqual([detection([0, 0, 48, 20], 0.9)]);
  });

  test('keeps classes apart, and breaks equal scores by the left edge', () => {
    const other = { ...whole, classIndex: 1 };
    const shifted = detection([1, 0, 41, 20], 0.9);
    expect(mergeDetections([shifted, other, whole], options({}))).toEqual([whole, other]);
  });
});
