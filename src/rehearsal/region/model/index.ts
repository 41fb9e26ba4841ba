// The services' own models, as botocore publishes them, cut down to what the region answers (see README.md beside this file).
import s3 from './s3.json';
import runtime from './sagemaker-runtime.json';
import sagemaker from './sagemaker.json';
import type { ServiceModel } from './shapes';

export type { OperationModel, Reference, ServiceModel, StructureShape } from './shapes';
export { requestProblems, responseProblems, type Problem } from './validate';

// What TypeScript infers of a JSON file is wider (every `type` a string) and narrower (each shape its own) than its format.
export const S3_MODEL = s3 as unknown as ServiceModel;
export const SAGEMAKER_MODEL = sagemaker as unknown as ServiceModel;
export const RUNTIME_MODEL = runtime as unknown as ServiceModel;
