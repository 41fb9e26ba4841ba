// The resource types that stacks may have: what the project's templates use.
import { CODEBUILD_RESOURCES } from '../codebuild/resources';
import { CODECOMMIT_RESOURCES } from '../codecommit/resources';
import { CODEPIPELINE_RESOURCES } from '../codepipeline/resources';
import { ECR_RESOURCES } from '../ecr/resources';
import { EVENTS_RESOURCES } from '../eventbridge/resources';
import { IAM_RESOURCES } from '../iam/resources';
import { KMS_RESOURCES } from '../kms/resources';
import { LAMBDA_RESOURCES } from '../lambda/resources';
import { LOGS_RESOURCES } from '../cloudwatch-logs/resources';
import { S3_RESOURCES } from '../s3/resources';
import { SAGEMAKER_RESOURCES } from '../sagemaker/resources';
import { SERVICE_CATALOG_RESOURCES } from '../service-catalog/resources';
import { SNS_RESOURCES } from '../sns/resources';
import { CUSTOM_RESOURCE } from './custom-resource';
import type { ResourceType } from './resource';
import { templateError } from './template';

const TYPES: ReadonlyMap<string, ResourceType> = new Map(
  [
    ...IAM_RESOURCES,
    ...S3_RESOURCES,
    ...SAGEMAKER_RESOURCES,
    ...CODECOMMIT_RESOURCES,
    ...CODEBUILD_RESOURCES,
    ...CODEPIPELINE_RESOURCES,
    ...EVENTS_RESOURCES,
    ...LAMBDA_RESOURCES,
    ...SNS_RESOURCES,
    ...LOGS_RESOURCES,
    ...KMS_RESOURCES,
    ...ECR_RESOURCES,
    ...SERVICE_CATALOG_RESOURCES,
  ].map((type) => [type.type, type]),
);

/** @throws AwsError ValidationError for a type that the region has not */
export function resourceType(name: string): ResourceType {
  const type = name.startsWith('Custom::') || name === CUSTOM_RESOURCE.type ? CUSTOM_RESOURCE : TYPES.get(name);
  if (type === undefined) {
    const known = [...TYPES.keys()].join(', ');
    throw templateError(
      `Template format error: Unrecognized resource types: [${name}]. The rehearsal region has ${known} and Custom::*.`,
    );
  }
  return type;
}

/** Attributes that a resource of the type will have. */
export function physicalIdAttributes(name: string): readonly string[] {
  return resourceType(name).attributes ?? [];
}
