// Runs an execution in the background, and is the host that it asks for jobs, objects and earlier runs.
import { setTimeout as delay } from 'node:timers/promises';
import {
  execute,
  type CachedRun,
  type CallStep,
  type ExecutionHost,
  type JsonObject,
  type ParameterValues,
  type PipelineDefinition,
  type StepMetadata,
  type StepOutcome,
} from '../../execution';
import { AwsError } from '../errors';
import type { Caller } from '../service';
import { runCallbackStep } from './callbacks';
import { runFunctionStep } from './function-step';
import { invocationFailure } from './invocation';
import type { Execution, RecordedStep } from './executions';
import { describedJob, KINDS, runJobStep } from './jobs';
import type { Members } from './operation';
import { existingPackage } from './registry';
import { answer, randomId, seconds, type World } from './world';

/** Starts the execution `id`, which is in `world.executions`. */
export function runExecution(
  world: World,
  id: string,
  definition: PipelineDefinition,
  parameters: ParameterValues,
): void {
  const current = (): Execution => {
    const execution = world.executions.get(id);
    if (execution === undefined) throw new Error(`The execution ${id} is gone.`);
    return execution;
  };
  const change = (changes: Partial<Execution>): void => {
    world.executions.put(id, { ...current(), ...changes, LastModifiedTime: seconds() });
  };
  const { PipelineName, PipelineArn, PipelineExecutionArn, CreationTime, ParallelismConfiguration } = current();
  const variables = {
    PipelineName,
    PipelineArn,
    PipelineExecutionId: id,
    PipelineExecutionArn,
    StartDateTime: new Date(CreationTime * 1000),
  };
  const request = {
    definition,
    parameters,
    variables,
    maxParallelSteps: ParallelismConfiguration?.MaxParallelExecutionSteps,
  };
  const host = executionHost(world, id, current, change);
  world.tell({ kind: 'execution', arn: PipelineExecutionArn, status: 'Executing' });
  world.running.start(PipelineExecutionArn, async (signal) => {
    const { status, failureReason } = await execute(request, host, signal).catch((error: unknown) => ({
      status: 'Failed' as const,
      failureReason: `InternalFailure: ${error instanceof Error ? error.message : String(error)}`,
    }));
    change({ PipelineExecutionStatus: status, ...(failureReason !== undefined && { FailureReason: failureReason }) });
    world.tell({ kind: 'execution', arn: PipelineExecutionArn, status, failureReason });
  });
}

function executionHost(
  world: World,
  id: string,
  current: () => Execution,
  change: (changes: Partial<Execution>) => void,
): ExecutionHost {
  return {
    runStep: (step, request, report, signal) => runStep(world, id, step, request, report, signal),
    readObject: (uri) => world.storage.readText(uri),
    findCached: (step, cacheKey, notBefore) =>
      Promise.resolve(findCached(world, current().PipelineArn, step.name, cacheKey, notBefore)),
    onStep(state, cacheKey) {
      const { StartTime, EndTime, ...rest } = state;
      const step: RecordedStep = {
        ...rest,
        StartTime: seconds(StartTime),
        ...(EndTime !== undefined && { EndTime: seconds(EndTime) }),
        ...(cacheKey !== undefined && { cacheKey }),
      };
      const { steps, PipelineExecutionArn: executionArn } = current();
      const index = steps.findIndex(({ StepName }) => StepName === step.StepName);
      change({ steps: index === -1 ? [...steps, step] : steps.with(index, step) });
      world.tell({ kind: 'step', executionArn, step: state });
    },
    async sleep(milliseconds, signal) {
      await delay(milliseconds, undefined, { signal }).catch(() => undefined); // aborted: at once
    },
    now: () => new Date(),
  };
}

/** Makes the API call that a step stands for. */
async function runStep(
  world: World,
  id: string,
  step: CallStep,
  request: JsonObject,
  report: (metadata: StepMetadata) => void,
  signal: AbortSignal,
): Promise<StepOutcome> {
  const name = resourceName(id, step.name);
  const execution = world.executions.get(id);
  const caller = world.apis.as(world.principals.role(String(execution?.RoleArn)));
  switch (step.type) {
    case 'Processing':
    case 'Training':
      return runJobStep(world, KINDS[step.type], name, request, caller, report, signal);
    case 'Lambda':
      return runFunctionStep(step, request, caller, report);
    case 'Callback':
      return runCallbackStep(world, String(execution?.PipelineExecutionArn), step, request, caller, report, signal);
    case 'Model': {
      const input = { ...request, ModelName: name };
      return stepOf('CreateModel', input, caller, ({ ModelArn }) => ({
        metadata: { Model: { Arn: String(ModelArn) } },
        properties: { ModelName: name },
      }));
    }
    case 'RegisterModel':
      return stepOf('CreateModelPackage', request, caller, ({ ModelPackageArn }) => {
        const arn = String(ModelPackageArn);
        const properties = answer('DescribeModelPackage', existingPackage(world, arn)) as JsonObject; // resources are JSON
        return { metadata: { RegisterModel: { Arn: arn } }, properties };
      });
  }
}

/** A step that is over when its call has been answered. */
async function stepOf(
  operation: string,
  input: Members,
  caller: Caller,
  tell: (output: Members) => { metadata: StepMetadata; properties: JsonObject },
): Promise<StepOutcome> {
  try {
    return { status: 'Succeeded', ...tell(await caller.call('sagemaker', operation, input)) };
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return { status: 'Failed', reason: invocationFailure(operation, error) };
  }
}

function findCached(
  world: World,
  pipelineArn: string,
  stepName: string,
  cacheKey: string,
  notBefore: Date | undefined,
): CachedRun | undefined {
  const earliest = notBefore === undefined ? -Infinity : seconds(notBefore);
  let latest: { end: number; run: CachedRun } | undefined;
  for (const { PipelineArn, PipelineExecutionArn: executionArn, steps } of world.executions.all()) {
    if (PipelineArn !== pipelineArn) continue;
    for (const { StepName, cacheKey: key, EndTime: end = 0, Metadata: metadata = {} } of steps) {
      if (StepName !== stepName || key !== cacheKey || end < earliest || end <= (latest?.end ?? -Infinity)) continue;
      const properties = describedJob(world, metadata);
      if (properties !== undefined) latest = { end, run: { executionArn, properties, metadata } };
    }
  }
  return latest?.run;
}

/** Longest name of a job or a model. */
const NAME_LENGTH = 63;

function resourceName(executionId: string, step: string): string {
  const head = `pipelines-${executionId}-`;
  const tail = `-${randomId(10)}`;
  const middle = step.replace(/[^A-Za-z0-9-]/g, '-').slice(0, NAME_LENGTH - head.length - tail.length);
  return `${head}${middle.replace(/^-+|-+$/g, '')}${tail}`.replace(/-{2,}/g, '-');
}
