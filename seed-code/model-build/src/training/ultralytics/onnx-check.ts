// Holds the exported ONNX against PyTorch: the same tiles through the very runtime that will serve the model.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { StepError } from '../../sagemaker';

/** Scores, and boxes in shares of the image, may differ by so much. */
const TOLERANCE = 1e-4;
/** Rows of an output that are the box; the others are scores. */
const BOX_ROWS = 4;

/**
 * @param work folder with `check-input.f32`, [B, 3, S, S], and what PyTorch makes of it, `check-output.f32`, [B, 4 + classes, N]
 * @returns the largest difference
 * @throws StepError when it is above 1e-4
 */
export async function checkOnnx(onnx: Uint8Array, work: string, imageSize: number): Promise<number> {
  const [input, expected] = await Promise.all(
    ['check-input.f32', 'check-output.f32'].map((name) => floats(join(work, name))),
  );
  const session = await InferenceSession.create(onnx, { intraOpNumThreads: 1 });
  try {
    const [name = ''] = session.inputNames;
    const batch = input.length / (3 * imageSize * imageSize);
    const outputs = await session.run({ [name]: new Tensor('float32', input, [batch, 3, imageSize, imageSize]) });
    const output = outputs[session.outputNames[0] ?? ''];
    const difference = largestDifference(output, expected, imageSize);
    if (difference <= TOLERANCE) return difference;
    throw new StepError(
      `The exported ONNX answers otherwise than PyTorch: by up to ${difference.toExponential(1)}, where ${TOLERANCE} is ` +
        'permitted. Report it with training.json; a retry will not help.',
    );
  } finally {
    await session.release();
  }
}

/** @param output [B, 4 + classes, N] */
function largestDifference({ data, dims }: Tensor, expected: Float32Array, imageSize: number): number {
  const values = data as Float32Array; // the model's output is float32, as the detector wants it
  const [, rows = 1, columns = 1] = dims;
  if (values.length !== expected.length) return Infinity;
  let largest = 0;
  for (let index = 0; index < values.length; index += 1) {
    const row = Math.floor(index / columns) % rows;
    const difference = Math.abs(values[index] - expected[index]) / (row < BOX_ROWS ? imageSize : 1);
    if (!(difference <= largest)) largest = difference; // NaN is the largest
  }
  return largest;
}

async function floats(file: string): Promise<Float32Array> {
  const bytes = await readFile(file);
  return new Float32Array(new Uint8Array(bytes).buffer);
}
