// What a platform has in an account and region before it shows anything in Studio: the catalog's bucket, the roles that launch
// projects, the boundary of projects' roles, and the runtime images.
import { Fn, aws_iam as iam } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { PlainStack, PLATFORM_TAG, RuntimeImages, platformNames, sub } from '../platform';
import { CatalogBucket } from './catalog-bucket';
import { boundaryStatements } from './boundary';
import { serviceCatalogStatements, studioStatements } from './launch-fixed';
import { launchStatements } from './launch-policy';
import { document, inPolicies } from './policy-size';
import type { Template } from './synthesize';

export interface FoundationStackProps {
  readonly platform: string;
  /** The templates of all releases that are offered. */
  readonly templates: readonly Template[];
  /** Roles of people in Studio: names with their paths, which may hold `*`. */
  readonly studioRoles: readonly string[];
  readonly acceptUltralyticsLicense: boolean;
  readonly tags: Readonly<Record<string, string>>;
}

export class FoundationStack extends PlainStack {
  constructor(
    scope: Construct,
    id: string,
    { platform, templates, studioRoles, acceptUltralyticsLicense, tags }: FoundationStackProps,
  ) {
    const names = platformNames(platform);
    super(scope, id, {
      stackName: names.stacks.foundation,
      description: `What projects of ${platform} stand on: catalog bucket, launch roles, boundary, runtime images.`,
      tags: { ...tags, [PLATFORM_TAG]: platform },
    });
    new CatalogBucket(this, 'Catalog', platform);
    new RuntimeImages(this, 'Images', { platform, acceptUltralyticsLicense });

    new iam.CfnManagedPolicy(this, 'Boundary', {
      managedPolicyName: sub(names.boundary),
      description: `The most that roles of projects of ${platform} may do.`,
      policyDocument: document(boundaryStatements(templates)),
    });
    new iam.CfnManagedPolicy(this, 'StudioPolicy', {
      managedPolicyName: sub(names.studioPolicy),
      description: 'Lets a role of Studio launch projects.',
      policyDocument: document(studioStatements(platform)),
    });
    const managedPolicyArns = inPolicies(launchStatements(templates, platform)).map(
      (statements, index) =>
        new iam.CfnManagedPolicy(this, `LaunchPolicy${index + 1}`, {
          managedPolicyName: sub(names.launchPolicy(index + 1)),
          description: `What launching a project of ${platform} takes.`,
          policyDocument: document(statements),
        }).ref,
    );
    new iam.CfnRole(this, 'LaunchRole', {
      roleName: sub(names.launchRole),
      description: 'Launches projects through Service Catalog.',
      assumeRolePolicyDocument: assumedBy([{ Principal: { Service: 'servicecatalog.amazonaws.com' } }]),
      managedPolicyArns,
      policies: [{ policyName: 'service-catalog', policyDocument: document(serviceCatalogStatements()) }],
    });
    new iam.CfnRole(this, 'TemplateLaunchRole', {
      roleName: sub(names.templateLaunchRole),
      description: 'Launches projects from the template in S3.',
      assumeRolePolicyDocument: assumedBy([
        { Principal: { Service: 'cloudformation.amazonaws.com' } },
        {
          Principal: { AWS: Fn.sub('arn:${AWS::Partition}:iam::${AWS::AccountId}:root') },
          Condition: {
            ArnLike: {
              'aws:PrincipalArn': studioRoles.map((role) =>
                Fn.sub(`arn:\${AWS::Partition}:iam::\${AWS::AccountId}:role/${role}`),
              ),
            },
          },
        },
      ]),
      managedPolicyArns,
    });
  }
}

function assumedBy(trusted: readonly object[]): object {
  return {
    Version: '2012-10-17',
    Statement: trusted.map((each) => ({ Effect: 'Allow', Action: 'sts:AssumeRole', ...each })),
  };
}
