// What an execution did, read back from the region: its steps, what they left, the package that it registered.
import { z } from 'zod';
import type { RegionClient } from './client';
import type { JobOutcome } from './jobs';
import type { Artifact, Evaluation, PackageRecord, RehearsalRecord, StepRecord } from './record';

const stepList = z.object({
  PipelineExecutionSteps: z.array(
    z.object({
      StepName: z.string(),
      StartTime: z.number(),
      EndTime: z.number().optional(),
      StepStatus: z.string(),
      FailureReason: z.string().optional(),
      CacheHitResult: z.object({ SourcePipelineExecutionArn: z.string() }).optional(),
      Metadata: z.record(z.string(), z.looseObject({ Arn: z.string().optional() })).optional(),
    }),
  ),
});
type ListedStep = z.infer<typeof stepList>['PipelineExecutionSteps'][number];

const description = z.object({
  PipelineExecutionStatus: z.string(),
  FailureReason: z.string().optional(),
  CreationTime: z.number(),
  LastModifiedTime: z.number(),
});

const s3Input = z.object({ InputName: z.string(), S3Input: z.object({ S3Uri: z.string() }) });
const processingJob = z.object({
  ProcessingInputs: z.array(s3Input).default([]),
  ProcessingOutputConfig: z.object({
    Outputs: z.array(z.object({ OutputName: z.string(), S3Output: z.object({ S3Uri: z.string() }) })),
  }),
  ProcessingResources: z.object({ ClusterConfig: z.object({ InstanceCount: z.number() }) }),
});
const trainingJob = z.object({
  InputDataConfig: z.array(
    z.object({ ChannelName: z.string(), DataSource: z.object({ S3DataSource: z.object({ S3Uri: z.string() }) }) }),
  ),
  ResourceConfig: z.object({ InstanceCount: z.number() }),
});
const modelPackage = z.object({
  ModelPackageArn: z.string(),
  ModelApprovalStatus: z.string(),
  InferenceSpecification: z.object({ Containers: z.array(z.object({ ModelDataUrl: z.string() })).min(1) }),
  CustomerMetadataProperties: z.record(z.string(), z.string()).default({}),
});

/** An execution as the region tells it, with the S3 folders that its steps wrote, by step and output. */
export interface ObservedExecution {
  readonly execution: NonNullable<RehearsalRecord['execution']>;
  readonly failureReason?: string;
  /** `Evaluate/evaluation` → `s3://…` */
  readonly outputs: ReadonlyMap<string, string>;
  readonly packageArn?: string;
}

/** @param jobs how this process's jobs ended, by name: the memory that was seen is known here alone */
export async function observeExecution(
  client: RegionClient,
  arn: string,
  jobs: ReadonlyMap<string, JobOutcome>,
): Promise<ObservedExecution> {
  const told = description.parse(await client.call('DescribePipelineExecution', { PipelineExecutionArn: arn }));
  const listed = stepList.parse(
    await client.call('ListPipelineExecutionSteps', {
      PipelineExecutionArn: arn,
      SortOrder: 'Ascending',
      MaxResults: 100,
    }),
  ).PipelineExecutionSteps;
  const began = milliseconds(told.CreationTime);
  const outputs = new Map<string, string>();
  let packageArn: string | undefined;
  const steps: StepRecord[] = [];
  for (const step of listed) {
    const [type, job] = Object.entries(step.Metadata ?? {})[0] ?? ['unknown', {}];
    if (type === 'RegisterModel') packageArn = job.Arn;
    const name = job.Arn?.slice(job.Arn.lastIndexOf('/') + 1) ?? '';
    steps.push({
      ...timing(step, began),
      type,
      ...(await jobOf(client, type, name, step.StepName, outputs)),
      peakBytes: peakOf(jobs.get(name)),
    });
  }
  return {
    execution: {
      arn,
      status: told.PipelineExecutionStatus,
      milliseconds: milliseconds(told.LastModifiedTime) - began,
      steps,
    },
    failureReason: told.FailureReason,
    outputs,
    packageArn,
  };
}

function timing(step: ListedStep, began: number) {
  return {
    name: step.StepName,
    status: step.StepStatus,
    cached: step.CacheHitResult !== undefined,
    failureReason: step.FailureReason,
    startedMs: milliseconds(step.StartTime) - began,
    milliseconds: step.EndTime === undefined ? null : milliseconds(step.EndTime) - milliseconds(step.StartTime),
  };
}

