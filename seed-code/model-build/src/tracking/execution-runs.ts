// How an execution of the pipeline is shown in MLflow: one run, and one below it for each step.
import type { RunHeader, RunIdentity } from './entry';

/** Tags of the runs: by the first two a run is found again. */
export const RUN_TAGS = {
  execution: 'drone-mlops.execution',
  /** Name of the step in lower case; `execution` for the run above the steps. */
  part: 'drone-mlops.part',
  commit: 'drone-mlops.commit',
  dataVersion: 'drone-mlops.data-version',
  job: 'drone-mlops.job',
  cachedFrom: 'drone-mlops.cached-from',
  failure: 'drone-mlops.failure',
  package: 'drone-mlops.model-package',
} as const;

const WHOLE = 'execution';

export interface TrackedExecution {
  readonly executionArn: string;
  readonly commit: string;
  readonly dataVersion: string;
}

/** An ARN of another form than `arn:aws:sagemaker:REGION:ACCOUNT:pipeline/NAME/execution/ID`. */
export class ExecutionArnError extends Error {
  override readonly name = 'ExecutionArnError';
}

/** @throws ExecutionArnError */
export function executionNames(executionArn: string): { readonly pipeline: string; readonly id: string } {
  const [, pipeline, id] = /:pipeline\/([^/]+)\/execution\/([^/]+)$/.exec(executionArn) ?? [];
  if (pipeline !== undefined && id !== undefined) return { pipeline, id };
  throw new ExecutionArnError(`${executionArn} is not the ARN of a pipeline's execution.`);
}

/** The run of an execution. @throws ExecutionArnError */
export function executionRun(execution: TrackedExecution, startTime: number): RunIdentity {
  const { executionArn } = execution;
  const { id } = executionNames(executionArn);
  return {
    name: `execution ${id}`,
    identity: { [RUN_TAGS.execution]: executionArn, [RUN_TAGS.part]: WHOLE },
    tags: sourceTags(execution, executionArn),
    startTime,
  };
}

/**
 * The run of a step, below that of its execution, in the experiment that has the pipeline's name.
 * @param step the step's name
 * @throws ExecutionArnError
 */
export function stepRun(
  execution: TrackedExecution,
  step: string,
  jobArn: string | undefined,
  startTime: number,
): RunHeader {
  const { executionArn } = execution;
  const name = step.toLowerCase();
  return {
    kind: 'run',
    experiment: executionNames(executionArn).pipeline,
    run: {
      name,
      identity: { [RUN_TAGS.execution]: executionArn, [RUN_TAGS.part]: name },
      tags: {
        ...sourceTags(execution, jobArn ?? executionArn),
        ...(jobArn !== undefined && { [RUN_TAGS.job]: jobArn }),
      },
      startTime,
    },
    parent: executionRun(execution, startTime),
  };
}

/** Those that MLflow's page has columns for, and ours. */
function sourceTags({ commit, dataVersion }: TrackedExecution, source: string): Record<string, string> {
  return {
    'mlflow.source.type': 'JOB',
    'mlflow.source.name': source,
    'mlflow.source.git.commit': commit,
    'mlflow.user': 'sagemaker-pipeline',
    [RUN_TAGS.commit]: commit,
    [RUN_TAGS.dataVersion]: dataVersion,
  };
}
