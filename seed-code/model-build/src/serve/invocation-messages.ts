// What the server's main thread and the thread that answers say to each other.
import type { RequestBounds } from './attributes';
import type { Invocation, InvocationAnswer } from './invocation';
import type { InvocationLimits } from './model-invocations';
import type { RequestStatus } from './request-error';

/** The thread's `workerData`. */
export interface InvocationSetup {
  /** Holds `model.onnx` and `model.json`. */
  readonly folder: string;
  /** Threads that run the model. */
  readonly workers: number;
  readonly limits: InvocationLimits;
  readonly bounds: RequestBounds;
}

/** To the thread: answer, or close what is open and end. */
export type InvocationRequest =
  { readonly type: 'answer'; readonly id: number; readonly invocation: Invocation } | { readonly type: 'close' };

/** From the thread. A status of null is a failure of ours. */
export type InvocationReply =
  | { readonly type: 'ready'; readonly modelVersion: string }
  | { readonly type: 'answered'; readonly id: number; readonly answer: InvocationAnswer }
  | {
      readonly type: 'refused';
      readonly id: number;
      readonly status: RequestStatus | null;
      readonly reason: string;
      readonly stack: string | undefined;
    };
