// CodePipeline: pipelines of source, build and approval, and their executions.
import { assumed, behavioursOf, documented } from '../behaviour';
import { AwsError } from '../errors';
import type { HostedPush } from '../git';
import { CODEPIPELINE_MODEL } from '../model';
import { behavioursOfApi, type ApiDeclaration } from '../service';
import { now } from '../setting';
import { checkDeclaration, PROVIDERS, providerOf } from './declaration';
import { change, executionKey, startExecution } from './execute';
import { tellExecution } from './events';
import {
  operation,
  pipelineArn,
  type Declaration,
  type Decision,
  type Execution,
  type Pipeline,
  type PipelineWorld,
} from './world';

export { failInterruptedExecutions as failInterruptedPipelines } from './execute';
export { createPipelineWorld, type PipelineWorld } from './world';

const API = 'CodePipeline API Reference';
const GUIDE = 'CodePipeline User Guide';

const onPipeline =
  (action: string) => (input: { readonly name?: string; readonly pipelineName?: string }, world: PipelineWorld) => [
    { action: `codepipeline:${action}`, resources: [pipelineArn(world, input.name ?? input.pipelineName ?? '')] },
  ];

const createPipeline = operation<{ pipeline: Declaration; tags?: Pipeline['tags'] }>(
  'CreatePipeline',
  {
    claims: [
      documented('Creating a pipeline starts it.', `${GUIDE}, "Create a pipeline"`),
      documented('A name that is taken: PipelineNameInUseException.', `${API}, CreatePipeline`),
      documented(
        'Source actions stand in the first stage alone; an input is the output of an earlier stage.',
        `${GUIDE}, "Pipeline structure reference"`,
      ),
      assumed(
        `Actions are of ${Object.keys(PROVIDERS).join(', ')}; others are refused, as are triggers and conditions.`,
      ),
    ],
    access: ({ pipeline }, world) => [
      { action: 'codepipeline:CreatePipeline', resources: [pipelineArn(world, pipeline.name)] },
    ],
  },
  ({ pipeline: declaration, tags = [] }, world, caller) => {
    if (world.pipelines.get(declaration.name)) {
      throw new AwsError(
        'PipelineNameInUseException',
        `A pipeline with the name '${declaration.name}' already exists in account '${world.account}'`,
      );
    }
    checkDeclaration(declaration);
    caller.requires(passing(declaration.roleArn));
    const made: Pipeline = { declaration: { ...declaration, version: 1 }, created: now(), updated: now(), tags };
    world.pipelines.put(declaration.name, made);
    startExecution(
      world,
      made,
      { triggerType: 'CreatePipeline', triggerDetail: caller.principal.session },
      defaults(made),
    );
    return { pipeline: made.declaration, tags };
  },
);

const updatePipeline = operation<{ pipeline: Declaration }>(
  'UpdatePipeline',
  {
    claims: [documented('The version goes up by one; nothing is started.', `${API}, UpdatePipeline`)],
    access: ({ pipeline }, world) => [
      { action: 'codepipeline:UpdatePipeline', resources: [pipelineArn(world, pipeline.name)] },
    ],
  },
  ({ pipeline: declaration }, world, caller) => {
    const before = existing(world, declaration.name);
    checkDeclaration(declaration);
    caller.requires(passing(declaration.roleArn));
    const changed = { ...declaration, version: before.declaration.version + 1 };
    world.pipelines.put(declaration.name, { ...before, declaration: changed, updated: now() });
    return { pipeline: changed };
  },
);

const getPipeline = operation<{ name: string }>(
  'GetPipeline',
  { claims: [], refuses: ['version'], access: onPipeline('GetPipeline') },
  ({ name }, world) => {
    const { declaration, created, updated } = existing(world, name);
    return { pipeline: declaration, metadata: { pipelineArn: pipelineArn(world, name), created, updated } };
  },
);

const deletePipeline = operation<{ name: string }>(
  'DeletePipeline',
  {
    claims: [
      documented('One that is not there is no error.', `${API}, DeletePipeline`),
      assumed('What runs is stopped, and goes with it.'),
    ],
    access: onPipeline('DeletePipeline'),
  },
  ({ name }, world) => {
    world.pipelines.delete(name);
    for (const { id, pipeline, status } of world.executions.all()) {
      if (pipeline !== name) continue;
      if (status === 'InProgress' || status === 'Stopping') world.running.stop(executionKey(world, id));
      else world.executions.delete(id);
    }
    return {};
  },
);

