// The project template: what a team gets when it launches the product, as one stack.
import { Fn } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { encryption, execution, stepFunctions } from './allows';
import { Artifacts } from './artifacts';
import { BuildPipeline } from './build-pipeline';
import { logGroup } from './log-group';
import { NAMES } from './names';
import { Notifications } from './notifications';
import { PlainStack } from './plain-stack';
import { PLATFORM_TAG } from './platform-names';
import { ProjectHook } from './project-hook';
import { ProjectParameters } from './project-parameters';
import { ProjectRoles } from './project-role';
import { CodeCommitRepository, ConnectedRepository } from './repository';
import { globalArn, nameOf } from './substitute';
import type { TemplateOptions } from './template-options';
import { jobTracking } from './tracking-allows';

/**
 * What a project holds for whoever deploys its models. The repository and the pipeline of model-deploy join as constructs of
 * their own that are made from this, last in {@link ProjectStack}: their roles by `roles`, their parameters by `parameters`.
 */
export interface DeployGround {
  readonly options: TemplateOptions;
  /** The bucket, its key, and the package group whose approvals start a deployment. */
  readonly artifacts: Artifacts;
  readonly roles: ProjectRoles;
  readonly parameters: ProjectParameters;
  /** Pulls images and reads models: what an endpoint runs as. */
  readonly executionRoleArn: string;
  /** Topic that people of the project listen to. */
  readonly topicArn: string;
}

/** A launched project: bucket, package group, repository, build pipeline, notifications, and their roles. */
export class ProjectStack extends PlainStack {
  readonly deployGround: DeployGround;

  constructor(scope: Construct, id: string, options: TemplateOptions) {
    super(scope, id, {
      description: `A team's project of ${options.platform}, release ${options.release}: model-build and its build pipeline.`,
      tags: {
        ...options.tags,
        [PLATFORM_TAG]: options.platform,
        'sagemaker:project-name': Fn.ref('SageMakerProjectName'),
        'sagemaker:project-id': Fn.ref('SageMakerProjectId'),
      },
    });
    const parameters = new ProjectParameters(this, options);
    const roles = new ProjectRoles(this, options, parameters);
    const artifacts = new Artifacts(this, 'Artifact', options);
    const keyArn = artifacts.key?.attrArn;
    const { connection } = parameters;
    const repository = connection
      ? new ConnectedRepository(this, 'Repository', connection)
      : new CodeCommitRepository(this, 'Repository', options, keyArn);

    const executionRoleArn = roles.add('ExecutionRole', {
      name: 'executionRole',
      service: 'sagemaker',
      purpose: 'runs the training pipeline and its jobs',
      allows: [
        ...execution(options, globalArn('iam', `role/${NAMES.executionRole.text}`)),
        ...jobTracking(options.trackingUri),
        ...encryption(keyArn),
      ],
    });
    logGroup(this, 'StepLogs', nameOf('stepLogs'), options.logRetentionDays, keyArn);
    const stepRoleArn = roles.add('StepRole', {
      name: 'stepRole',
      service: 'lambda',
      purpose: 'runs the functions of Lambda steps',
      allows: [...stepFunctions(), ...encryption(keyArn)],
    });
    const build = new BuildPipeline(this, 'Build', {
      ...{ options, artifacts, repository, roles },
      handedOn: { executionRoleArn, stepRoleArn },
    });
    const { topicArn } = new Notifications(this, 'Notify', { options, artifacts, roles, parameters });
    const hook = new ProjectHook(this, 'Hook', { options, artifacts, roles, ...(connection && { connection }) });
    // Creating a pipeline starts it: the seed has to be in, and whoever listens has to be there.
    build.pipeline.addResourceDependency(hook.resource);
    if (repository instanceof CodeCommitRepository) repository.startAtCommits(build.pipeline, roles);

    this.deployGround = { options, artifacts, roles, parameters, executionRoleArn, topicArn };

    this.templateOptions.metadata = { ...parameters.metadata() };
  }
}
