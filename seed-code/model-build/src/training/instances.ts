// GPU memory of SageMaker's instance types, and the largest batch that it is likely to hold. The batch is an estimate.
// Source of the types: https://aws.amazon.com/sagemaker/ai/pricing and the pages of EC2's accelerated instances.
import type { Config } from '../config';
import type { ModelSize } from './settings';

interface Gpus {
  readonly count: number;
  /** Memory of one, in GiB. */
  readonly memory: number;
}

const gpus = (count: number, memory: number): Gpus => ({ count, memory });

/** GPUs by instance type, for those that train. Types that are not listed have none, or are not known. */
export const INSTANCE_GPUS: ReadonlyMap<string, Gpus> = new Map([
  ...family('g4dn', 16, { xlarge: 1, '2xlarge': 1, '4xlarge': 1, '8xlarge': 1, '12xlarge': 4, '16xlarge': 1 }),
  ...family('g5', 24, {
    xlarge: 1,
    '2xlarge': 1,
    '4xlarge': 1,
    '8xlarge': 1,
    '12xlarge': 4,
    '16xlarge': 1,
    '24xlarge': 4,
    '48xlarge': 8,
  }),
  ...family('g6', 24, {
    xlarge: 1,
    '2xlarge': 1,
    '4xlarge': 1,
    '8xlarge': 1,
    '12xlarge': 4,
    '16xlarge': 1,
    '24xlarge': 4,
    '48xlarge': 8,
  }),
  ...family('g6e', 48, {
    xlarge: 1,
    '2xlarge': 1,
    '4xlarge': 1,
    '8xlarge': 1,
    '12xlarge': 4,
    '16xlarge': 1,
    '24xlarge': 4,
    '48xlarge': 8,
  }),
  ...family('p3', 16, { '2xlarge': 1, '8xlarge': 4, '16xlarge': 8 }),
  ...family('p3dn', 32, { '24xlarge': 8 }),
  ...family('p4d', 40, { '24xlarge': 8 }),
  ...family('p4de', 80, { '24xlarge': 8 }),
  ...family('p5', 80, { '48xlarge': 8 }),
  ...family('p5e', 141, { '48xlarge': 8 }),
]);

function family(name: string, memory: number, sizes: Readonly<Record<string, number>>): [string, Gpus][] {
  return Object.entries(sizes).map(([size, count]) => [`ml.${name}.${size}`, gpus(count, memory)]);
}

/**
 * MiB that PyTorch keeps for the backward pass of one image of 640 × 640, in float32; it grows with the image's area. Counted
 * here on a processor: the distinct tensors saved by autograd in Ultralytics 8.4.175's training forward, loss included. A GPU's
 * own use was not measured.
 */
export const ACTIVATIONS_MIB: Readonly<Record<ModelSize, number>> = {
  rehearsal: 72,
  n: 210,
  s: 400,
  m: 849,
  l: 1090,
  x: 1285,
};

/** Millions of parameters; each costs 16 bytes: weight, gradient and the optimiser's two moments. */
const PARAMETERS: Readonly<Record<ModelSize, number>> = { rehearsal: 0.3, n: 2.6, s: 9.4, m: 20.1, l: 25.3, x: 56.9 };
const BYTES_A_PARAMETER = 16;

/** Added to what is counted: gradients of activations, cuDNN's workspaces and what fragmentation loses. Assumed. */
const OVERHEAD = 1.5;
/** CUDA's context and Ultralytics' own copies of the weights, in MiB. Assumed. */
const FIXED_MIB = 1500;

/** Images that all GPUs of an instance are likely to hold at a time; undefined for a type without a GPU that is known. */
export function largestBatch(instanceType: string, modelSize: ModelSize, imageSize: number): number | undefined {
  const instance = INSTANCE_GPUS.get(instanceType);
  if (instance === undefined) return undefined;
  const weights = (PARAMETERS[modelSize] * BYTES_A_PARAMETER * 1e6) / 2 ** 20;
  const image = ACTIVATIONS_MIB[modelSize] * (imageSize / 640) ** 2 * OVERHEAD;
  return instance.count * Math.max(0, Math.floor((instance.memory * 1024 - FIXED_MIB - weights) / image));
}

/** What looks wrong about the batch before a job starts: too large for the instance, or no GPU to train on. */
export function batchWarnings({ training, instances }: Pick<Config, 'training' | 'instances'>): string[] {
  if (training.trainer !== 'ultralytics') return [];
  const { type } = instances.training;
  const largest = largestBatch(type, training.modelSize, training.imageSize);
  if (largest === undefined) {
    return training.modelSize === 'rehearsal'
      ? []
      : [
          `${type} has no GPU that is known here: YOLO11${training.modelSize} would train on a processor, many times slower.`,
        ];
  }
  if (training.batch <= largest) return [];
  return [
    `A batch of ${training.batch} looks too large for ${type}: by our estimate it holds ${largest} images of ` +
      `${training.imageSize} px with YOLO11${training.modelSize}. Lower \`batch\`, or take a larger instance.`,
  ];
}
