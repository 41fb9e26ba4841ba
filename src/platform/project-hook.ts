// The stack's hook: moves the seed into a connected repository before anything builds, and clears away what builds made when the project goes.
import { aws_codebuild as codebuild, CfnDeletionPolicy, CustomResource, Fn, type CfnResource } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { stringify } from 'yaml';
import { encryption, hook, logs as logsOf } from './allows';
import type { Artifacts } from './artifacts';
import { BUILD_IMAGE } from './build-image';
import { inlineFunction } from './inline-function';
import { logGroup } from './log-group';
import { NAMES } from './names';
import { platformNames } from './platform-names';
import type { ConnectionParameters } from './project-parameters';
import type { Allow, ProjectRoles } from './project-role';
import { BRANCH, useConnection } from './repository';
import { arn, nameOf, s3Arn } from './substitute';
import type { TemplateOptions } from './template-options';

/** Lambda's own limit; CloudFormation would wait for an hour for an answer that never comes. */
const TIMEOUT_SECONDS = 900;
const SEED_MINUTES = 10;

/** How git is told of a commit whose hash depends on nothing but its content and its project. */
const AUTHOR = { name: 'create-drone-mlops', email: 'noreply@create-drone-mlops', date: '2000-01-01T00:00:00Z' };

export interface ProjectHookProps {
  readonly options: TemplateOptions;
  readonly artifacts: Artifacts;
  readonly roles: ProjectRoles;
  /** The repository to seed, where CloudFormation does not do it. */
  readonly connection?: ConnectionParameters;
}

export class ProjectHook extends Construct {
  /** What has to come after the seed depends on it. */
  readonly resource: CfnResource;

  constructor(scope: Construct, id: string, { options, artifacts, roles, connection }: ProjectHookProps) {
    super(scope, id);
    const keyArn = artifacts.key?.attrArn;
    const seed = connection && this.addSeedProject(options, roles, connection, keyArn);
    const logs = logGroup(this, 'Logs', nameOf('hookLogs'), options.logRetentionDays, keyArn);
    const hookFunction = inlineFunction(this, 'Function', {
      name: 'hookFunction',
      source: 'hook',
      roleArn: roles.add('HookRole', {
        name: 'hookRole',
        service: 'lambda',
        purpose: 'seeds the repository, and clears away what builds made when the project is deleted',
        allows: [...hook(), ...(connection ? seeding(connection) : []), ...encryption(keyArn)],
      }),
      timeoutSeconds: TIMEOUT_SECONDS,
      environment: {
        PIPELINE_PREFIX: nameOf('trainingPipeline'),
        STEP_PREFIX: Fn.sub('sagemaker-${SageMakerProjectId}-step-'),
        ...(connection && seed && { SEED_PROJECT: seed.ref, CONNECTION_ARN: connection.arn.valueAsString }),
      },
      logGroupName: logs.ref,
    });
    const resource = new CustomResource(this, 'Resource', {
      resourceType: 'Custom::ProjectHook',
      serviceToken: hookFunction.attrArn,
    });
    // An L2 construct holds one resource, its default child.
    this.resource = resource.node.defaultChild as CfnResource;
    this.resource.cfnOptions.deletionPolicy = CfnDeletionPolicy.DELETE;
    this.resource.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.DELETE;
  }

