import { InferenceSession, Tensor } from 'onnxruntime-node';
import { parseOnnxMetadata } from '../../../src/model';
import { initialParameters, layers } from '../../../src/training/baseline/architecture';
import { emptyTargets } from '../../../src/training/baseline/assignment';
import { exportModel } from '../../../src/training/baseline/export';
import { Optimiser } from '../../../src/training/baseline/optimiser';
import { randomAt } from '../../../src/training/baseline/random';
import { referenceHead, referenceOutput } from './reference';

const CLASSES = ['car', "bird's nest", 'naïve "quote"'];
const SIZE = 64;
const GRID = SIZE / 8;
const CELLS = GRID ** 2;

const random = randomAt(3, 0);
const parameters = initialParameters(layers(CLASSES.length), random).map((value) => value + 0.05 * random.normal());
const images = Float32Array.from({ length: 3 * SIZE ** 2 }, () => random.uniform());
const model = exportModel(parameters, CLASSES, SIZE);

test('the exported model computes what the plain float64 network does, to 1e-5', async () => {
  const output = await infer();
  const expected = referenceOutput(referenceHead(Float64Array.from(parameters), images, 0, SIZE, CLASSES.length), SIZE);
  expect(output).toHaveLength(expected.length);
  const errors = expected.map((value, at) => Math.abs(output[at] - value) / Math.max(1, Math.abs(value)));
  expect(Math.max(...errors)).toBeLessThan(1e-5);
});

test('taught just the boxes that the exported model gives, the training graph finds no box loss', async () => {
  // GIVEN boxes as the exported model gives them, turned back into raw targets
  const output = await infer();
  const targets = emptyTargets(1, CLASSES.length, GRID);
  targets.boxWeights.fill(1);
  for (let cell = 0; cell < CELLS; cell += 1) {
    targets.boxes[cell] = output[cell] / 8 - (cell % GRID) - 0.5;
    targets.boxes[CELLS + cell] = output[CELLS + cell] / 8 - Math.floor(cell / GRID) - 0.5;
    targets.boxes[2 * CELLS + cell] = Math.log(output[2 * CELLS + cell] / 24);
    targets.boxes[3 * CELLS + cell] = Math.log(output[3 * CELLS + cell] / 24);
  }

  // WHEN
  const optimiser = await Optimiser.create({ classes: CLASSES.length, batch: 1, crop: SIZE }, 1);
  const still = new Float32Array(parameters.length);
  const state = { parameters, momentum: still, variance: still };
  const { losses } = await optimiser.step(state, { ...targets, images, positives: 1 }, 0);
  await optimiser.release();

  // THEN no residual is above 1e-5: a box loss is r² / 0.2
  expect(losses.box).toBeLessThan(4 * CELLS * (1e-5 ** 2 / 0.2));
});

test('metadata and shapes are those of a YOLO11 export, and say what the model is', () => {
  const metadata = parseOnnxMetadata(model, 'model.onnx');
  expect(metadata).toMatchObject({ classes: CLASSES, stride: 8, imageSize: [SIZE, SIZE], license: 'Apache-2.0' });
  expect(metadata.inputs).toEqual([{ name: 'images', elementType: 1, shape: [1, 3, SIZE, SIZE] }]);
  expect(metadata.outputs).toEqual([{ name: 'output0', elementType: 1, shape: [1, 4 + CLASSES.length, CELLS] }]);
  expect(metadata.properties.get('task')).toBe('detect');
  expect(metadata.properties.get('description')).toMatch(/baseline.*not for production/i);
});

async function infer(): Promise<Float32Array> {
  const session = await InferenceSession.create(model);
  const { output0 } = await session.run({ images: new Tensor('float32', images, [1, 3, SIZE, SIZE]) });
  return Float32Array.from(output0.data as Float32Array); // the model's output is float32, as its metadata is tested to say
}
