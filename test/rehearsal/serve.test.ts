import { sameDetections } from '../../src/rehearsal/serve';

const vehicle = { box: [10, 20, 30, 40], score: 0.8, class: 'vehicle' };
const person = { box: [100, 20, 105, 30], score: 0.4, class: 'person' };

describe('detections are the same', () => {
  test('in whatever order they come', () => {
    expect(sameDetections([vehicle, person], [person, vehicle])).toBe(true);
    expect(sameDetections([], [])).toBe(true);
  });

  test('when boxes differ by a hundredth of a pixel and scores by a thousandth at most', () => {
    expect(sameDetections([{ ...vehicle, box: [10.009, 20, 30, 39.991], score: 0.8009 }], [vehicle])).toBe(true);
    expect(sameDetections([{ ...vehicle, box: [10, 20, 30, 40.011] }], [vehicle])).toBe(false);
    expect(sameDetections([{ ...vehicle, score: 0.7989 }], [vehicle])).toBe(false);
  });

  test('only of the same class', () => {
    expect(sameDetections([{ ...vehicle, class: 'person' }], [vehicle])).toBe(false);
  });

  test('only one for one: neither fewer, nor more, nor one twice', () => {
    expect(sameDetections([vehicle], [vehicle, person])).toBe(false);
    expect(sameDetections([vehicle, person], [vehicle])).toBe(false);
    expect(sameDetections([vehicle, vehicle], [vehicle, person])).toBe(false);
    expect(sameDetections([vehicle, vehicle], [vehicle, vehicle])).toBe(true);
  });

  test.each([
    ['coordinates', { ...vehicle, box: [NaN, 20, 30, 40] }],
    ['scores', { ...vehicle, score: NaN }],
  ])('never where %s are not numbers', (_what, one) => {
    expect(sameDetections([one], [vehicle])).toBe(false);
    expect(sameDetections([vehicle], [one])).toBe(false);
  });
});
