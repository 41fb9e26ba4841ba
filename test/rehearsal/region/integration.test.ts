// A commit becomes a build and its news, over the wire: git, CodePipeline, CodeBuild, EventBridge, Lambda, SNS.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CloudWatchLogsClient, CreateLogGroupCommand, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { BatchGetBuildsCommand, CodeBuildClient, CreateProjectCommand } from '@aws-sdk/client-codebuild';
import { CodeCommitClient, CreateRepositoryCommand } from '@aws-sdk/client-codecommit';
import {
  CodePipelineClient,
  CreatePipelineCommand,
  GetPipelineStateCommand,
  ListActionExecutionsCommand,
  ListPipelineExecutionsCommand,
  type ActionDeclaration,
} from '@aws-sdk/client-codepipeline';
import {
  EventBridgeClient,
  PutRuleCommand,
  PutTargetsCommand,
  TestEventPatternCommand,
} from '@aws-sdk/client-eventbridge';
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { run } from '../../../src/process';
import type { Region, RegionEvent } from '../../../src/rehearsal/region';
import { unzip } from '../../../src/zip';
import { SAMPLES } from './eventbridge/samples';
import { settings, start, temporaryFolder } from './start';

const BUCKET = 'artifacts';
const role = (name: string) => `arn:aws:iam::000000000000:role/${name}`;

const SOURCE_OF = {
  CodeCommit: { RepositoryName: 'model-build', BranchName: 'main', PollForSourceChanges: 'false' },
  CodeStarSourceConnection: (arn: string) => ({
    ConnectionArn: arn,
    FullRepositoryId: 'team/model-build',
    BranchName: 'main',
  }),
};

async function ci(
  provider: 'CodeCommit' | 'CodeStarSourceConnection',
  configuration: Record<string, string>,
  stateDir?: string,
) {
  const events: RegionEvent[] = [];
  const region = await start({ ...(stateDir !== undefined && { stateDir }), onEvent: (event) => events.push(event) });
  region.createBucket(BUCKET);
  const codebuild = new CodeBuildClient(settings(region));
  const logs = new CloudWatchLogsClient(settings(region));
  await logs.send(new CreateLogGroupCommand({ logGroupName: '/aws/codebuild/build' }));
  await codebuild.send(
    new CreateProjectCommand({
      name: 'build',
      serviceRole: role('build'),
      source: { type: 'CODEPIPELINE', buildspec: 'buildspec.yml' },
      artifacts: { type: 'CODEPIPELINE' },
      environment: {
        type: 'LINUX_CONTAINER',
        image: 'aws/codebuild/amazonlinux-x86_64-standard:5.0',
        computeType: 'BUILD_GENERAL1_SMALL',
        environmentVariables: [{ name: 'COLOUR', value: 'red' }],
      },
    }),
  );
  const action = (
    name: string,
    category: 'Source' | 'Build',
    of: string,
    more: Partial<ActionDeclaration>,
  ): ActionDeclaration => ({
    name,
    actionTypeId: { category, owner: 'AWS', provider: of, version: '1' },
    ...more,
  });
  const declaration = {
    name: 'pipeline',
    roleArn: role('pipeline'),
    pipelineType: 'V2' as const,
    executionMode: 'QUEUED' as const,
    artifactStore: { type: 'S3' as const, location: BUCKET },
    stages: [
      {
        name: 'Source',
        actions: [
          action('Source', 'Source', provider, {
            configuration,
            outputArtifacts: [{ name: 'Code' }],
            namespace: 'Source',
          }),
        ],
      },
      {
        name: 'Build',
        actions: [
          action('Build', 'Build', 'CodeBuild', {
            configuration: {
              ProjectName: 'build',
              EnvironmentVariables: JSON.stringify([{ name: 'COMMIT', value: '#{Source.CommitId}' }]),
            },
            inputArtifacts: [{ name: 'Code' }],
            outputArtifacts: [{ name: 'Built' }],
            namespace: 'Build',
          }),
        ],
      },
    ],
  };
  return { region, events, codebuild, logs, pipelines: new CodePipelineClient(settings(region)), declaration };
}

async function git(region: Region, cwd: string, ...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await run('git', args, { cwd, env: { ...region.environment } });
  if (code !== 0) throw new Error(stderr);
  return stdout.trim();
}

const BUILDSPEC = `
version: 0.2
env: { exported-variables: [SAID] }
phases:
  build:
    commands:
      - export SAID="$COLOUR $(cat message.txt)"
      - echo "$SAID $COMMIT $CODEBUILD_RESOLVED_SOURCE_VERSION"
      - env | cut -d= -f1 | sort > variables.txt
      - grep -q good message.txt
artifacts: { files: [variables.txt] }
`;