const startPipelineExecution = operation<{ name: string; variables?: readonly { name: string; value: string }[] }>(
  'StartPipelineExecution',
  {
    claims: [
      documented('Variables that the pipeline declares take their values, or their defaults.', `${GUIDE}, "Variables"`),
      assumed(
        'Executions of a pipeline run one after the other; of those that wait, SUPERSEDED runs the newest, QUEUED all.',
      ),
    ],
    refuses: ['sourceRevisions'],
    access: onPipeline('StartPipelineExecution'),
  },
  ({ name, variables = [] }, world, caller) => {
    const pipeline = existing(world, name);
    const values: Record<string, string> = { ...defaults(pipeline) };
    for (const given of variables) {
      if (!pipeline.declaration.variables?.some((one) => one.name === given.name)) {
        throw new AwsError('ValidationException', `The pipeline ${name} has no variable ${given.name}.`);
      }
      values[given.name] = given.value;
    }
    const lacking = (pipeline.declaration.variables ?? []).filter((one) => !(one.name in values));
    if (lacking.length > 0)
      throw new AwsError(
        'ValidationException',
        `The variable ${lacking.map((one) => one.name).join(', ')} has no value.`,
      );
    const isRule = caller.principal.session.endsWith('/events');
    const trigger = {
      triggerType: isRule ? 'CloudWatchEvent' : 'StartPipelineExecution',
      triggerDetail: caller.principal.session,
    };
    return { pipelineExecutionId: startExecution(world, pipeline, trigger, values).id };
  },
);

const stopPipelineExecution = operation<{ pipelineName: string; pipelineExecutionId: string; reason?: string }>(
  'StopPipelineExecution',
  {
    claims: [
      assumed(
        'Actions under way are abandoned, whether or not that is asked for; a build ends with them, in nobody’s name.',
      ),
    ],
    access: onPipeline('StopPipelineExecution'),
  },
  ({ pipelineName, pipelineExecutionId: id, reason }, world) => {
    const execution = existingExecution(world, pipelineName, id);
    if (execution.status !== 'InProgress')
      throw new AwsError('PipelineExecutionNotStoppableException', `The execution ${id} is ${execution.status}.`);
    tellExecution(
      world,
      change(world, id, () => ({ status: 'Stopping', ...(reason && { statusSummary: reason }) })),
    );
    world.running.stop(executionKey(world, id));
    return { pipelineExecutionId: id };
  },
);

const getPipelineExecution = operation<{ pipelineName: string; pipelineExecutionId: string }>(
  'GetPipelineExecution',
  { claims: [], access: onPipeline('GetPipelineExecution') },
  ({ pipelineName, pipelineExecutionId }, world) => {
    const execution = existingExecution(world, pipelineName, pipelineExecutionId);
    const { id, version, status, statusSummary, trigger, variables } = execution;
    const artifactRevisions = execution.actions.flatMap(({ action, revision }) =>
      revision === undefined
        ? []
        : [
            {
              name: action.outputArtifacts?.[0]?.name ?? '',
              revisionId: revision.id,
              revisionSummary: revision.summary,
            },
          ],
    );
    return {
      pipelineExecution: {
        pipelineName,
        pipelineVersion: version,
        pipelineExecutionId: id,
        status,
        ...(statusSummary !== undefined && { statusSummary }),
        artifactRevisions,
        variables: Object.entries(variables).map(([name, resolvedValue]) => ({ name, resolvedValue })),
        trigger,
      },
    };
  },
);

const listPipelineExecutions = operation<{ pipelineName: string }>(
  'ListPipelineExecutions',
  {
    claims: [assumed('All come on one page, newest first.')],
    refuses: ['nextToken', 'filter'],
    access: onPipeline('ListPipelineExecutions'),
  },
  ({ pipelineName }, world) => {
    existing(world, pipelineName);
    return {
      pipelineExecutionSummaries: executionsOf(world, pipelineName).map(
        ({ id, status, statusSummary, startTime, lastUpdateTime, trigger, actions }) => ({
          pipelineExecutionId: id,
          status,
          ...(statusSummary !== undefined && { statusSummary }),
          startTime,
          lastUpdateTime,
          trigger,
          sourceRevisions: actions.flatMap(({ action, revision }) =>
            revision === undefined
              ? []
              : [{ actionName: action.name, revisionId: revision.id, revisionSummary: revision.summary }],
          ),
        }),
      ),
    };
  },
);

