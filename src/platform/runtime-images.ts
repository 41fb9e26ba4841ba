// The runtime images: their repository, and the build that fills them. Digests go into SSM parameters, by release.
import { Fn, aws_codebuild as codebuild, aws_ecr as ecr, aws_iam as iam } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { BUILD_IMAGE } from './build-image';
import { logGroup } from './log-group';
import { platformNames } from './platform-names';
import { policy, trust } from './project-role';
import { retain } from './retained-bucket';
import { arn, s3Arn, sub } from './substitute';

export interface RuntimeImagesProps {
  /** The platform's name. */
  readonly platform: string;
  /** Whether the training image gets Ultralytics. */
  readonly acceptUltralyticsLicense: boolean;
}

const BUILD_MINUTES = 120;
const LOG_DAYS = 90;
/** Days after which an image without a tag goes. Every image that a release or a model package names keeps its tag. */
const UNTAGGED_DAYS = 14;
const UNTAGGED = {
  rulePriority: 1,
  description: 'Layers of builds that came to nothing',
  selection: { tagStatus: 'untagged', countType: 'sinceImagePushed', countUnit: 'days', countNumber: UNTAGGED_DAYS },
  action: { type: 'expire' },
};

export class RuntimeImages extends Construct {
  constructor(scope: Construct, id: string, { platform, acceptUltralyticsLicense }: RuntimeImagesProps) {
    super(scope, id);
    const names = platformNames(platform);
    const repository = new ecr.CfnRepository(this, 'Repository', {
      repositoryName: names.imageRepository,
      imageTagMutability: 'IMMUTABLE',
      imageScanningConfiguration: { scanOnPush: true },
      lifecyclePolicy: { lifecyclePolicyText: JSON.stringify({ rules: [UNTAGGED] }) },
    });
    retain(repository);

    const logs = logGroup(this, 'Logs', `/aws/codebuild/${names.imageProject}`, LOG_DAYS);
    const role = new iam.CfnRole(this, 'Role', {
      roleName: sub(names.imageRole),
      description: 'Builds the runtime images and records their digests.',
      assumeRolePolicyDocument: trust('codebuild'),
      policies: [{ policyName: 'images', policyDocument: policy(this.allows(platform)) }],
    });
    new codebuild.CfnProject(this, 'Build', {
      name: names.imageProject,
      serviceRole: role.attrArn,
      // Each build names its release's sources (`sourceLocationOverride`).
      source: { type: 'S3', location: Fn.sub(`${names.catalogBucket}/images/sources.zip`), buildSpec: 'buildspec.yml' },
      artifacts: { type: 'NO_ARTIFACTS' },
      environment: {
        type: 'LINUX_CONTAINER',
        computeType: 'BUILD_GENERAL1_LARGE',
        image: BUILD_IMAGE,
        // Docker builds images; no build of a team does.
        privilegedMode: true,
        // What images/build.sh asks for.
        environmentVariables: [
          { name: 'BUCKET', value: sub(names.catalogBucket) },
          { name: 'REPOSITORY', value: repository.attrRepositoryUri },
          { name: 'PARAMETERS', value: names.parameters },
          { name: 'ACCEPT_ULTRALYTICS_LICENSE', value: String(acceptUltralyticsLicense) },
        ],
      },
      logsConfig: { cloudWatchLogs: { status: 'ENABLED', groupName: logs.ref } },
      timeoutInMinutes: BUILD_MINUTES,
    });
  }

  private allows(platform: string) {
    const names = platformNames(platform);
    return [
      {
        sid: 'Logs',
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [arn('logs', `log-group:/aws/codebuild/${names.imageProject}:*`)],
      },
      {
        sid: 'Sources',
        actions: ['s3:GetObject', 's3:GetObjectVersion', 's3:PutObject'],
        resources: [s3Arn(`${names.catalogBucket}/images/*`)],
      },
      {
        sid: 'SourceBucket',
        actions: ['s3:GetBucketLocation', 's3:ListBucket'],
        resources: [s3Arn(names.catalogBucket)],
      },
      { sid: 'Registry', actions: ['ecr:GetAuthorizationToken'], resources: ['*'] },
      {
        sid: 'Images',
        actions: [
          'ecr:BatchCheckLayerAvailability',
          'ecr:BatchGetImage',
          'ecr:CompleteLayerUpload',
          'ecr:DescribeImageScanFindings',
          'ecr:DescribeImages',
          'ecr:GetDownloadUrlForLayer',
          'ecr:InitiateLayerUpload',
          'ecr:PutImage',
          'ecr:UploadLayerPart',
        ],
        resources: [arn('ecr', `repository/${names.imageRepository}`)],
      },
      {
        sid: 'Base',
        actions: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
        // The accounts of AWS's own containers, of which each region has another.
        resources: [Fn.sub('arn:${AWS::Partition}:ecr:${AWS::Region}:*:repository/pytorch-training')],
      },
      {
        sid: 'Digests',
        actions: ['ssm:PutParameter'],
        resources: [arn('ssm', `parameter${names.parameters}/releases/*`)],
      },
    ];
  }
}