async function pushed(region: Region, url: string, message: string): Promise<string> {
  const work = temporaryFolder();
  await git(region, work, 'init', '--quiet', '--initial-branch=main');
  writeFileSync(join(work, 'buildspec.yml'), BUILDSPEC);
  writeFileSync(join(work, 'message.txt'), message);
  await git(region, work, 'add', '.');
  await git(region, work, 'commit', '--quiet', '-m', `Say ${message}`);
  await git(region, work, 'push', '--quiet', '--force', url, 'main');
  return git(region, work, 'rev-parse', 'HEAD');
}

async function settled(client: CodePipelineClient, count: number) {
  for (;;) {
    const { pipelineExecutionSummaries: all = [] } = await client.send(
      new ListPipelineExecutionsCommand({ pipelineName: 'pipeline' }),
    );
    if (all.length >= count && all.every(({ status }) => status !== 'InProgress')) return all;
    await delay(50);
  }
}

describe('continuous integration in the region', () => {
  test('a commit to CodeCommit starts the pipeline, and the build finds what CodeBuild promises, and nothing of this machine', async () => {
    // GIVEN a repository with a commit, a pipeline, and the rule that CodeCommit needs
    const { region, codebuild, logs, pipelines, declaration } = await ci('CodeCommit', SOURCE_OF.CodeCommit);
    process.env.SECRET_OF_THE_HOST = 'secret';
    const codecommit = new CodeCommitClient(settings(region));
    const { repositoryMetadata } = await codecommit.send(
      new CreateRepositoryCommand({ repositoryName: 'model-build' }),
    );
    const url = repositoryMetadata?.cloneUrlHttp ?? '';
    expect(url).toBe('https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/model-build');
    await pushed(region, url, 'a good start');
    await pipelines.send(new CreatePipelineCommand({ pipeline: declaration }));
    await settled(pipelines, 1);
    const bus = new EventBridgeClient(settings(region));
    const EventPattern = JSON.stringify({ source: ['aws.codecommit'], detail: { referenceName: ['main'] } });
    await bus.send(new PutRuleCommand({ Name: 'commits', EventPattern }));
    const Targets = [
      { Id: 'pipeline', Arn: 'arn:aws:codepipeline:eu-west-1:000000000000:pipeline', RoleArn: role('events') },
    ];
    await bus.send(new PutTargetsCommand({ Rule: 'commits', Targets }));
    // WHEN
    const commit = await pushed(region, url, 'good again');
    // THEN
    const [latest] = await settled(pipelines, 2);
    expect(latest).toMatchObject({ status: 'Succeeded', trigger: { triggerType: 'CloudWatchEvent' } });
    const { actionExecutionDetails: [build] = [] } = await pipelines.send(
      new ListActionExecutionsCommand({ pipelineName: 'pipeline' }),
    );
    expect(build?.output?.outputVariables).toEqual({ SAID: 'red good again' });
    const id = build?.output?.executionResult?.externalExecutionId ?? '';
    const { builds: [built] = [] } = await codebuild.send(new BatchGetBuildsCommand({ ids: [id] }));
    expect(built).toMatchObject({
      buildStatus: 'SUCCEEDED',
      initiator: 'codepipeline/pipeline',
      resolvedSourceVersion: commit,
    });
    const { groupName: logGroupName, streamName: logStreamName } = built?.logs ?? {};
    const said = await logs.send(new GetLogEventsCommand({ logGroupName, logStreamName, startFromHead: true }));
    expect(said.events?.map(({ message }) => message)).toContain(`red good again ${commit} ${commit}`);
    // AND the artifact is a zip with the names of the build's variables
    const names = await variableNames(region, build?.output?.outputArtifacts?.[0]?.s3location);
    expect(names).toEqual(
      expect.arrayContaining(['CODEBUILD_BUILD_ID', 'CODEBUILD_SRC_DIR', 'AWS_REGION', 'HOME', 'COLOUR']),
    );
    expect(names.filter((name) => !/^(CODEBUILD_|AWS_|GIT_|npm_config_)/.test(name)).sort()).toEqual(
      [
        'COLOUR',
        'COMMIT',
        'HOME',
        'LANG',
        'NODE_OPTIONS',
        'OLDPWD',
        'PATH',
        'PWD',
        'REHEARSAL_HOSTS',
        'SAID',
        'SHLVL',
        'TMPDIR',
        '_',
      ].filter((name) => names.includes(name)),
    );
    expect(names).not.toContain('SECRET_OF_THE_HOST');
    // AND each call was made in a role's name
    const calls = readFileSync(join(stateOf(region), 'calls.jsonl'), 'utf8');
    expect(calls).toContain(`"principal":"${role('events')}","action":"codepipeline:StartPipelineExecution"`);
    expect(calls).toContain(`"principal":"${role('pipeline')}","action":"codebuild:StartBuild"`);
    expect(calls).toContain(`"principal":"${role('build')}","action":"logs:PutLogEvents"`);
  }, 60_000);

  test('a push to a connected repository starts the pipeline by itself; a failed build fails it, and its function hears of it', async () => {
    const hosts = await ci('CodeStarSourceConnection', {});
    const { region, events, pipelines, declaration } = hosts;
    const arn = region.hosts.connect('github', 'PENDING');
    await region.hosts.createHostedRepository('team/model-build');
    const [source, build] = declaration.stages;
    const configuration = SOURCE_OF.CodeStarSourceConnection(arn);
    const stages = [{ ...source, actions: source?.actions.map((one) => ({ ...one, configuration })) }, build];
    await pipelines.send(new CreatePipelineCommand({ pipeline: { ...declaration, stages } }));
    // GIVEN a connection that nobody has finished: the first execution says so
    const [first] = await settled(pipelines, 1);
    expect(first?.statusSummary).toBe(`The connection ${arn} is PENDING.`);
    const connected = `https://codeconnections.eu-west-1.amazonaws.com/git-http/000000000000/eu-west-1/${arn.split('/')[1] ?? ''}/team/model-build.git`;
    await expect(pushed(region, connected, 'a bad start')).rejects.toThrow('403');
    // WHEN it is finished, and somebody pushes over it what does not build
    region.hosts.connect('github', 'AVAILABLE');
    const sns = new SNSClient(settings(region));
    const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: 'news' }));
    await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'email', Endpoint: 'team@example.com' }));
    await pushed(region, connected, 'a bad start');
    // THEN
    await settled(pipelines, 2);
    const { stageStates = [] } = await pipelines.send(new GetPipelineStateCommand({ name: 'pipeline' }));
    expect(stageStates.map(({ latestExecution }) => latestExecution?.status)).toEqual(['Succeeded', 'Failed']);
    expect(stageStates[1]?.actionStates?.[0]?.latestExecution?.errorDetails).toEqual({
      code: 'JobFailed',
      message: 'Build terminated with state: FAILED',
    });
    // AND the host that people clone from has the same repository
    await pushed(region, 'https://github.com/team/model-build.git', 'good now');
    const [latest] = await settled(pipelines, 3);
    expect(latest).toMatchObject({ status: 'Succeeded', trigger: { triggerType: 'WebhookV2' } });
    expect(events.filter(({ kind }) => kind === 'pipeline').length).toBeGreaterThan(10);
  }, 60_000);

  test('git without a key of the region, or for a repository that is not there, is turned away', async () => {
    const { region } = await ci('CodeCommit', SOURCE_OF.CodeCommit);
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'x'));
    await expect(git(region, folder, 'clone', 'https://github.com/no/such.git')).rejects.toThrow('not found');
    await region.hosts.createHostedRepository('team/model-build');
    const anonymous = { ...region.environment, AWS_ACCESS_KEY_ID: undefined };
    const { stderr } = await run('git', ['clone', 'https://github.com/team/model-build.git'], {
      cwd: folder,
      env: anonymous,
    });
    expect(stderr).toMatch(/Authentication failed|could not read/);
  });

  test('TestEventPattern judges AWS’s own samples', async () => {
    const { region } = await ci('CodeCommit', SOURCE_OF.CodeCommit);
    const bus = new EventBridgeClient(settings(region));
    const judge = (EventPattern: object) =>
      bus.send(
        new TestEventPatternCommand({
          EventPattern: JSON.stringify(EventPattern),
          Event: JSON.stringify(SAMPLES.modelPackage),
        }),
      );
    expect((await judge({ detail: { ModelApprovalStatus: ['Approved'] } })).Result).toBe(true);
    expect((await judge({ detail: { ModelApprovalStatus: ['Rejected'] } })).Result).toBe(false);
    await expect(judge({ detail: { ModelApprovalStatus: 'Approved' } })).rejects.toThrow(
      'Event pattern is not valid. Reason: "detail.ModelApprovalStatus" must be an object or an array.',
    );
  });
});

function stateOf({ environment }: Region): string {
  return join(environment.AWS_CONFIG_FILE ?? '', '..', '..');
}

async function variableNames(region: Region, at: { bucket?: string; key?: string } | undefined): Promise<string[]> {
  const { S3Client, GetObjectCommand } = await import('@aws-sdk/client-s3');
  const { Body } = await new S3Client({ ...settings(region), forcePathStyle: true }).send(
    new GetObjectCommand({ Bucket: at?.bucket, Key: at?.key }),
  );
  const folder = temporaryFolder();
  await unzip((await Body?.transformToByteArray()) ?? new Uint8Array(), folder);
  expect(readdirSync(folder)).toEqual(['variables.txt']);
  return readFileSync(join(folder, 'variables.txt'), 'utf8').trim().split('\n');
}