const listActionExecutions = operation<{ pipelineName: string; filter?: { pipelineExecutionId?: string } }>(
  'ListActionExecutions',
  {
    claims: [assumed('All come on one page, newest first.')],
    refuses: ['nextToken'],
    access: onPipeline('ListActionExecutions'),
  },
  ({ pipelineName, filter }, world) => {
    existing(world, pipelineName);
    const wanted = executionsOf(world, pipelineName).filter(({ id }) => (filter?.pipelineExecutionId ?? id) === id);
    return {
      actionExecutionDetails: wanted.flatMap(({ id, version, actions, artifacts }) =>
        actions.toReversed().map((run) => ({
          pipelineExecutionId: id,
          actionExecutionId: run.id,
          pipelineVersion: version,
          stageName: run.stage,
          actionName: run.action.name,
          startTime: run.startTime,
          lastUpdateTime: run.lastUpdateTime,
          status: run.status,
          input: {
            actionTypeId: run.action.actionTypeId,
            configuration: run.action.configuration ?? {},
            resolvedConfiguration: run.resolved,
            inputArtifacts: located(run.action.inputArtifacts, artifacts),
            ...(run.action.namespace !== undefined && { namespace: run.action.namespace }),
          },
          output: {
            outputArtifacts: located(run.action.outputArtifacts, artifacts),
            outputVariables: run.variables,
            executionResult: {
              ...(run.externalId !== undefined && { externalExecutionId: run.externalId }),
              ...(run.error !== undefined && { externalExecutionSummary: run.error.message, errorDetails: run.error }),
            },
          },
        })),
      ),
    };
  },
);

const getPipelineState = operation<{ name: string }>(
  'GetPipelineState',
  {
    claims: [documented('A stage shows the latest execution that reached it.', `${API}, GetPipelineState`)],
    access: onPipeline('GetPipelineState'),
  },
  ({ name }, world) => {
    const { declaration, created, updated } = existing(world, name);
    const executions = executionsOf(world, name);
    const stageStates = declaration.stages.map((stage) => {
      const latest = executions.find(({ stages }) => stages.some((one) => one.name === stage.name));
      const status = latest?.stages.find((one) => one.name === stage.name)?.status;
      return {
        stageName: stage.name,
        inboundTransitionState: { enabled: true },
        ...(latest && { latestExecution: { pipelineExecutionId: latest.id, status } }),
        actionStates: stage.actions.map((action) => {
          const run = latest?.actions.find((one) => one.stage === stage.name && one.action.name === action.name);
          return { actionName: action.name, ...(run && { latestExecution: actionState(run) }) };
        }),
      };
    });
    return { pipelineName: name, pipelineVersion: declaration.version, stageStates, created, updated };
  },
);

const putApprovalResult = operation<{
  pipelineName: string;
  stageName: string;
  actionName: string;
  result: Decision;
  token: string;
}>(
  'PutApprovalResult',
  {
    claims: [
      documented(
        'A rejected approval fails its action and the execution.',
        `${GUIDE}, "Manage approval actions in pipelines"`,
      ),
      documented('A token that is not the waiting one’s: InvalidApprovalTokenException.', `${API}, PutApprovalResult`),
    ],
    access: ({ pipelineName, stageName, actionName }, world) => [
      {
        action: 'codepipeline:PutApprovalResult',
        resources: [`${pipelineArn(world, pipelineName)}/${stageName}/${actionName}`],
      },
    ],
  },
  ({ pipelineName, result, token }, world) => {
    existing(world, pipelineName);
    const decide = world.approvals.get(token);
    if (decide === undefined) throw new AwsError('InvalidApprovalTokenException', 'The approval token is not valid.');
    decide(result);
    return { approvedAt: now() };
  },
);

