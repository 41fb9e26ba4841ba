export {
  addedBundles,
  definition,
  experimentOf,
  projectTags,
  REQUIRED_PARAMETERS,
  STEP,
  VISIBLE_SHARE,
  type Outcome,
} from './project';
export { DefinitionError, type Definition, type StepJson } from './builder';
export { EnvironmentError, readEnvironment, type Environment } from './environment';
export { findLiveModel } from './live-model';
export { onlySample, pushSample, sampleConfig, SAMPLE_NOTE } from './sample';
export { findDataVersion, start } from './start';
export { ensureFunctions } from './step-functions';
export { ensureQueues, findQueue } from './step-queues';
export { ensureModelPackageGroup, PipelineError, plan, upsert, type Clients, type Upserted } from './upsert';
export { trackExecution } from './track';
export { wait, type Ended, type StepChange } from './wait';
