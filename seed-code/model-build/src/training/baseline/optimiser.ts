// Runs the training graph: one step is one `session.run`.
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { BOX_ROWS, layers, parameterSizes, STRIDE } from './architecture';
import type { Batch } from './batch';
import { trainingModel, type TrainingShape } from './training-graph';

/** The network's parameters with Adam's moments, each [P]. */
export interface OptimiserState {
  readonly parameters: Float32Array;
  readonly momentum: Float32Array;
  readonly variance: Float32Array;
}

/** Mean losses per object. */
export interface Losses {
  readonly class: number;
  readonly box: number;
}

export interface StepResult {
  readonly state: OptimiserState;
  /** Before the update. */
  readonly losses: Losses;
}

export class Optimiser {
  private constructor(
    private readonly session: InferenceSession,
    private readonly shape: TrainingShape,
  ) {}

  /** @param threads that share each operator; the result does not depend on it */
  static async create(shape: TrainingShape, threads: number): Promise<Optimiser> {
    const session = await InferenceSession.create(trainingModel(shape), {
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
    });
    return new Optimiser(session, shape);
  }

  /** @param rate learning rate with Adam's bias correction; 0 measures the losses alone */
  async step({ parameters, momentum, variance }: OptimiserState, batch: Batch, rate: number): Promise<StepResult> {
    const { batch: images, crop, classes } = this.shape;
    const grid = crop / STRIDE;
    const total = parameterSizes(layers(classes)).reduce((a, b) => a + b);
    const outputs = await this.session.run({
      parameters: new Tensor('float32', parameters, [total]),
      momentum: new Tensor('float32', momentum, [total]),
      variance: new Tensor('float32', variance, [total]),
      images: new Tensor('float32', batch.images, [images, 3, crop, crop]),
      heat: new Tensor('float32', batch.heat, [images, classes, grid, grid]),
      heatWeights: new Tensor('float32', batch.heatWeights, [images, classes, grid, grid]),
      boxes: new Tensor('float32', batch.boxes, [images, BOX_ROWS, grid, grid]),
      boxWeights: new Tensor('float32', batch.boxWeights, [images, 1, grid, grid]),
      inversePositives: new Tensor('float32', [1 / Math.max(batch.positives, 1)], []),
      rate: new Tensor('float32', [rate], []),
    });
    const vector = (name: string): Float32Array => {
      const { data } = outputs[name];
      if (!(data instanceof Float32Array)) throw new TypeError(`The training graph's ${name} is not float32.`);
      return data;
    };
    return {
      state: { parameters: vector("parameters'"), momentum: vector("momentum'"), variance: vector("variance'") },
      losses: { class: vector('classLoss')[0], box: vector('boxLoss')[0] },
    };
  }

  async release(): Promise<void> {
    await this.session.release();
  }
}