/** The protocol tells times in seconds with three decimals, which a number holds only nearly. */
function milliseconds(seconds: number): number {
  return Math.round(seconds * 1000);
}

function peakOf(outcome: JobOutcome | undefined): number | null {
  const seen = outcome?.hosts.flatMap(({ peakMemoryAtLeast: bytes }) => (bytes === undefined ? [] : [bytes])) ?? [];
  return seen.length === 0 ? null : Math.max(...seen);
}

async function jobOf(
  client: RegionClient,
  type: string,
  name: string,
  step: string,
  outputs: Map<string, string>,
): Promise<Pick<StepRecord, 'instances' | 'inputs'>> {
  if (type === 'ProcessingJob') {
    const job = processingJob.parse(await client.call('DescribeProcessingJob', { ProcessingJobName: name }));
    for (const { OutputName, S3Output } of job.ProcessingOutputConfig.Outputs) {
      outputs.set(`${step}/${OutputName}`, S3Output.S3Uri);
    }
    return {
      instances: job.ProcessingResources.ClusterConfig.InstanceCount,
      inputs: Object.fromEntries(job.ProcessingInputs.map(({ InputName, S3Input }) => [InputName, S3Input.S3Uri])),
    };
  }
  if (type === 'TrainingJob') {
    const job = trainingJob.parse(await client.call('DescribeTrainingJob', { TrainingJobName: name }));
    return {
      instances: job.ResourceConfig.InstanceCount,
      inputs: Object.fromEntries(
        job.InputDataConfig.map(({ ChannelName, DataSource }) => [ChannelName, DataSource.S3DataSource.S3Uri]),
      ),
    };
  }
  return { instances: 0, inputs: {} };
}

/** The part of `evaluation.json` that the report shows; its schema is the seed's. */
const evaluationFile = z.object({
  images: z.object({ validation: z.number(), test: z.number() }),
  operatingPoint: z.object({ confidence: z.number() }),
  sliced: metricSet(),
  fullFrame: metricSet(),
  gate: z.object({
    passed: z.boolean(),
    metrics: z.array(z.object({ metric: z.string(), threshold: z.number(), value: z.number(), passed: z.boolean() })),
  }),
});

function metricSet() {
  return z.object({
    coco: z.record(z.string(), z.number()),
    ultralytics: z.record(z.string(), z.unknown()),
  });
}

/** Reads what the evaluate step wrote below `folder`; undefined when it did not get that far. */
export async function observeEvaluation(client: RegionClient, folder: string): Promise<Evaluation | undefined> {
  const body = await client.read(`${folder}/evaluation.json`);
  return body && evaluationFile.parse(JSON.parse(body.toString('utf8')));
}

const splitSummary = z.object({ warnings: z.array(z.string()) });

/** What the split step warned of, below `folder`. */
export async function observeWarnings(client: RegionClient, folder: string): Promise<readonly string[]> {
  const body = await client.read(`${folder}/split.json`);
  return body ? splitSummary.parse(JSON.parse(body.toString('utf8'))).warnings : [];
}

/** Reads the pictures named by `files` (path → caption) below `folder`; those that are not there are left out. */
export async function observePictures(
  client: RegionClient,
  folder: string,
  files: Readonly<Record<string, string>>,
): Promise<Artifact[]> {
  const read = Object.entries(files).map(async ([file, name]): Promise<Artifact[]> => {
    const body = await client.read(`${folder}/${file}`);
    const mediaType = file.endsWith('.svg') ? 'image/svg+xml' : 'image/jpeg';
    return body ? [{ name, mediaType, body }] : [];
  });
  return (await Promise.all(read)).flat();
}

export async function observePackage(client: RegionClient, arn: string): Promise<PackageRecord> {
  const told = modelPackage.parse(await client.call('DescribeModelPackage', { ModelPackageName: arn }));
  const [{ ModelDataUrl: modelDataUrl }] = told.InferenceSpecification.Containers;
  return {
    arn: told.ModelPackageArn,
    approval: told.ModelApprovalStatus,
    modelDataUrl,
    bytes: (await client.size(modelDataUrl)) ?? 0,
    metadata: told.CustomerMetadataProperties,
  };
}
