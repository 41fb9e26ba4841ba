export { definition, REQUIRED_PARAMETERS, STEP } from './project';
export { DefinitionError, type Definition, type StepJson } from './builder';
export { EnvironmentError, readEnvironment, type Environment } from './environment';
