export { trackingAddress, type TrackingAddress } from './address';
export { connect, type ConnectionOptions, type TrackingConnection } from './connection';
export { TrackingAddressError, TrackingOutageError, TrackingRefusedError } from './errors';
export {
  executionNames,
  executionRun,
  ExecutionArnError,
  RUN_TAGS,
  stepRun,
  type TrackedExecution,
} from './execution-runs';
export { findRun, settle } from './find-run';
export { JOB_TAGS, RUN_TAG, TRACKING_ENVIRONMENT, TRACKING_OUTPUT } from './job-tags';
export { localRun } from './local-run';
export { JOURNAL_FILE, JournalError } from './journal';
export { linkExecution, type Linked } from './link-execution';
export { mlflow, type MlflowClient, type Run } from './mlflow';
export { openRunLog, replay, untracked, type OpenRunLog, type RunLog } from './run-log';
export { signedHeaders, type Credentials } from './signing';
export { openStepRun } from './step-run';
