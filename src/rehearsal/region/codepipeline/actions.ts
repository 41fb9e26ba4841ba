// What the actions of a pipeline do, one function for each provider.
// Source: CodePipeline User Guide, "Action structure reference".
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { runtimeAs } from '../access';
import { projectArn, startBuild } from '../codebuild';
import { AwsError } from '../errors';
import { inCodeCommit, onHost, type Commit } from '../git';
import { arnOf, uuid } from '../setting';
import { providerOf } from './declaration';
import type { Action, ActionRun, Decision, Execution, PipelineWorld } from './world';

/** An action that did not succeed; `code` is CodePipeline's. */
export class ActionError extends Error {
  override readonly name = 'ActionError';

  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

export interface ActionContext {
  readonly world: PipelineWorld;
  readonly execution: Execution;
  readonly action: Action;
  /** With its variables filled in. */
  readonly configuration: Readonly<Record<string, string>>;
  /** The action's role, else the pipeline's. */
  readonly roleArn: string;
  readonly bucket: string;
  /** Told of what becomes known while the action runs. */
  readonly report: (changes: Partial<ActionRun>) => void;
  readonly signal: AbortSignal;
}

export interface ActionResult {
  readonly variables: Readonly<Record<string, string>>;
  /** Keys in the artifact bucket, by artifact. */
  readonly artifacts: Readonly<Record<string, string>>;
}

/** @throws ActionError, or an AwsError of a call that was refused */
export function runAction(context: ActionContext): Promise<ActionResult> {
  switch (providerOf(context.action)) {
    case 'Source/CodeCommit':
      return codecommit(context);
    case 'Source/CodeStarSourceConnection':
      return connection(context);
    case 'Build/CodeBuild':
      return codebuild(context);
    default:
      return approval(context);
  }
}

async function codecommit(context: ActionContext): Promise<ActionResult> {
  const { world, configuration, roleArn } = context;
  const { RepositoryName: repositoryName = '', BranchName: branchName = '' } = configuration;
  const caller = world.apis.as(world.principals.role(roleArn, 'codepipeline'));
  const { branch } = await caller.call('codecommit', 'GetBranch', { repositoryName, branchName });
  const { commitId } = branch as { readonly commitId: string }; // its model says so
  await caller.call('codecommit', 'GetCommit', { repositoryName, commitId });
  const resources = [arnOf(world, 'codecommit', repositoryName)];
  for (const action of ['UploadArchive', 'GetUploadArchiveStatus']) {
    caller.requires({ action: `codecommit:${action}`, resources });
  }
  const commit = await world.git.git.commit(inCodeCommit(repositoryName), commitId);
  const artifacts = await archive(context, inCodeCommit(repositoryName), commit);
  const variables = {
    RepositoryName: repositoryName,
    BranchName: branchName,
    CommitId: commit.id,
    CommitMessage: commit.message,
    AuthorDate: commit.date,
    CommitterDate: commit.date,
  };
  return { artifacts, variables };
}

async function connection(context: ActionContext): Promise<ActionResult> {
  const { world, configuration, roleArn } = context;
  const { ConnectionArn = '', FullRepositoryId = '', BranchName = '' } = configuration;
  const prefix = ConnectionArn.split(':')[2] ?? '';
  const caller = world.apis.as(world.principals.role(roleArn, 'codepipeline'));
  const detail = { [`${prefix}:FullRepositoryId`]: FullRepositoryId };
  caller.requires({ action: `${prefix}:UseConnection`, resources: [ConnectionArn], context: detail });
  const found = world.git.connections.get(ConnectionArn);
  if (found?.ConnectionStatus !== 'AVAILABLE') {
    const what = found === undefined ? 'does not exist' : `is ${found.ConnectionStatus}`;
    throw new ActionError('PermissionError', `The connection ${ConnectionArn} ${what}.`);
  }
  const repository = onHost(FullRepositoryId);
  const head = world.git.git.has(repository) ? await world.git.git.head(repository, BranchName) : undefined;
  if (head === undefined) {
    throw new ActionError(
      'ConfigurationError',
      `No Branch [${BranchName}] found for FullRepositoryName [${FullRepositoryId}]`,
    );
  }
  const commit = await world.git.git.commit(repository, head);
  const artifacts = await archive(context, repository, commit);
  const variables = {
    ConnectionArn,
    FullRepositoryName: FullRepositoryId,
    BranchName,
    CommitId: commit.id,
    CommitMessage: commit.message,
    AuthorDate: commit.date,
    AuthorDisplayName: commit.author,
    AuthorEmail: commit.email,
  };
  return { artifacts, variables };
}

async function archive(context: ActionContext, repository: string, commit: Commit): Promise<ActionResult['artifacts']> {
  const { world, action, roleArn, bucket, report } = context;
  const [subject = ''] = commit.message.split('\n');
  report({ externalId: commit.id, revision: { id: commit.id, summary: subject } });
  const name = action.outputArtifacts?.[0]?.name ?? '';
  const key = artifactKey(context, name);
  const folder = mkdtempSync(join(tmpdir(), 'source-'));
  try {
    const file = join(folder, 'source.zip');
    writeFileSync(file, await world.git.git.archive(repository, commit.id));
    await runtimeAs(world.runtime, roleArn, world).store.upload(file, `s3://${bucket}/${key}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return { [name]: key };
}

/** Source: CodePipeline User Guide, "Input and output artifacts"; names are cut there as well. */
function artifactKey({ execution }: ActionContext, name: string): string {
  const random = randomBytes(5).toString('base64url').slice(0, 7).replace(/[-_]/g, 'x');
  return `${execution.pipeline.slice(0, 20)}/${name.slice(0, 10)}/${random}.zip`;
}

const POLL_MS = 100;

async function codebuild(context: ActionContext): Promise<ActionResult> {
  const { world, execution, action, configuration, roleArn, bucket, report, signal } = context;
  const caller = world.apis.as(world.principals.role(roleArn, 'codepipeline'));
  const name = configuration.ProjectName ?? '';
  const resources = [projectArn(world, name)];
  caller.requires({ action: 'codebuild:StartBuild', resources });
  const project = world.codebuild.projects.get(name);
  if (project === undefined)
    throw new ActionError('JobFailed', `Error calling startBuild: Project cannot be found: ${resources.join('')}`);
  const inputs = (action.inputArtifacts ?? []).map((one) => one.name);
  const primary = configuration.PrimarySource ?? inputs[0] ?? '';
  const uriOf = (artifact: string): string => {
    const at = execution.artifacts[artifact];
    return `s3://${at?.bucket ?? ''}/${at?.key ?? ''}`;
  };
  const outputs = (action.outputArtifacts ?? []).map((one) => ({
    name: one.name,
    key: artifactKey(context, one.name),
  }));
  const source = execution.actions.find(({ action: { outputArtifacts = [] } }) =>
    outputArtifacts.some((one) => one.name === primary),
  );
  const build = startBuild(
    world.codebuild,
    project,
    {
      overrides: overridesOf(configuration.EnvironmentVariables),
      sources: Object.fromEntries(inputs.map((input) => [input === primary ? '' : input, uriOf(input)])),
      // One output is the buildspec's main artifact; several are its secondary ones, by their names.
      outputs: Object.fromEntries(
        outputs.map((output) => [outputs.length === 1 ? '' : output.name, `s3://${bucket}/${output.key}`]),
      ),
    },
    {
      initiator: `codepipeline/${execution.pipeline}`,
      sourceVersion: `arn:aws:s3:::${uriOf(primary).slice('s3://'.length)}`,
      ...(source?.revision && { resolvedSourceVersion: source.revision.id }),
    },
  );
  report({ externalId: build.id });
  const stop = (): void => {
    world.codebuild.stopped.add(build.id);
    world.running.stop(build.arn);
  };
  signal.addEventListener('abort', stop, { once: true });
  caller.requires({ action: 'codebuild:BatchGetBuilds', resources });
  let current = build;
  while (!current.buildComplete) {
    await delay(POLL_MS);
    current = world.codebuild.builds.get(build.id) ?? { ...current, buildComplete: true, buildStatus: 'FAULT' };
  }
  signal.removeEventListener('abort', stop);
  if (current.buildStatus !== 'SUCCEEDED')
    throw new ActionError('JobFailed', `Build terminated with state: ${current.buildStatus}`);
  return {
    artifacts: Object.fromEntries(outputs.map((output) => [output.name, output.key])),
    variables: Object.fromEntries(current.exportedEnvironmentVariables.map((one) => [one.name, one.value])),
  };
}

/** JSON of `[{"name": …, "value": …, "type": …}]`. */
function overridesOf(text: string | undefined) {
  if (text === undefined) return [];
  try {
    return JSON.parse(text) as readonly { readonly name: string; readonly value: string }[]; // the pipeline's author says so
  } catch {
    throw new ActionError('ConfigurationError', 'EnvironmentVariables is not a JSON list of name, value and type.');
  }
}

async function approval({ world, report, signal }: ActionContext): Promise<ActionResult> {
  const token = uuid();
  const decision = new Promise<Decision>((decide, reject) => {
    world.approvals.set(token, decide);
    signal.addEventListener('abort', () => {
      reject(new AwsError('Stopped', 'The execution was stopped before anybody decided.'));
    });
  });
  report({ token });
  try {
    const { status, summary } = await decision;
    report({ summary });
    if (status === 'Rejected') throw new ActionError('Rejected', summary || 'Rejected');
    return { artifacts: {}, variables: {} };
  } finally {
    world.approvals.delete(token);
  }
}
