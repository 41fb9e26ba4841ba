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
 * What the role of a person in Studio needs to create projects by either way, and to see beforehand whether that will work;
 * the launch role itself needs nothing more. A replay of a rehearsal's calls holds it to what `launch` does.
 * Source: "Create a MLOps project from a template in S3", https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-projects-templates-custom.html
 */
export function studioStatements(platform: string): Statement[] {
  const { catalogBucket, launchRole, templateLaunchRole, stacks: own } = platformNames(platform);
  const here = (service: string, resource: string) =>
    `arn:\${AWS::Partition}:${service}:\${AWS::Region}:\${AWS::AccountId}:${resource}`;
  const role = (name: string) => `arn:\${AWS::Partition}:iam::\${AWS::AccountId}:role/${name}`;
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
      Resource: [role(templateLaunchRole)],
      Condition: { StringEquals: { 'iam:PassedToService': 'cloudformation.amazonaws.com' } },
    },
    {
      Sid: 'Projects',
      Effect: 'Allow',
      Action: [
        'sagemaker:AddTags',
        'sagemaker:CreateProject',
        'sagemaker:DeleteProject',
        'sagemaker:DescribeProject',
        'sagemaker:ListTags',
        'sagemaker:UpdateProject',
      ],
      Resource: [here('sagemaker', 'project/*')],
    },
    {
      Sid: 'Repositories',
      Effect: 'Allow',
      Action: ['sagemaker:DescribeCodeRepository'],
      Resource: [here('sagemaker', 'code-repository/*')],
    },
    {
      Sid: 'Products',
      Effect: 'Allow',
      Action: [
        'servicecatalog:DescribeProduct',
        'servicecatalog:ListLaunchPaths',
        'servicecatalog:ListProvisioningArtifacts',
        'servicecatalog:ProvisionProduct',
      ],
      Resource: [here('catalog', 'product/*')],
    },
    // Service Catalog has no resources for what was launched; people see and change what was launched in their role.
    {
      Sid: 'ProvisionedProducts',
      Effect: 'Allow',
      Action: [
        'servicecatalog:DescribeProvisionedProduct',
        'servicecatalog:DescribeRecord',
        'servicecatalog:TerminateProvisionedProduct',
        'servicecatalog:UpdateProvisionedProduct',
      ],
      Resource: ['*'],
      Condition: { StringEquals: { 'servicecatalog:roleLevel': 'self' } },
    },
    { Sid: 'FindProducts', Effect: 'Allow', Action: ['servicecatalog:SearchProducts'], Resource: ['*'] },
    // IAM has no resource for the list of all quotas.
    { Sid: 'LookAtQuotas', Effect: 'Allow', Action: ['servicequotas:ListServiceQuotas'], Resource: ['*'] },
    {
      Sid: 'LookAtPlatform',
      Effect: 'Allow',
      Action: ['cloudformation:DescribeStacks'],
      Resource: [here('cloudformation', `stack/${own.foundation}/*`), here('cloudformation', `stack/${own.catalog}/*`)],
    },
    {
      Sid: 'LookAtLaunchRoles',
      Effect: 'Allow',
      Action: ['iam:GetRole'],
      Resource: [role(launchRole), role(templateLaunchRole)],
    },
    {
      Sid: 'LookAtSeeds',
      Effect: 'Allow',
      Action: ['s3:GetObject'],
      Resource: [`arn:\${AWS::Partition}:s3:::${catalogBucket}/releases/*`],
    },
    ...['codeconnections', 'codestar-connections'].map((service): Statement => ({
      Sid: `LookAtConnection${service.replace('-', '')}`,
      Effect: 'Allow',
      Action: [`${service}:GetConnection`],
      Resource: [here(service, 'connection/*')],
    })),
  ];
}
