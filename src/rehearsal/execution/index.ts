export { parseDefinition } from './definition';
export { DefinitionError } from './document';
export type { CallStep, OutputParameterType, PipelineDefinition, Step } from './step';
export { bindParameters, ParameterError, type ParameterValues } from './parameters';
export { execute, type ExecutionOutcome, type ExecutionRequest } from './execute';
export {
  RETRYABLE_EXCEPTIONS,
  type CachedRun,
  type ExecutionHost,
  type RetryableException,
  type StepMetadata,
  type StepOutcome,
  type StepState,
  type StepStatus,
} from './host';
export type { Json, JsonObject } from './json';
export type { ExecutionVariables } from './variables';
