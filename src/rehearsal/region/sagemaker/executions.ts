// Executions of pipelines.
import { bindParameters, ParameterError, parseDefinition, type StepState } from '../../execution';
import { assumed, documented } from '../behaviour';
import { without } from '../without';
import { runExecution } from './execution-run';
import { API, GUIDE, invalid, notFound, operation, type Members } from './operation';
import { page, PAGING_CLAIM, type Paging } from './paging';
import { existingPipeline, versionOf } from './pipelines';
import { answer, randomId, seconds, type World } from './world';

export interface Execution extends Members {
  readonly PipelineName: string;
  readonly PipelineArn: string;
  readonly PipelineVersionId: number;
  readonly PipelineExecutionArn: string;
  readonly PipelineExecutionStatus: 'Executing' | 'Stopping' | 'Stopped' | 'Failed' | 'Succeeded';
  readonly CreationTime: number;
  readonly LastModifiedTime: number;
  readonly FailureReason?: string;
  readonly PipelineParameters: readonly Parameter[];
  readonly ParallelismConfiguration?: { readonly MaxParallelExecutionSteps: number };
  readonly ClientRequestToken: string;
  readonly steps: readonly RecordedStep[];
}

export interface Parameter {
  readonly Name: string;
  readonly Value: string;
}

/** A step's state as the API has it, and the key under which its run can be found again. */
export interface RecordedStep extends Omit<StepState, 'StartTime' | 'EndTime'> {
  readonly StartTime: number;
  readonly EndTime?: number;
  readonly cacheKey?: string;
}

const startPipelineExecution = operation<{
  PipelineName: string;
  PipelineVersionId?: number;
  PipelineParameters?: readonly Parameter[];
  ParallelismConfiguration?: Execution['ParallelismConfiguration'];
  ClientRequestToken: string;
}>(
  'StartPipelineExecution',
  {
    claims: [
      documented(
        'Runs the latest version of the pipeline unless PipelineVersionId names another.',
        `${API}, StartPipelineExecution`,
      ),
      documented(
        'The same ClientRequestToken again answers with the execution that it started.',
        `${API}, StartPipelineExecution`,
      ),
      documented(
        'Parameters are strings, parsed as the definition types them; unknown or mistyped ones are refused.',
        'SageMaker Python SDK 2.257.6, local/pipeline.py',
      ),
      documented(
        'Steps whose references and DependsOn are met run in parallel, up to MaxParallelExecutionSteps.',
        `${GUIDE}, "Pipeline Structure and Execution"`,
      ),
      documented(
        'A branch that is not taken, and what depends on it, never starts.',
        'SageMaker Python SDK 2.257.6, local/pipeline.py',
      ),
      documented(
        'Retry policies, cache keys and cache expiry.',
        `${GUIDE}, "Retry Policy for Pipeline Steps", "Caching Pipeline Steps"`,
      ),
      documented(
        'Join, JsonGet, conditions and the reason of a failed execution read as in the SDK’s local mode.',
        'SageMaker Python SDK 2.257.6, local/pipeline.py',
      ),
      documented(
        'A Lambda step invokes its function with its arguments; members of what that returns are its output parameters.',
        `${GUIDE}, "Lambda step"`,
      ),
      assumed('An output parameter that is missing, or of another type than declared, fails its step.'),
      assumed('A job’s name is pipelines-<execution id>-<step>-<ten letters and digits>.'),
      assumed('When a step fails, those under way run to their end, and no other starts.'),
      assumed('An execution that the region did not live to see the end of is Failed when the region starts again.'),
    ],
    refuses: ['SelectiveExecutionConfig', 'PipelineVersionAlias', 'MlflowExperimentName'],
  },
  (input, world) => {
    const pipeline = existingPipeline(world, input.PipelineName);
    const { PipelineName, PipelineArn } = pipeline;
    const earlier = world.executions
      .all()
      .find((one) => one.PipelineArn === PipelineArn && one.ClientRequestToken === input.ClientRequestToken);
    if (earlier !== undefined) return { PipelineExecutionArn: earlier.PipelineExecutionArn };

    const version = versionOf(world, pipeline, input.PipelineVersionId);
    const given = input.PipelineParameters ?? [];
    const definition = parseDefinition(version.PipelineDefinition);
    const parameters = bound(() =>
      bindParameters(definition, Object.fromEntries(given.map(({ Name, Value }) => [Name, Value]))),
    );
    const id = randomId(12);
    const now = seconds();
    const execution: Execution = {
      RoleArn: pipeline.RoleArn,
      ParallelismConfiguration: pipeline.ParallelismConfiguration,
      PipelineExecutionDisplayName: `execution-${Math.round(now * 1000)}`,
      ...input,
      PipelineName,
      PipelineArn,
      PipelineVersionId: version.PipelineVersionId,
      PipelineExecutionArn: `${PipelineArn}/execution/${id}`,
      PipelineExecutionStatus: 'Executing',
      PipelineParameters: given,
      CreationTime: now,
      LastModifiedTime: now,
      steps: [],
    };
    world.executions.put(id, execution);
    world.versions.put(`${PipelineName}/${version.PipelineVersionId}`, {
      ...version,
      LastExecutionPipelineExecutionArn: execution.PipelineExecutionArn,
    });
    world.pipelines.put(PipelineName, { ...pipeline, LastRunTime: now });
    runExecution(world, id, definition, parameters);
    return { PipelineExecutionArn: execution.PipelineExecutionArn };
  },
);

interface OfExecution {
  readonly PipelineExecutionArn: string;
}

const describePipelineExecution = operation<OfExecution>('DescribePipelineExecution', { claims: [] }, (input, world) =>
  answer('DescribePipelineExecution', existing(world, input)),
);