export const CODEPIPELINE_API: ApiDeclaration<PipelineWorld> = {
  name: 'codepipeline',
  model: CODEPIPELINE_MODEL,
  operations: [
    createPipeline,
    updatePipeline,
    getPipeline,
    deletePipeline,
    startPipelineExecution,
    stopPipelineExecution,
    getPipelineExecution,
    listPipelineExecutions,
    listActionExecutions,
    getPipelineState,
    putApprovalResult,
  ],
};

export const CODEPIPELINE_BEHAVIOURS = [
  ...behavioursOfApi(CODEPIPELINE_API),
  ...behavioursOf('codepipeline:executions', [
    documented(
      'Actions of one run order run together; a failed action fails its stage and the execution.',
      `${GUIDE}, "Pipeline structure reference"`,
    ),
    documented(
      'Sources and outputs are zips in the artifact bucket, read and written in the name of the pipeline’s role.',
      `${GUIDE}, "Input and output artifacts"`,
    ),
    documented(
      'A push to the branch of a connected repository starts the pipeline, unless DetectChanges is false.',
      `${GUIDE}, "CodeStarSourceConnection"`,
    ),
    documented(
      '#{namespace.name} is a variable of an action, of the pipeline, or of the execution; one that is not there fails the action.',
      `${GUIDE}, "Variables reference"`,
    ),
    documented(
      'Each state of an execution, a stage and an action is an event.',
      `${GUIDE}, "Monitoring CodePipeline events"`,
    ),
    assumed('The repository is read once for each execution, at its branch’s head.'),
    assumed('An interrupted execution is Failed, with the reason in its summary.'),
  ]),
];

/** A push to a connected repository starts the pipelines that read it. */
export function startAtPush(world: PipelineWorld, { repository, branch }: HostedPush): void {
  for (const pipeline of world.pipelines.all()) {
    const listens = pipeline.declaration.stages[0]?.actions.some(
      (action) =>
        providerOf(action) === 'Source/CodeStarSourceConnection' &&
        action.configuration?.FullRepositoryId === repository &&
        action.configuration.BranchName === branch &&
        (action.configuration.DetectChanges ?? 'true') !== 'false',
    );
    if (listens)
      startExecution(world, pipeline, { triggerType: 'WebhookV2', triggerDetail: repository }, defaults(pipeline));
  }
}

function existing({ pipelines, account }: PipelineWorld, name: string): Pipeline {
  const found = pipelines.get(name);
  if (found === undefined) {
    throw new AwsError(
      'PipelineNotFoundException',
      `Account '${account}' does not have a pipeline with name '${name}'`,
    );
  }
  return found;
}

function existingExecution(world: PipelineWorld, name: string, id: string): Execution {
  existing(world, name);
  const found = world.executions.get(id);
  if (found?.pipeline !== name)
    throw new AwsError('PipelineExecutionNotFoundException', `The pipeline ${name} has no execution ${id}.`);
  return found;
}

/** Newest first. */
function executionsOf({ executions }: PipelineWorld, name: string): Execution[] {
  return executions
    .all()
    .filter(({ pipeline }) => pipeline === name)
    .sort((a, b) => b.startTime - a.startTime);
}

function defaults({ declaration: { variables = [] } }: Pipeline): Record<string, string> {
  return Object.fromEntries(
    variables.flatMap(({ name, defaultValue }) => (defaultValue === undefined ? [] : [[name, defaultValue]])),
  );
}

function actionState({ id, status, summary, lastUpdateTime, token, externalId, error }: Execution['actions'][number]) {
  return {
    actionExecutionId: id,
    status,
    lastStatusChange: lastUpdateTime,
    ...(summary !== undefined && { summary }),
    ...(token !== undefined && { token }),
    ...(externalId !== undefined && { externalExecutionId: externalId }),
    ...(error !== undefined && { errorDetails: error }),
  };
}

function located(names: readonly { readonly name: string }[] = [], artifacts: Execution['artifacts']) {
  return names.map(({ name }) => {
    const s3location = artifacts[name];
    return { name, ...(s3location && { s3location }) };
  });
}

function passing(role: string) {
  return {
    action: 'iam:PassRole',
    resources: [role],
    context: { 'iam:PassedToService': 'codepipeline.amazonaws.com' },
  };
}
