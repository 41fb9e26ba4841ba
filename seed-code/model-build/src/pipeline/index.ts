export { definition, addedBundles, projectTags, REQUIRED_PARAMETERS, STEP } from './project';
export { DefinitionError, type Definition, type StepJson } from './builder';
export { EnvironmentError, readEnvironment, type Environment } from './environment';
export { findDataVersion, start } from './start';
export { ensureModelPackageGroup, PipelineError, plan, upsert, type Clients, type Upserted } from './upsert';
export { wait, type Ended, type StepChange } from './wait';
