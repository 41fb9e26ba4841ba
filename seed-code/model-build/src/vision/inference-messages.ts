// What the main thread and an inference worker say to each other.
import type { Head } from './heads';

/** A worker's `workerData`: one model, one session. */
export interface WorkerSetup {
  readonly modelPath: string;
  readonly inputName: string;
  /** Side of the square input, in pixels. */
  readonly imageSize: number;
  /** Images in one run; fewer are allowed where `batchIsFree`. */
  readonly batch: number;
  readonly batchIsFree: boolean;
  /** How many classes are named; null where nothing names them. */
  readonly classes: number | null;
  /** `intraOpNumThreads` of the session. */
  readonly threads: number;
  /** Whether other threads go first. */
  readonly yielding: boolean;
}

/** What a run should report. */
export interface RunSettings {
  readonly confidence: number;
  /** NMS's IoU; null reports every candidate. */
  readonly iou: number | null;
  readonly maxDetections: number;
  readonly multiLabel: boolean;
  readonly agnostic: boolean;
}

/** To the worker: run the model on the first `images` of `tensor`, whose buffer is handed over. */
export interface InferenceRequest {
  readonly id: number;
  /** `[batch, 3, imageSize, imageSize]`. */
  readonly tensor: Float32Array;
  readonly images: number;
  readonly settings: RunSettings;
}

/** From the worker; `tensor` comes back for the next request. */
export type InferenceReply =
  | { readonly type: 'ready'; readonly head: Head }
  | { readonly type: 'refused'; readonly reason: string }
  | { readonly type: 'failed'; readonly id: number; readonly tensor: Float32Array; readonly reason: string }
  | {
      readonly type: 'done';
      readonly id: number;
      readonly tensor: Float32Array;
      /** For each image, rows of `[left, top, right, bottom, score, class]` in pixels of the square, highest score first. */
      readonly detections: readonly Float32Array[];
    };

/** Numbers in one row of a reply's detections. */
export const ROW = 6;
