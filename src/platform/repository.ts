// Where model-build lives, and how a commit there starts the build: CodeCommit, or a host that a connection reaches.
import { aws_codecommit as codecommit, aws_events as events, aws_sagemaker as sagemaker, Fn } from 'aws-cdk-lib';
import type { CfnPipeline } from 'aws-cdk-lib/aws-codepipeline';
import type { CfnResource } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { retain } from './retained-bucket';
import { NAMES } from './names';
import { platformNames } from './platform-names';
import type { ConnectionParameters } from './project-parameters';
import type { Allow, ProjectRoles } from './project-role';
import { arn, nameOf } from './substitute';
import type { TemplateOptions } from './template-options';

/** Branch that is built. */
export const BRANCH = 'main';
/** What the source action hands on. */
export const SOURCE_ARTIFACT = 'Source';

/** A repository as the rest of the template sees it. */
export interface Repository {
  /** The source action of the build pipeline. */
  readonly source: CfnPipeline.ActionDeclarationProperty;
  /** What reading the repository takes. */
  readonly allows: readonly Allow[];
}

/** A CodeCommit repository that begins with the seed. */
export class CodeCommitRepository extends Construct implements Repository {
  readonly source: CfnPipeline.ActionDeclarationProperty;
  readonly allows: readonly Allow[];
  readonly repository: codecommit.CfnRepository;

  constructor(scope: Construct, id: string, options: TemplateOptions, keyArn: string | undefined) {
    super(scope, id);
    this.repository = new codecommit.CfnRepository(this, 'Git', {
      repositoryName: nameOf('repository'),
      ...(keyArn !== undefined && { kmsKeyId: keyArn }),
      code: {
        branchName: BRANCH,
        s3: { bucket: Fn.sub(platformNames(options.platform).catalogBucket), key: options.seedKey },
      },
    });
    retain(this.repository);
    listInStudio(this, this.repository.attrCloneUrlHttp);
    this.source = {
      name: 'Source',
      actionTypeId: { category: 'Source', owner: 'AWS', provider: 'CodeCommit', version: '1' },
      configuration: {
        RepositoryName: this.repository.attrName,
        BranchName: BRANCH,
        PollForSourceChanges: false,
        OutputArtifactFormat: 'CODE_ZIP',
      },
      outputArtifacts: [{ name: SOURCE_ARTIFACT }],
      namespace: 'SourceVariables',
    };
    this.allows = [
      {
        sid: 'Source',
        actions: [
          'codecommit:CancelUploadArchive',
          'codecommit:GetBranch',
          'codecommit:GetCommit',
          'codecommit:GetRepository',
          'codecommit:GetUploadArchiveStatus',
          'codecommit:UploadArchive',
        ],
        resources: [arn('codecommit', NAMES.repository.text)],
      },
    ];
  }

  /** Starts a pipeline at each commit: CodeCommit tells EventBridge. */
  startAtCommits(pipeline: CfnPipeline, roles: ProjectRoles): void {
    const pipelineArn = arn('codepipeline', NAMES.buildPipeline.text);
    const roleArn = roles.add('EventsRole', {
      name: 'eventsRole',
      service: 'events',
      purpose: 'starts the build pipeline at each commit',
      allows: [{ sid: 'Start', actions: ['codepipeline:StartPipelineExecution'], resources: [pipelineArn] }],
    });
    const rule = new events.CfnRule(this, 'CommitRule', {
      name: nameOf('commitRule'),
      state: 'ENABLED',
      eventPattern: {
        source: ['aws.codecommit'],
        'detail-type': ['CodeCommit Repository State Change'],
        resources: [this.repository.attrArn],
        detail: {
          event: ['referenceCreated', 'referenceUpdated'],
          referenceType: ['branch'],
          referenceName: [BRANCH],
        },
      },
      targets: [{ id: 'BuildPipeline', arn: pipelineArn, roleArn }],
    });
    rule.addResourceDependency(pipeline);
  }
}

/** An existing repository on GitHub, GitLab or Bitbucket. */
export class ConnectedRepository extends Construct implements Repository {
  readonly source: CfnPipeline.ActionDeclarationProperty;
  readonly allows: readonly Allow[];

  constructor(scope: Construct, id: string, parameters: ConnectionParameters) {
    super(scope, id);
    listInStudio(this, Fn.sub('https://${RepositoryHost}/${RepositoryFullName}.git'));
    this.source = {
      name: 'Source',
      actionTypeId: { category: 'Source', owner: 'AWS', provider: 'CodeStarSourceConnection', version: '1' },
      configuration: {
        ConnectionArn: parameters.arn.valueAsString,
        FullRepositoryId: parameters.repository.valueAsString,
        BranchName: BRANCH,
        DetectChanges: true,
        OutputArtifactFormat: 'CODE_ZIP',
      },
      outputArtifacts: [{ name: SOURCE_ARTIFACT }],
      namespace: 'SourceVariables',
    };
    this.allows = [useConnection(parameters, 'Source', ['UseConnection'])];
  }
}

/** What may be done over the connection. Connections have two service prefixes, and either may stand in their ARN. */
export function useConnection(parameters: ConnectionParameters, sid: string, operations: readonly string[]): Allow {
  return {
    sid,
    actions: ['codeconnections', 'codestar-connections'].flatMap((service) =>
      operations.map((operation) => `${service}:${operation}`),
    ),
    resources: [parameters.arn.valueAsString],
  };
}

/** Studio lists the repository, for people to clone. */
function listInStudio(scope: Construct, repositoryUrl: string): CfnResource {
  return new sagemaker.CfnCodeRepository(scope, 'CodeRepository', {
    codeRepositoryName: nameOf('codeRepository'),
    gitConfig: { repositoryUrl, branch: BRANCH },
  });
}
