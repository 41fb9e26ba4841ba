export { runProcessingJob } from './processing';
export { runTrainingJob } from './training';
export { startServing, ServingError } from './serving';
export { UnsupportedJobError, parseProcessingRequest, parseTrainingRequest } from './requests';
export type {
  HostRecord,
  Interruption,
  JobOutcome,
  JobRequest,
  JobRuntime,
  LogLine,
  ObjectStore,
  RuntimeImage,
  Serving,
  ServingRequest,
  StoredObject,
} from './types';
