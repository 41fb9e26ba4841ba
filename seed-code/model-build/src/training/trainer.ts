// What the train step and its trainers agree on.
import type { Log } from '../sagemaker';
import type { TrainingSettings } from './settings';
import type { MetricSink } from './sink';

/** What a trainer is given. */
export interface TrainingContext {
  readonly settings: TrainingSettings;
  /** Class names by index. */
  readonly classes: readonly string[];
  /** Folder of the job's code: the step's bundle, with `training/` beside it. */
  readonly code: string;
  /** Folders of tiles: `images/<host>/*.jpg` with `labels/<host>/*.txt`. */
  readonly train: string;
  readonly validation: string;
  /** Folder of the file that `settings.weights` names. */
  readonly weights: string;
  /** Folder for what is worth keeping beside the model; it becomes output.tar.gz. */
  readonly output: string;
  /** Folder that outlives an interrupted job and is there again when the job is retried. */
  readonly checkpoints: string;
  /** Interpreter of trainers in Python: a path, or a name to find in PATH. */
  readonly python: string;
  readonly log: Log;
  readonly metrics: MetricSink;
  /** Aborted when the job is to stop: save a checkpoint, then throw `signal.reason`. */
  readonly signal: AbortSignal;
}

/** What a trainer gives back. */
export interface TrainedModel {
  /** ONNX with YOLO11's contract: `images` [1, 3, S, S] → `output0` [1, 4 + classes, N], metadata included. */
  readonly onnx: Uint8Array;
  /** Coarsest stride of the head, in pixels. */
  readonly stride: number;
  /** SPDX expression of the weights' licence. */
  readonly license: string;
  /** The trainer's own version. */
  readonly version: string;
  /** For `training.json`: curves and parameters in the trainer's own terms. */
  readonly report: Readonly<Record<string, unknown>>;
}

/** A way to train a detector. */
export interface Trainer {
  readonly name: 'baseline' | 'ultralytics';
  /** @throws StepError when the data or the settings do not allow it, or training diverges */
  train(context: TrainingContext): Promise<TrainedModel>;
}
