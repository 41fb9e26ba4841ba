// The part of launching that does not depend on the template: what Service Catalog and SageMaker do themselves with a launch role.
import { platformNames } from '../platform';
import type { Statement } from './launch-policy';

/** Stacks that Service Catalog makes for SageMaker are called `SC-…`, those that SageMaker makes from S3 `SP-…`. */
const stacks = (prefix: string) =>
  `arn:\${AWS::Partition}:cloudformation:\${AWS::Region}:\${AWS::AccountId}:stack/${prefix}-*`;

/**
 * Service Catalog provisions in the launch role's name.
 * Source: "AWS Service Catalog Launch Constraints", https://docs.aws.amazon.com/servicecatalog/latest/adminguide/constraints-launch.html
 */
export function serviceCatalogStatements(): Statement[] {
  return [
    {
      Sid: 'ProvisionedStacks',
      Effect: 'Allow',
      Action: [
        'cloudformation:CreateStack',
        'cloudformation:DeleteStack',
        'cloudformation:DescribeStackEvents',
        'cloudformation:DescribeStacks',
        'cloudformation:SetStackPolicy',
        'cloudformation:TagResource',
        'cloudformation:UpdateStack',
      ],
      Resource: [stacks('SC')],
    },
    {
      Sid: 'ReadTemplates',
      Effect: 'Allow',
      Action: ['cloudformation:GetTemplateSummary', 'cloudformation:ValidateTemplate'],
      Resource: ['*'],
    },
    // Service Catalog keeps templates in a bucket of its own, and marks those that may be provisioned.
    {
      Sid: 'ProvisionedTemplates',
      Effect: 'Allow',
      Action: ['s3:GetObject'],
      Resource: ['*'],
      Condition: { StringEquals: { 's3:ExistingObjectTag/servicecatalog:provisioning': 'true' } },
    },
  ];
}

/**
 * What the role of a person in Studio needs to create projects from templates in S3; the launch role itself needs nothing more.
 * Source: "Create a MLOps project from a template in S3", https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-projects-templates-custom.html
 */
export function studioStatements(platform: string): Statement[] {
  const { catalogBucket, templateLaunchRole } = platformNames(platform);
  return [
    {
      Sid: 'ProjectStacks',
      Effect: 'Allow',
      Action: [
        'cloudformation:CreateStack',
        'cloudformation:DeleteStack',
        'cloudformation:DescribeStacks',
        'cloudformation:TagResource',
        'cloudformation:UpdateStack',
      ],
      Resource: [stacks('SP')],
    },
    {
      Sid: 'Templates',
      Effect: 'Allow',
      Action: ['s3:GetObject', 's3:GetObjectTagging'],
      Resource: [`arn:\${AWS::Partition}:s3:::${catalogBucket}/templates/*`],
    },
    {
      Sid: 'TemplateBucket',
      Effect: 'Allow',
      Action: ['s3:GetBucketLocation', 's3:ListBucket'],
      Resource: [`arn:\${AWS::Partition}:s3:::${catalogBucket}`],
    },
    {
      Sid: 'LaunchRole',
      Effect: 'Allow',
      Action: ['iam:PassRole'],
      Resource: [`arn:\${AWS::Partition}:iam::\${AWS::AccountId}:role/${templateLaunchRole}`],
      Condition: { StringEquals: { 'iam:PassedToService': 'cloudformation.amazonaws.com' } },
    },
  ];
}
