import { initialParameters, layers, parameterSizes } from '../../../src/training/baseline/architecture';
import { emptyTargets, assign } from '../../../src/training/baseline/assignment';
import type { Batch } from '../../../src/training/baseline/batch';
import { Optimiser, type OptimiserState } from '../../../src/training/baseline/optimiser';
import { randomAt } from '../../../src/training/baseline/random';
import { ADAM, CLIP_NORM } from '../../../src/training/baseline/training-graph';
import { referenceLosses } from './reference';

const CLASSES = 2;
const SHAPE = { classes: CLASSES, batch: 2, crop: 24 };
const GRID = 3;
/** Large, so that the gradient stays below the norm at which it would be clipped. */
const POSITIVES = 50;

const random = randomAt(7, 0);
const net = layers(CLASSES);
// A head as random as the rest, so that every term of the loss is at work.
const parameters = initialParameters(net, random).map((value) => value + 0.05 * random.normal());
const batch = exampleBatch();
let optimiser: Optimiser;

beforeAll(async () => {
  optimiser = await Optimiser.create(SHAPE, 1);
});
afterAll(() => optimiser.release());

test('the losses are those of the plain float64 network', async () => {
  const { losses } = await optimiser.step(fresh(), batch, 0);
  const expected = referenceLosses(
    Float64Array.from(parameters),
    batch,
    1 / POSITIVES,
    SHAPE.batch,
    SHAPE.crop,
    CLASSES,
  );
  expect(Math.abs(losses.class / expected.classLoss - 1)).toBeLessThan(1e-5);
  expect(Math.abs(losses.box / expected.boxLoss - 1)).toBeLessThan(1e-5);
});

test('the gradient of every layer equals central differences in float64 to 1e-5 of its largest entry', async () => {
  // GIVEN Adam's first moment after one step from zero, which is (1 - beta1) times the gradient
  const { state } = await optimiser.step(fresh(), batch, 0);
  const gradient = state.momentum.map((value) => value / (1 - ADAM.beta1));

  // WHEN a few parameters of each weight and bias are moved both ways
  const loss = (moved: Float64Array): number => {
    const { classLoss, boxLoss } = referenceLosses(moved, batch, 1 / POSITIVES, SHAPE.batch, SHAPE.crop, CLASSES);
    return classLoss + boxLoss;
  };
  const difference = 1e-5;
  let start = 0;
  for (const size of parameterSizes(net)) {
    const part = gradient.subarray(start, start + size);
    const largest = Math.max(...part.map(Math.abs));
    for (let probe = 0; probe < 4; probe += 1) {
      // The first probe is at the largest entry: a gradient of zeros everywhere must not pass.
      const at = start + (probe === 0 ? part.findIndex((value) => Math.abs(value) === largest) : random.below(size));
      const [up, down] = [Float64Array.from(parameters), Float64Array.from(parameters)];
      up[at] += difference;
      down[at] -= difference;
      const expected = (loss(up) - loss(down)) / (2 * difference);

      // THEN
      expect(Math.abs(gradient[at] - expected) / largest).toBeLessThan(1e-5);
    }
    start += size;
  }
});

test('gradients are clipped to their global norm', async () => {
  const { state } = await optimiser.step(fresh(), { ...batch, positives: 1e-3 }, 0);
  // A thousandth of an object is below one, so the loss is divided by one: fifty times the gradient above.
  expect(Math.hypot(...state.momentum) / (1 - ADAM.beta1)).toBeCloseTo(CLIP_NORM, 4);
});

test('parameters move as Adam says, by the rate that is fed', async () => {
  // GIVEN moments of earlier steps
  const momentum = parameters.map(() => 0.1 * random.normal());
  const variance = parameters.map(() => 0.1 * random.uniform());

  // WHEN
  const rate = 0.01;
  const still = await optimiser.step(fresh(), batch, 0);
  const { state } = await optimiser.step({ parameters, momentum, variance }, batch, rate);

  // THEN
  const gradient = still.state.momentum.map((value) => value / (1 - ADAM.beta1));
  parameters.forEach((value, at) => {
    const first = ADAM.beta1 * momentum[at] + (1 - ADAM.beta1) * gradient[at];
    const second = ADAM.beta2 * variance[at] + (1 - ADAM.beta2) * gradient[at] ** 2;
    const moved = (rate * first) / (Math.sqrt(second) + ADAM.epsilon);
    if (Math.abs(state.parameters[at] - (value - moved)) > 1e-5) throw new Error(`parameter ${at} moved otherwise`);
  });
  expect(still.state.parameters).toEqual(parameters);
});

function fresh(): OptimiserState {
  return {
    parameters,
    momentum: new Float32Array(parameters.length),
    variance: new Float32Array(parameters.length),
  };
}

function exampleBatch(): Batch {
  const images = Float32Array.from({ length: SHAPE.batch * 3 * SHAPE.crop ** 2 }, () => random.uniform());
  const targets = emptyTargets(SHAPE.batch, CLASSES, GRID);
  assign([{ box: [1, 2, 20, 15], classIndex: 0, visible: 1 }], targets, 0, CLASSES, GRID);
  assign([{ box: [9, 5, 14, 21], classIndex: 1, visible: 0.8 }], targets, 1, CLASSES, GRID);
  assign([{ box: [0, 0, 6, 6], classIndex: 0, visible: 0.1 }], targets, 1, CLASSES, GRID);
  return { ...targets, images, positives: POSITIVES };
}
