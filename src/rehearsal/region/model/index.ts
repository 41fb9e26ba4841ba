// The services' own models, as botocore publishes them, cut down to what the region answers (see README.md beside this file).
import cloudformation from './cloudformation.json';
import codebuild from './codebuild.json';
import codecommit from './codecommit.json';
import codeconnections from './codeconnections.json';
import codepipeline from './codepipeline.json';
import ecr from './ecr.json';
import events from './events.json';
import iam from './iam.json';
import kms from './kms.json';
import lambda from './lambda.json';
import logs from './logs.json';
import s3 from './s3.json';
import runtime from './sagemaker-runtime.json';
import sagemaker from './sagemaker.json';
import servicecatalog from './servicecatalog.json';
import servicequotas from './service-quotas.json';
import sns from './sns.json';
import sqs from './sqs.json';
import ssm from './ssm.json';
import sts from './sts.json';
import type { ServiceModel } from './shapes';

export type { OperationModel, Reference, ServiceModel, StructureShape } from './shapes';
export { requestProblems, responseProblems, type Problem } from './validate';

// What TypeScript infers of a JSON file is wider (every `type` a string) and narrower (each shape its own) than its format.
export const CLOUDFORMATION_MODEL = cloudformation as unknown as ServiceModel;
export const CODEBUILD_MODEL = codebuild as unknown as ServiceModel;
export const CODECOMMIT_MODEL = codecommit as unknown as ServiceModel;
export const CODECONNECTIONS_MODEL = codeconnections as unknown as ServiceModel;
export const CODEPIPELINE_MODEL = codepipeline as unknown as ServiceModel;
export const ECR_MODEL = ecr as unknown as ServiceModel;
export const EVENTS_MODEL = events as unknown as ServiceModel;
export const IAM_MODEL = iam as unknown as ServiceModel;
export const KMS_MODEL = kms as unknown as ServiceModel;
export const LAMBDA_MODEL = lambda as unknown as ServiceModel;
export const LOGS_MODEL = logs as unknown as ServiceModel;
export const SERVICE_CATALOG_MODEL = servicecatalog as unknown as ServiceModel;
export const SERVICE_QUOTAS_MODEL = servicequotas as unknown as ServiceModel;
export const SNS_MODEL = sns as unknown as ServiceModel;
export const SQS_MODEL = sqs as unknown as ServiceModel;
export const SSM_MODEL = ssm as unknown as ServiceModel;
export const STS_MODEL = sts as unknown as ServiceModel;
export const S3_MODEL = s3 as unknown as ServiceModel;
export const SAGEMAKER_MODEL = sagemaker as unknown as ServiceModel;
export const RUNTIME_MODEL = runtime as unknown as ServiceModel;
