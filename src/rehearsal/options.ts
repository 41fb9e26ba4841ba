// What a rehearsal is asked for, and what it tells meanwhile.
import type { Operations } from './operations';
import type { RehearsalTrainer } from './trainer';

/** A platform to publish and to launch the project from. */
export interface RehearsedPlatform {
  /** Folder of its repository. */
  readonly directory: string;
  /** What the commands of the command line do. */
  readonly operations: Operations;
}

export interface RehearsalOptions {
  /** Folder of the model-build package. */
  readonly directory: string;
  /** @default there is none: the package is rehearsed alone */
  readonly platform?: RehearsedPlatform;
  /** Where the region keeps its state. */
  readonly stateDir: string;
  /** `launcher.cjs` of the runtime images. */
  readonly launcher: string;
  /** Real imagery in YOLO layout. @default the project's own synthetic scenes */
  readonly dataDir?: string;
  /** URL of an MLflow server on this machine that follows the rehearsal. @default nothing is tracked */
  readonly mlflow?: string;
  /** Go on from what an earlier rehearsal left, so that unchanged steps come from the cache. @default false */
  readonly keep?: boolean;
  /** Trains with this, whatever the project's trainer is. @default the project's own */
  readonly trainer?: RehearsalTrainer;
  /** Trains on spot capacity, and takes the instance away so many seconds after the first checkpoint. @default never */
  readonly interruptTraining?: number;
  readonly signal: AbortSignal;
}

/** What a rehearsal tells while it runs. */
export type RehearsalEvent =
  | { readonly kind: 'phase'; readonly name: string }
  | {
      readonly kind: 'step';
      readonly name: string;
      readonly status: string;
      readonly cached: boolean;
      readonly reason?: string;
    }
  /** A line that a step's container logged. */
  | { readonly kind: 'log'; readonly job: string; readonly text: string }
  /** A line that one of the project's commands said. */
  | { readonly kind: 'said'; readonly text: string };

/** A rehearsal cannot begin; the message says what is missing and what to do. */
export class RehearsalError extends Error {
  override readonly name = 'RehearsalError';
}
