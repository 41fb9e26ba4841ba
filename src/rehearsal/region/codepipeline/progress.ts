// How executions stand, and what came of their actions.
import { assumed, documented } from '../behaviour';
import { API, existing, existingExecution, onPipeline } from './lookup';
import { operation, type Execution, type PipelineWorld } from './world';

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

/** Newest first. */
function executionsOf({ executions }: PipelineWorld, name: string): Execution[] {
  return executions
    .all()
    .filter(({ pipeline }) => pipeline === name)
    .sort((a, b) => b.startTime - a.startTime);
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

export const PROGRESS_OPERATIONS = [
  getPipelineExecution,
  listPipelineExecutions,
  listActionExecutions,
  getPipelineState,
];
