import { learningRate, MOST_CROPS, stepsFor } from '../../../src/training/baseline/schedule';
import { ADAM } from '../../../src/training/baseline/training-graph';

test('an epoch draws as many crops as cover the tiles', () => {
  expect(stepsFor(3, 4, 10, 16)).toBe((3 * 10 * 16) / 4);
  expect(stepsFor(1, 4, 1, 1)).toBe(1);
});

test('a run ends after a fixed number of crops, whatever the epochs', () => {
  expect(stepsFor(1000, 8, 5000, 16)).toBe(MOST_CROPS / 8);
});

test('the rate rises for fifty steps, then falls along a cosine to 2 % of its peak', () => {
  const steps = 400;
  const rate = (step: number): number => {
    const correction = Math.sqrt(1 - ADAM.beta2 ** (step + 1)) / (1 - ADAM.beta1 ** (step + 1));
    return learningRate(step, steps) / correction;
  };
  expect(rate(0)).toBeCloseTo(8e-3 / 50, 6);
  expect(rate(49)).toBeGreaterThan(7.5e-3);
  expect(rate(200)).toBeCloseTo((8e-3 * 1.02) / 2, 9);
  expect(rate(399)).toBeCloseTo(8e-3 * 0.02, 6);
});
