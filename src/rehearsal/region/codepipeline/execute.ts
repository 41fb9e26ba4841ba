// Runs executions: stage after stage, the actions of a stage by their run order.
import { AwsError } from '../errors';
import { now, uuid } from '../setting';
import { ActionError, runAction } from './actions';
import { tellAction, tellExecution, tellStage } from './events';
import { resolve, UnresolvedVariableError } from './variables';
import {
  pipelineArn,
  type Action,
  type ActionRun,
  type Execution,
  type Pipeline,
  type PipelineWorld,
  type Status,
} from './world';

/** Starts an execution and returns its record at once. */
export function startExecution(
  world: PipelineWorld,
  pipeline: Pipeline,
  trigger: Execution['trigger'],
  variables: Readonly<Record<string, string>> = {},
): Execution {
  const { declaration } = pipeline;
  const { name, version, executionMode = 'SUPERSEDED' } = declaration;
  const execution: Execution = {
    id: uuid(),
    pipeline: name,
    version,
    status: 'InProgress',
    trigger,
    variables,
    startTime: now(),
    lastUpdateTime: now(),
    stages: [],
    actions: [],
    artifacts: {},
  };
  world.executions.put(execution.id, execution);
  tellExecution(world, execution);
  const before = executionMode === 'PARALLEL' ? Promise.resolve() : (world.queues.get(name) ?? Promise.resolve());
  world.running.start(executionKey(world, execution.id), async (signal) => {
    const turn = before.then(async () => {
      if (executionMode === 'SUPERSEDED' && newer(world, execution)) finish(world, execution.id, 'Superseded');
      else await run(world, declaration, execution.id, signal);
    });
    world.queues.set(name, turn);
    await turn;
    if (world.pipelines.get(name) === undefined) world.executions.delete(execution.id); // it went meanwhile
  });
  return execution;
}

/** Under which name an execution runs. */
export function executionKey(world: PipelineWorld, id: string): string {
  return `${pipelineArn(world, '')}execution/${id}`;
}

/** Executions that ended when the region did. */
export function failInterruptedExecutions(world: PipelineWorld, message: string): void {
  for (const execution of world.executions.all()) {
    if (execution.status !== 'InProgress' && execution.status !== 'Stopping') continue;
    const actions = execution.actions.map((one) =>
      one.status === 'InProgress' ? { ...one, status: 'Failed' as const, error: { code: 'JobFailed', message } } : one,
    );
    const stages = execution.stages.map((one) =>
      one.status === 'InProgress' ? { ...one, status: 'Failed' as const } : one,
    );
    world.executions.put(execution.id, { ...execution, status: 'Failed', statusSummary: message, actions, stages });
  }
}

function newer(world: PipelineWorld, { id, pipeline, startTime }: Execution): boolean {
  return world.executions
    .all()
    .some((other) => other.pipeline === pipeline && other.id !== id && other.startTime > startTime);
}

async function run(
  world: PipelineWorld,
  declaration: Pipeline['declaration'],
  id: string,
  signal: AbortSignal,
): Promise<void> {
  for (const { name, actions } of declaration.stages) {
    if (signal.aborted) break;
    stageBecomes(world, id, name, 'InProgress');
    const orders = [...new Set(actions.map(({ runOrder = 1 }) => runOrder))].sort((a, b) => a - b);
    let failed = false;
    for (const order of orders) {
      const together = actions.filter(({ runOrder = 1 }) => runOrder === order);
      const results = await Promise.all(together.map((action) => act(world, declaration, id, name, action, signal)));
      failed = results.includes(false);
      if (failed || signal.aborted) break;
    }
    const status = signal.aborted ? 'Stopped' : failed ? 'Failed' : 'Succeeded';
    stageBecomes(world, id, name, status);
    if (status !== 'Succeeded') {
      finish(world, id, status);
      return;
    }
  }
  finish(world, id, signal.aborted ? 'Stopped' : 'Succeeded');
}

/** @returns whether it succeeded */
async function act(
  world: PipelineWorld,
  { roleArn, artifactStore }: Pipeline['declaration'],
  id: string,
  stage: string,
  action: Action,
  signal: AbortSignal,
): Promise<boolean> {
  const bucket = artifactStore?.location ?? '';
  const runId = uuid();
  const begun: ActionRun = {
    id: runId,
    stage,
    action,
    resolved: {},
    status: 'InProgress',
    startTime: now(),
    lastUpdateTime: now(),
    variables: {},
  };
  change(world, id, (before) => ({ actions: [...before.actions, begun] }));
  const report = (changes: Partial<ActionRun>): ActionRun => {
    const changed = change(world, id, (before) => ({
      actions: before.actions.map((one) => (one.id === runId ? { ...one, ...changes, lastUpdateTime: now() } : one)),
    }));
    return changed.actions.find((one) => one.id === runId) ?? begun;
  };
  tellAction(world, current(world, id), begun);
  try {
    const configuration = resolve(action.configuration ?? {}, variablesOf(current(world, id)));
    report({ resolved: configuration });
    const context = {
      world,
      execution: current(world, id),
      action,
      configuration,
      roleArn: action.roleArn ?? roleArn,
      bucket,
      report,
      signal,
    };
    const { variables, artifacts } = await runAction(context);
    change(world, id, (before) => ({
      artifacts: {
        ...before.artifacts,
        ...Object.fromEntries(Object.entries(artifacts).map(([name, key]) => [name, { bucket, key }])),
      },
    }));
    tellAction(world, current(world, id), report({ status: 'Succeeded', variables, token: undefined }));
    return true;
  } catch (error) {
    const code =
      error instanceof ActionError
        ? error.code
        : error instanceof UnresolvedVariableError
          ? 'ConfigurationError'
          : error instanceof AwsError
            ? error.code
            : 'InternalError';
    const message = error instanceof Error ? error.message : String(error);
    const status = signal.aborted ? 'Abandoned' : 'Failed';
    tellAction(world, current(world, id), report({ status, error: { code, message }, token: undefined }));
    return false;
  }
}

/** Of the pipeline, of the execution itself, and of the actions that have a namespace. */
function variablesOf({ id, variables, actions }: Execution): ReadonlyMap<string, string> {
  const own = Object.entries(variables).map(([name, value]) => [`variables.${name}`, value] as const);
  const made = actions.flatMap(({ action: { namespace }, variables: values }) =>
    namespace === undefined
      ? []
      : Object.entries(values).map(([name, value]) => [`${namespace}.${name}`, value] as const),
  );
  return new Map([...own, ['codepipeline.PipelineExecutionId', id] as const, ...made]);
}

function stageBecomes(world: PipelineWorld, id: string, name: string, status: Status): void {
  const execution = change(world, id, ({ stages }) => ({
    stages: [...stages.filter((stage) => stage.name !== name), { name, status }],
  }));
  tellStage(world, execution, name, status);
}

function finish(world: PipelineWorld, id: string, status: Status): void {
  const failure = current(world, id).actions.find((one) => one.error !== undefined)?.error?.message;
  const ended = change(world, id, () => ({ status, ...(failure !== undefined && { statusSummary: failure }) }));
  tellExecution(world, ended);
}

function current(world: PipelineWorld, id: string): Execution {
  const execution = world.executions.get(id);
  if (execution === undefined) throw new Error(`The execution ${id} is gone.`);
  return execution;
}

export function change(
  world: PipelineWorld,
  id: string,
  changes: (before: Execution) => Partial<Execution>,
): Execution {
  const before = current(world, id);
  const changed = { ...before, ...changes(before), lastUpdateTime: now() };
  world.executions.put(id, changed);
  return changed;
}
