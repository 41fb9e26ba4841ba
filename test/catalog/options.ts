// Options of templates under test, and every combination of those that change what a template holds.
import type { TemplateOptions } from '../../src/platform';

export const OPTIONS: TemplateOptions = {
  platform: 'drone-demo',
  release: '0.1.0',
  seedKey: 'releases/0.1.0/model-build-0123456789ab.zip',
  repositoryProvider: 'CodeConnections',
  roles: 'create',
  encryption: 'aws',
  logRetentionDays: 90,
  tags: { team: 'survey' },
};

const VPC = {
  vpcId: 'vpc-0123456789abcdef0',
  subnetIds: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'],
  securityGroupIds: ['sg-0123456789abcdef0'],
};

const TRACKING = 'arn:aws:sagemaker:eu-west-1:123456789012:mlflow-tracking-server/drone';

/** By what sets them apart. */
export const COMBINATIONS: Readonly<Record<string, TemplateOptions>> = Object.fromEntries(
  (['CodeConnections', 'CodeCommit'] as const).flatMap((repositoryProvider) =>
    (['create', 'existing'] as const).flatMap((roles) =>
      (['aws', 'project'] as const).flatMap((encryption) =>
        [false, true].map((vpc) => [
          `${repositoryProvider}, roles: ${roles}, encryption: ${encryption}${vpc ? ', VPC, registry, e-mail, tracking' : ''}`,
          {
            ...OPTIONS,
            repositoryProvider,
            roles,
            encryption,
            ...(vpc && {
              vpc: VPC,
              npmRegistry: 'https://npm.example.com/',
              alertEmail: 'team@example.com',
              trackingUri: TRACKING,
              imageRepositories: ['drone-team/*'],
            }),
          },
        ]),
      ),
    ),
  ),
);
