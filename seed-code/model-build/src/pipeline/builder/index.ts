export { anyOf, compare, not, oneOf, type Condition } from './condition';
export { conditionStep, failStep } from './branch';
export { callbackStep } from './callback';
export { flatten } from './check';
export { type Definition } from './definition';
export {
  asText,
  execution,
  join,
  jsonGet,
  type Join,
  type JsonGet,
  type PropertyFile,
  type Reference,
  type Text,
} from './expression';
export { jsonText, type Document } from './json-text';
export { lambdaStep } from './lambda';
export { parameter, type Parameter } from './parameter';
export { pipeline } from './pipeline';
export { type Cache, type JobFault, type Retry, type StepFault } from './policy';
export { processingStep, type ProcessingInput, type ProcessingOutput, type ProcessingStep } from './processing';
export { registerModelStep } from './register-model';
export { DefinitionError, type Step, type StepJson } from './step';
export { trainingStep } from './training';
