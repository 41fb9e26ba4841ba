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
  /** A job has ended. */
  | { readonly kind: 'job'; readonly name: string; readonly outcome: JobOutcome };
