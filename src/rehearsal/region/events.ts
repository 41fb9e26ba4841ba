// What happens in a region, as it happens.
import type { StepState } from '../execution';
import type { JobOutcome, LogLine } from '../jobs';

export type RegionEvent =
  /** A request was answered. */
  | { readonly kind: 'request'; readonly operation: string; readonly status: number; readonly milliseconds: number }
  /** An execution has begun, or ended; statuses as DescribePipelineExecution has them. */
  | { readonly kind: 'execution'; readonly arn: string; readonly status: string; readonly failureReason?: string }
  | { readonly kind: 'step'; readonly executionArn: string; readonly step: StepState }
  /** A job's container printed a line. */
  | { readonly kind: 'log'; readonly job: string; readonly line: LogLine }
  /** A function failed; `failure` is what it answered. */
  | { readonly kind: 'function'; readonly name: string; readonly failure: string }
  /** A rule handed an event to its target, or could not. */
  | {
      readonly kind: 'delivery';
      readonly rule: string;
      readonly target: string;
      readonly event: string;
      readonly failure?: string;
    }
  /** A build printed a line, or several. */
  | { readonly kind: 'build-log'; readonly build: string; readonly text: string }
  /** A build has begun, or ended; statuses as BatchGetBuilds has them. */
  | { readonly kind: 'build'; readonly build: string; readonly status: string }
  /** An execution of a CodePipeline pipeline, a stage or an action of it; statuses as its events have them. */
  | {
      readonly kind: 'pipeline';
      readonly pipeline: string;
      readonly execution: string;
      readonly stage?: string;
      readonly action?: string;
      readonly status: string;
      readonly reason?: string;
    }
  /** A model package was registered, or decided on. */
  | { readonly kind: 'package'; readonly arn: string }
  /** A job has ended. */
  | { readonly kind: 'job'; readonly name: string; readonly outcome: JobOutcome };