const listPipelineExecutions = operation<Paging & { PipelineName: string; SortBy?: string }>(
  'ListPipelineExecutions',
  { claims: [PAGING_CLAIM], refuses: ['CreatedAfter', 'CreatedBefore', 'PipelineVersionAlias'] },
  (input, world) => {
    const { PipelineArn } = existingPipeline(world, input.PipelineName);
    if (input.SortBy === 'PipelineExecutionArn')
      throw invalid('The rehearsal region sorts executions by CreationTime.');
    const executions = world.executions
      .all()
      .filter((one) => one.PipelineArn === PipelineArn)
      .sort((a, b) => a.CreationTime - b.CreationTime);
    const { items, token } = page(executions, input);
    const PipelineExecutionSummaries = items.map((one) => ({
      PipelineExecutionArn: one.PipelineExecutionArn,
      StartTime: one.CreationTime,
      PipelineExecutionStatus: one.PipelineExecutionStatus,
      PipelineExecutionDescription: one.PipelineExecutionDescription,
      PipelineExecutionDisplayName: one.PipelineExecutionDisplayName,
      PipelineExecutionFailureReason: one.FailureReason,
    }));
    return { PipelineExecutionSummaries, ...token };
  },
);

const listPipelineExecutionSteps = operation<Paging & OfExecution>(
  'ListPipelineExecutionSteps',
  { claims: [PAGING_CLAIM, assumed('Steps that never started are not listed.')] },
  (input, world) => {
    const { items, token } = page(existing(world, input).steps, input);
    return { PipelineExecutionSteps: items.map((step) => without({ ...step }, 'cacheKey')), ...token };
  },
);

const describePipelineDefinitionForExecution = operation<OfExecution>(
  'DescribePipelineDefinitionForExecution',
  { claims: [] },
  (input, world) => {
    const { PipelineName, PipelineVersionId, CreationTime } = existing(world, input);
    const { PipelineDefinition } = versionOf(world, existingPipeline(world, PipelineName), PipelineVersionId);
    return { PipelineDefinition, CreationTime };
  },
);

const listPipelineParametersForExecution = operation<Paging & OfExecution>(
  'ListPipelineParametersForExecution',
  { claims: [assumed('Lists the parameters that StartPipelineExecution was given, not the defaults.')] },
  (input, world) => {
    const { items, token } = page(existing(world, input).PipelineParameters, { ...input, SortOrder: 'Ascending' });
    return { PipelineParameters: items, ...token };
  },
);

const updatePipelineExecution = operation<
  OfExecution & { PipelineExecutionDescription?: string; PipelineExecutionDisplayName?: string }
>(
  'UpdatePipelineExecution',
  {
    claims: [assumed('What is given takes the place of what was there, whatever the status of the execution.')],
    refuses: ['ParallelismConfiguration'],
  },
  (input, world) => {
    const execution = existing(world, input);
    const { PipelineExecutionArn } = execution;
    world.executions.put(executionId(PipelineExecutionArn), { ...execution, ...input, PipelineExecutionArn });
    return { PipelineExecutionArn };
  },
);

const stopPipelineExecution = operation<OfExecution>(
  'StopPipelineExecution',
  {
    claims: [
      documented(
        'Jobs under way are stopped; the execution is Stopping, and Stopped when they have ended.',
        `${API}, StopPipelineExecution`,
      ),
      assumed('An execution that has ended, or is stopping, cannot be stopped: ValidationException.'),
    ],
  },
  (input, world) => {
    const execution = existing(world, input);
    const { PipelineExecutionArn, PipelineExecutionStatus: status } = execution;
    if (status !== 'Executing') {
      throw invalid(
        `Pipeline execution ${PipelineExecutionArn} is ${status}: only one that is Executing can be stopped.`,
      );
    }
    const stopping = { PipelineExecutionStatus: 'Stopping', LastModifiedTime: seconds() } as const;
    world.executions.put(executionId(PipelineExecutionArn), { ...execution, ...stopping });
    world.running.stop(PipelineExecutionArn);
    return { PipelineExecutionArn };
  },
);

export const EXECUTION_OPERATIONS = [
  startPipelineExecution,
  describePipelineExecution,
  listPipelineExecutions,
  listPipelineExecutionSteps,
  describePipelineDefinitionForExecution,
  listPipelineParametersForExecution,
  updatePipelineExecution,
  stopPipelineExecution,
];

/** Executions that were under way when the process was killed. */
export function failInterruptedExecutions(world: World, reason: string): void {
  const now = seconds();
  for (const execution of world.executions.all()) {
    if (execution.PipelineExecutionStatus !== 'Executing' && execution.PipelineExecutionStatus !== 'Stopping') continue;
    const steps = execution.steps.map((step): RecordedStep =>
      step.EndTime !== undefined ? step : { ...step, StepStatus: 'Failed', FailureReason: reason, EndTime: now },
    );
    world.executions.put(executionId(execution.PipelineExecutionArn), {
      ...execution,
      PipelineExecutionStatus: 'Failed',
      FailureReason: reason,
      LastModifiedTime: now,
      steps,
    });
  }
}

function executionId(executionArn: string): string {
  return executionArn.slice(executionArn.lastIndexOf('/') + 1);
}

function existing(world: World, { PipelineExecutionArn }: Partial<OfExecution>): Execution {
  const execution = world.executions.get(executionId(PipelineExecutionArn ?? ''));
  if (execution?.PipelineExecutionArn !== PipelineExecutionArn || execution === undefined) {
    throw notFound(`Pipeline execution '${PipelineExecutionArn ?? ''}' does not exist.`);
  }
  return execution;
}

function bound<T>(bind: () => T): T {
  try {
    return bind();
  } catch (error) {
    if (error instanceof ParameterError) throw invalid(error.message);
    throw error;
  }
}
