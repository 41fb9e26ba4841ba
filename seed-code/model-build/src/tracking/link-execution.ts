// After an execution: what no job could tell MLflow about it, and the ways from SageMaker's side to the runs. Doing it again changes nothing.
import {
  AddTagsCommand,
  DescribeModelPackageCommand,
  DescribePipelineExecutionCommand,
  paginateListPipelineParametersForExecution,
  UpdateModelPackageCommand,
  UpdatePipelineExecutionCommand,
  type PipelineExecutionStep,
  type SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import { executionNames, executionRun, RUN_TAGS, stepRun, type TrackedExecution } from './execution-runs';
import { executionSteps } from './execution-steps';
import { findRun, settle } from './find-run';
import { RUN_TAG } from './job-tags';
import type { Metric, MlflowClient, Run, RunStatus } from './mlflow';

/** The registered model's alias for the version that an execution registered last. MLflow keeps `latest` for itself. */
const ALIAS = 'candidate';
/** Customer metadata of the model package. */
const PACKAGE_METADATA = { run: 'mlflow.run', tracking: 'mlflow.tracking' } as const;

export interface LinkOptions {
  readonly sagemaker: SageMakerClient;
  readonly client: MlflowClient;
  /** As `MLFLOW_TRACKING_URI` has it. */
  readonly trackingUri: string;
  readonly executionArn: string;
  /** Names of the pipeline's parameters. */
  readonly parameters: { readonly commit: string; readonly dataVersion: string };
}

export interface Linked {
  readonly experiment: string;
  readonly experimentId: string;
  /** The execution's run. */
  readonly run: string;
  /** Runs of the steps, by the step's name. */
  readonly steps: Readonly<Record<string, string>>;
  /** Of the registered model that has the package group's name. */
  readonly modelVersion?: string;
}

/**
 * Completes the runs of an execution that has ended, and leaves its run with the execution, its jobs and its model package.
 * @throws TrackingOutageError, TrackingRefusedError, and what the SDK throws
 */
export async function linkExecution(options: LinkOptions): Promise<Linked> {
  const { sagemaker, client, executionArn } = options;
  const described = await sagemaker.send(new DescribePipelineExecutionCommand({ PipelineExecutionArn: executionArn }));
  const execution = await parametersOf(options);
  const steps = await executionSteps(sagemaker, executionArn);
  const startTime = described.CreationTime?.getTime() ?? 0;

  const { pipeline } = executionNames(executionArn);
  const experimentId = await client.experiment(pipeline);
  const whole = executionRun(execution, startTime);
  const { run: parent } = await findRun(client, { kind: 'run', experiment: pipeline, run: whole });
  await settle(client, experimentId, whole);

  const runs: Record<string, string> = {};
  const metrics: Metric[] = [];
  for (const step of steps) {
    const { id, metrics: last } = await completeStep(client, execution, step);
    runs[step.StepName ?? ''] = id;
    const timestamp = step.EndTime?.getTime() ?? startTime;
    metrics.push(...Object.entries(last).map(([key, value]) => ({ key, value, timestamp, step: 0 })));
    const jobArn = step.CacheHitResult ? undefined : jobOf(step);
    if (jobArn !== undefined) {
      await sagemaker.send(new AddTagsCommand({ ResourceArn: jobArn, Tags: [{ Key: RUN_TAG, Value: id }] }));
    }
  }

  const packageArn = steps.map(({ Metadata }) => Metadata?.RegisterModel?.Arn).find((arn) => arn !== undefined);
  const modelVersion = packageArn === undefined ? undefined : await linkPackage(options, packageArn, parent.id);
  const reason = described.FailureReason;
  // What its steps measured last, so that executions can be compared in the experiment's table.
  await client.logBatch(parent.id, {
    metrics,
    params: {},
    tags: {
      ...whole.tags,
      ...(reason !== undefined && { [RUN_TAGS.failure]: reason }),
      ...(packageArn !== undefined && { [RUN_TAGS.package]: packageArn }),
    },
  });
  const ended = described.LastModifiedTime?.getTime();
  await client.updateRun(parent.id, runStatus(described.PipelineExecutionStatus), ended);
  await sagemaker.send(
    new UpdatePipelineExecutionCommand({
      PipelineExecutionArn: executionArn,
      PipelineExecutionDescription: `MLflow run ${parent.id} in ${options.trackingUri}`,
    }),
  );
  return {
    experiment: pipeline,
    experimentId,
    run: parent.id,
    steps: runs,
    ...(modelVersion !== undefined && { modelVersion }),
  };
}

async function parametersOf({ sagemaker, executionArn, parameters }: LinkOptions): Promise<TrackedExecution> {
  const values = new Map<string | undefined, string | undefined>();
  const pages = paginateListPipelineParametersForExecution(
    { client: sagemaker },
    { PipelineExecutionArn: executionArn },
  );
  for await (const { PipelineParameters = [] } of pages) {
    for (const { Name, Value } of PipelineParameters) values.set(Name, Value);
  }
  return {
    executionArn,
    commit: values.get(parameters.commit) ?? '',
    dataVersion: values.get(parameters.dataVersion) ?? '',
  };
}

/** The step's run as its job left it; made here for a step that had no job of its own, or whose job could not tell. */
async function completeStep(
  client: MlflowClient,
  execution: TrackedExecution,
  step: PipelineExecutionStep,
): Promise<Run> {
  const { StepName = '', StartTime, EndTime, CacheHitResult, FailureReason, Metadata } = step;
  const header = stepRun(execution, StepName, CacheHitResult ? undefined : jobOf(step), StartTime?.getTime() ?? 0);
  const { run } = await findRun(client, header);
  const source = CacheHitResult?.SourcePipelineExecutionArn;
  const outcome = Metadata?.Condition?.Outcome;
  const { OutputParameters = [] } = Metadata?.Lambda ?? Metadata?.Callback ?? {};
  await client.logBatch(run.id, {
    metrics: [],
    params: {},
    tags: {
      ...(source !== undefined && { [RUN_TAGS.cachedFrom]: source }),
      ...(FailureReason !== undefined && { [RUN_TAGS.failure]: FailureReason }),
      ...(outcome !== undefined && { 'drone-mlops.outcome': outcome }),
      ...Object.fromEntries(OutputParameters.map(({ Name = '', Value = '' }) => [`drone-mlops.output.${Name}`, Value])),
    },
  });
  await client.updateRun(run.id, runStatus(step.StepStatus), EndTime?.getTime());
  return run;
}

/** A version of the registered model for the package, once; its run with the package, and the package with the run. */
async function linkPackage(
  { sagemaker, client, trackingUri }: LinkOptions,
  packageArn: string,
  runId: string,
): Promise<string> {
  const found = await sagemaker.send(new DescribeModelPackageCommand({ ModelPackageName: packageArn }));
  const name = found.ModelPackageGroupName ?? '';
  const source = found.InferenceSpecification?.Containers?.[0]?.ModelDataUrl ?? '';
  await client.registeredModel(name, `Versions of SageMaker's model package group ${name}.`);
  const [there] = await client.modelVersions(name, runId);
  const version =
    there?.version ?? (await client.createModelVersion(name, source, runId, { [RUN_TAGS.package]: packageArn }));
  await client.setAlias(name, ALIAS, version);
  await sagemaker.send(
    new UpdateModelPackageCommand({
      ModelPackageArn: packageArn,
      CustomerMetadataProperties: { [PACKAGE_METADATA.run]: runId, [PACKAGE_METADATA.tracking]: trackingUri },
    }),
  );
  return version;
}

function jobOf({ Metadata }: PipelineExecutionStep): string | undefined {
  return Metadata?.ProcessingJob?.Arn ?? Metadata?.TrainingJob?.Arn;
}

function runStatus(status: string | undefined): RunStatus {
  switch (status) {
    case 'Succeeded':
      return 'FINISHED';
    case 'Failed':
      return 'FAILED';
    case 'Stopped':
      return 'KILLED';
    default:
      return 'RUNNING';
  }
}
