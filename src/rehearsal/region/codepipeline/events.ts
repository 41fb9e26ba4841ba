// What CodePipeline tells EventBridge, in its words. Source: CodePipeline User Guide, "Monitoring CodePipeline events".
import { pipelineArn, type ActionRun, type Execution, type PipelineWorld, type Status } from './world';

const STATES: Readonly<Record<Status, string>> = {
  InProgress: 'STARTED',
  Succeeded: 'SUCCEEDED',
  Failed: 'FAILED',
  Stopping: 'STOPPING',
  Stopped: 'STOPPED',
  Superseded: 'SUPERSEDED',
  Abandoned: 'ABANDONED',
};

export function tellExecution(world: PipelineWorld, execution: Execution): void {
  const { id, pipeline, status, trigger, startTime, statusSummary } = execution;
  emit(world, execution, 'Pipeline', {
    'start-time': new Date(startTime * 1000).toISOString(),
    'execution-trigger': { 'trigger-type': trigger.triggerType, 'trigger-detail': trigger.triggerDetail },
    state: STATES[status],
    'pipeline-execution-attempt': 1,
  });
  world.tell({
    kind: 'pipeline',
    pipeline,
    execution: id,
    status: STATES[status],
    ...(statusSummary && { reason: statusSummary }),
  });
}

export function tellStage(world: PipelineWorld, execution: Execution, stage: string, status: Status): void {
  emit(world, execution, 'Stage', { stage, state: STATES[status], 'pipeline-execution-attempt': 1 });
  world.tell({
    kind: 'pipeline',
    pipeline: execution.pipeline,
    execution: execution.id,
    stage,
    status: STATES[status],
  });
}

export function tellAction(world: PipelineWorld, execution: Execution, run: ActionRun): void {
  const { stage, action, status, error, externalId, summary } = run;
  emit(world, execution, 'Action', {
    stage,
    action: action.name,
    state: STATES[status],
    region: world.region,
    type: action.actionTypeId,
    ...(status !== 'InProgress' && {
      'execution-result': {
        ...(externalId !== undefined && { 'external-execution-id': externalId }),
        ...(error === undefined
          ? { 'external-execution-summary': summary ?? 'Success' }
          : { 'external-execution-summary': error.message, 'error-code': error.code }),
      },
    }),
    'pipeline-execution-attempt': 1,
  });
  const { pipeline, id } = execution;
  const reason = error?.message;
  const told = { pipeline, execution: id, stage, action: action.name, status: STATES[status] };
  world.tell({ kind: 'pipeline', ...told, ...(reason !== undefined && { reason }) });
}

function emit(
  world: PipelineWorld,
  { id, pipeline, version }: Execution,
  what: 'Pipeline' | 'Stage' | 'Action',
  detail: object,
): void {
  world.emit({
    source: 'aws.codepipeline',
    type: `CodePipeline ${what} Execution State Change`,
    resources: [pipelineArn(world, pipeline)],
    detail: { pipeline, 'execution-id': id, ...detail, version },
  });
}
