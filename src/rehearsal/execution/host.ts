// What an execution asks of the region that it runs in, and what it tells it.
import type { JsonObject } from './json';
import type { RetryableException } from './retry';
import type { CallStep } from './step';

type OutputParameters = readonly { readonly Name: string; readonly Value: string }[];

/** `PipelineExecutionStepMetadata` of the API, of the step types that a rehearsal runs. */
export interface StepMetadata {
  readonly ProcessingJob?: { readonly Arn: string };
  readonly TrainingJob?: { readonly Arn: string };
  readonly Model?: { readonly Arn: string };
  readonly RegisterModel?: { readonly Arn: string };
  readonly Lambda?: { readonly Arn: string; readonly OutputParameters?: OutputParameters };
  readonly Callback?: {
    readonly CallbackToken: string;
    readonly SqsQueueUrl: string;
    readonly OutputParameters?: OutputParameters;
  };
  readonly Condition?: { readonly Outcome: 'True' | 'False' };
  readonly Fail?: { readonly ErrorMessage: string };
}

/** How one attempt at a step's API call, and the job that it started, ended. */
export type StepOutcome =
  /** `properties` is the response of the matching Describe operation, to which `Steps.<name>.…` refers. */
  | { readonly status: 'Succeeded'; readonly properties: JsonObject; readonly metadata: StepMetadata }
  /** `exception` is set where a retry policy may name it. */
  | { readonly status: 'Failed'; readonly reason: string; readonly exception?: RetryableException }
  | { readonly status: 'Stopped' };

/** An earlier successful run of the same step, to be used instead of running it again. */
export interface CachedRun {
  readonly executionArn: string;
  readonly properties: JsonObject;
  readonly metadata: StepMetadata;
}

export type StepStatus = 'Starting' | 'Executing' | 'Stopping' | 'Stopped' | 'Failed' | 'Succeeded';

/** `PipelineExecutionStep` of the API: the state of a step that has been started, at one moment. */
export interface StepState {
  readonly StepName: string;
  readonly StepDisplayName?: string;
  readonly StepDescription?: string;
  readonly StartTime: Date;
  readonly EndTime?: Date;
  readonly StepStatus: StepStatus;
  readonly CacheHitResult?: { readonly SourcePipelineExecutionArn: string };
  readonly FailureReason?: string;
  readonly Metadata?: StepMetadata;
  readonly AttemptCount: number;
}

export interface ExecutionHost {
  /**
   * Makes a step's API call and waits for the job that it starts.
   * @param request the step's arguments with every expression resolved
   * @param report tells the job's ARN as soon as it is known
   * @param signal aborted when the execution is stopped; the job is then to be stopped too
   */
  runStep(
    step: CallStep,
    request: JsonObject,
    report: (metadata: StepMetadata) => void,
    signal: AbortSignal,
  ): Promise<StepOutcome>;
  /** The text of the object at `s3Uri`; rejects with an error whose message says why it cannot be read. */
  readObject(s3Uri: string): Promise<string>;
  /**
   * The latest successful run, in any execution of this pipeline, of the step with this name and cache key.
   * @param notBefore runs that ended earlier have expired
   * @returns undefined when there is none
   */
  findCached(step: CallStep, cacheKey: string, notBefore: Date | undefined): Promise<CachedRun | undefined>;
  /** Called with the whole state of a step at each change; `cacheKey` comes with a success that {@link findCached} may find. */
  onStep(state: StepState, cacheKey?: string): void;
  /** Resolves after so many milliseconds, or at once when the signal is aborted. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
  now(): Date;
}
