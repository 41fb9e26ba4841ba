export { parseDefinition } from './definition';
export { DefinitionError } from './document';
export type { CallStep, OutputParameterType, PipelineDefinition, Step } from './step';
export { bindParameters, ParameterError, type ParameterValues } from './parameters';
export { execute, type ExecutionOutcome, type ExecutionRequest } from './execute';
export type { CachedRun, ExecutionHost, StepMetadata, StepOutcome, StepState, StepStatus } from './host';
export type { Json, JsonObject } from './json';
export { RETRYABLE_EXCEPTIONS, type RetryableException } from './retry';
export type { ExecutionVariables } from './variables';