  private addSeedProject(
    options: TemplateOptions,
    roles: ProjectRoles,
    connection: ConnectionParameters,
    keyArn: string | undefined,
  ): codebuild.CfnProject {
    const bucket = platformNames(options.platform).catalogBucket;
    const logs = logGroup(this, 'SeedLogs', nameOf('seedLogs'), options.logRetentionDays, keyArn);
    return new codebuild.CfnProject(this, 'Seed', {
      name: nameOf('seedProject'),
      serviceRole: roles.add('SeedRole', {
        name: 'seedRole',
        service: 'codebuild',
        purpose: 'pushes the seed into the empty repository',
        allows: [
          logsOf(NAMES.seedLogs.text),
          {
            sid: 'Seed',
            actions: ['s3:GetObject', 's3:GetObjectVersion'],
            resources: [s3Arn(`${bucket}/${options.seedKey}`)],
          },
          { sid: 'SeedBucket', actions: ['s3:GetBucketLocation', 's3:ListBucket'], resources: [s3Arn(bucket)] },
          useConnection(connection, 'Push', ['UseConnection']),
          ...encryption(keyArn),
        ],
      }),
      source: {
        type: 'S3',
        location: Fn.sub(`${bucket}/${options.seedKey}`),
        buildSpec: seedBuildspec(),
      },
      artifacts: { type: 'NO_ARTIFACTS' },
      environment: {
        type: 'LINUX_CONTAINER',
        computeType: 'BUILD_GENERAL1_SMALL',
        image: BUILD_IMAGE,
        privilegedMode: false,
        environmentVariables: [
          { name: 'SAGEMAKER_PROJECT_ID', value: Fn.ref('SageMakerProjectId') },
          { name: 'CONNECTION_ARN', value: connection.arn.valueAsString },
          { name: 'REPOSITORY', value: connection.repository.valueAsString },
          {
            name: 'CONNECTION_URL',
            value: Fn.sub(
              'https://codeconnections.${AWS::Region}.${AWS::URLSuffix}/git-http/${AWS::AccountId}/${AWS::Region}',
            ),
          },
        ],
      },
      ...(keyArn !== undefined && { encryptionKey: keyArn }),
      logsConfig: { cloudWatchLogs: { status: 'ENABLED', groupName: logs.ref } },
      timeoutInMinutes: SEED_MINUTES,
    });
  }
}

/** What the hook needs beside {@link hook}, to seed. */
function seeding(connection: ConnectionParameters): Allow[] {
  return [
    useConnection(connection, 'Connection', ['GetConnection']),
    {
      sid: 'SeedBuild',
      actions: ['codebuild:BatchGetBuilds', 'codebuild:StartBuild'],
      resources: [arn('codebuild', `project/${NAMES.seedProject.text}`)],
    },
  ];
}

/**
 * Commits the seed and pushes it. A repository that holds the very same files already is left as it is, so that a launch may
 * be run again; one that holds anything else is not touched.
 */
function seedBuildspec(): string {
  const fail = (message: string) => `{ export SEED_ERROR="${message}"; echo "$SEED_ERROR"; false; }`;
  const spec = {
    version: 0.2,
    env: { shell: 'bash', 'git-credential-helper': 'yes', 'exported-variables': ['SEED_ERROR'] },
    phases: {
      build: {
        commands: [
          'url="$CONNECTION_URL/${CONNECTION_ARN##*/}/$REPOSITORY.git"',
          `git init --quiet --initial-branch=${BRANCH} && git add --all --force`,
          `GIT_AUTHOR_DATE=${AUTHOR.date} GIT_COMMITTER_DATE=${AUTHOR.date} git -c user.name=${AUTHOR.name} -c user.email=${AUTHOR.email} commit --quiet --message "Begin $SAGEMAKER_PROJECT_ID"`,
          `heads=$(git ls-remote --heads "$url") || ${fail('The repository $REPOSITORY cannot be read over the connection: give the connection access to it, then launch again.')}`,
          `if [ -z "$heads" ]; then git push --quiet "$url" HEAD:${BRANCH} || ${fail('The seed cannot be pushed to $REPOSITORY: give the connection the right to write, then launch again.')}; fi`,
          `git fetch --quiet --depth=1 "$url" ${BRANCH} || ${fail(`The repository $REPOSITORY is not empty and has no branch ${BRANCH}: name an empty one, then launch again.`)}`,
          `git diff --quiet HEAD FETCH_HEAD || ${fail('The repository $REPOSITORY is not empty: name an empty one, then launch again.')}`,
        ],
      },
    },
  };
  return stringify(spec, { lineWidth: 0 });
}
