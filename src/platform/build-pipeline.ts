// The build pipeline: a commit is tested, bundled, and becomes a version of the training pipeline that is started at once.
import { aws_codebuild as codebuild, aws_codepipeline as codepipeline, Fn } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { build, deliver, encryption, type HandedOn } from './allows';
import type { Artifacts } from './artifacts';
import { BUILD_IMAGE } from './build-image';
import { logGroup } from './log-group';
import { platformNames, RUNTIME_IMAGES, type RuntimeImage } from './platform-names';
import type { ProjectRoles } from './project-role';
import { SOURCE_ARTIFACT, type Repository } from './repository';
import { nameOf } from './substitute';
import type { TemplateOptions } from './template-options';
import { buildTracking } from './tracking-allows';

const BUILD_MINUTES = 60;
const QUEUED_MINUTES = 480;

const IMAGE_VARIABLES: Readonly<Record<RuntimeImage, string>> = {
  node: 'NODE_IMAGE_URI',
  training: 'TRAINING_IMAGE_URI',
};

export interface BuildPipelineProps {
  readonly options: TemplateOptions;
  readonly artifacts: Artifacts;
  readonly repository: Repository;
  readonly roles: ProjectRoles;
  readonly handedOn: HandedOn;
}

export class BuildPipeline extends Construct {
  readonly pipeline: codepipeline.CfnPipeline;

  constructor(scope: Construct, id: string, { options, artifacts, repository, roles, handedOn }: BuildPipelineProps) {
    super(scope, id);
    const keyArn = artifacts.key?.attrArn;
    const logs = logGroup(this, 'Logs', nameOf('buildLogs'), options.logRetentionDays, keyArn);
    const project = new codebuild.CfnProject(this, 'Build', {
      name: nameOf('buildProject'),
      serviceRole: roles.add('BuildRole', {
        name: 'buildRole',
        service: 'codebuild',
        purpose: 'tests and bundles model-build, and upserts its training pipeline',
        allows: [...build(options, handedOn), ...buildTracking(options.trackingUri), ...encryption(keyArn)],
      }),
      source: { type: 'CODEPIPELINE', buildSpec: 'buildspec.yml' },
      artifacts: { type: 'CODEPIPELINE' },
      environment: {
        type: 'LINUX_CONTAINER',
        computeType: 'BUILD_GENERAL1_MEDIUM',
        image: BUILD_IMAGE,
        privilegedMode: false,
        environmentVariables: [
          { name: 'SAGEMAKER_PROJECT_NAME', value: Fn.ref('SageMakerProjectName') },
          { name: 'SAGEMAKER_PROJECT_ID', value: Fn.ref('SageMakerProjectId') },
          { name: 'SAGEMAKER_PIPELINE_NAME', value: nameOf('trainingPipeline') },
          { name: 'SAGEMAKER_PIPELINE_ROLE_ARN', value: handedOn.executionRoleArn },
          { name: 'STEP_FUNCTION_ROLE_ARN', value: handedOn.stepRoleArn },
          { name: 'MODEL_PACKAGE_GROUP_NAME', value: nameOf('modelPackageGroup') },
          { name: 'ARTIFACT_BUCKET', value: artifacts.bucket },
          ...RUNTIME_IMAGES.map((image) => ({
            name: IMAGE_VARIABLES[image],
            type: 'PARAMETER_STORE',
            value: platformNames(options.platform).imageParameter(options.release, image),
          })),
          ...(options.trackingUri === undefined ? [] : [{ name: 'MLFLOW_TRACKING_URI', value: options.trackingUri }]),
          ...(options.npmRegistry === undefined ? [] : [{ name: 'NPM_CONFIG_REGISTRY', value: options.npmRegistry }]),
        ],
      },
      ...(keyArn !== undefined && { encryptionKey: keyArn }),
      ...(options.vpc && {
        vpcConfig: {
          vpcId: options.vpc.vpcId,
          subnets: [...options.vpc.subnetIds],
          securityGroupIds: [...options.vpc.securityGroupIds],
        },
      }),
      logsConfig: { cloudWatchLogs: { status: 'ENABLED', groupName: logs.ref } },
      timeoutInMinutes: BUILD_MINUTES,
      queuedTimeoutInMinutes: QUEUED_MINUTES,
    });

    this.pipeline = new codepipeline.CfnPipeline(this, 'Pipeline', {
      name: nameOf('buildPipeline'),
      pipelineType: 'V2',
      executionMode: 'QUEUED',
      roleArn: roles.add('PipelineRole', {
        name: 'pipelineRole',
        service: 'codepipeline',
        purpose: 'reads the repository and starts the build',
        allows: [...deliver(repository.allows), ...encryption(keyArn)],
      }),
      artifactStore: {
        type: 'S3',
        location: artifacts.bucket,
        ...(keyArn !== undefined && { encryptionKey: { type: 'KMS', id: keyArn } }),
      },
      stages: [
        { name: 'Source', actions: [repository.source] },
        {
          name: 'Build',
          actions: [
            {
              name: 'Build',
              actionTypeId: { category: 'Build', owner: 'AWS', provider: 'CodeBuild', version: '1' },
              configuration: { ProjectName: project.ref },
              inputArtifacts: [{ name: SOURCE_ARTIFACT }],
              namespace: 'BuildVariables',
            },
          ],
        },
      ],
    });
  }
}
