// The bodies of CreateProcessingJob and CreateTrainingJob, as far as a rehearsal carries them out; the rest passes through.
// The region has validated them against AWS's model; here only what a rehearsal cannot do is refused.
import { z } from 'zod';

/** A job asks for something that a rehearsal cannot carry out. */
export class UnsupportedJobError extends Error {
  override readonly name = 'UnsupportedJobError';
}

/** Seconds after which SageMaker ends a job that sets no limit: one day (API reference, `StoppingCondition`). */
const DEFAULT_RUNTIME_S = 86_400;

const distribution = z.enum(['FullyReplicated', 'ShardedByS3Key']).default('FullyReplicated');
const dataType = z.enum(['S3Prefix', 'ManifestFile']);
const environment = z.record(z.string(), z.string()).default({});
const count = z.int().min(1).max(100);
const stoppingCondition = z
  .looseObject({ MaxRuntimeInSeconds: z.int().min(1).default(DEFAULT_RUNTIME_S) })
  .default({ MaxRuntimeInSeconds: DEFAULT_RUNTIME_S });
const localPath = z.string().regex(/^\/opt\/ml\/processing\/(?!.*\.\.)/, 'must be a folder below /opt/ml/processing/');

const processingRequest = z.looseObject({
  AppSpecification: z.looseObject({
    ImageUri: z.string(),
    ContainerEntrypoint: z.array(z.string()).min(1, 'must name a command'),
    ContainerArguments: z.array(z.string()).default([]),
  }),
  Environment: environment,
  ProcessingInputs: z
    .array(
      z.looseObject({
        InputName: z.string(),
        S3Input: z.looseObject({
          S3Uri: z.string(),
          LocalPath: localPath,
          S3DataType: dataType,
          S3InputMode: z.literal('File').default('File'),
          S3DataDistributionType: distribution,
          S3CompressionType: z.literal('None').default('None'),
        }),
      }),
    )
    .default([]),
  ProcessingOutputConfig: z
    .looseObject({
      Outputs: z.array(
        z.looseObject({
          OutputName: z.string(),
          S3Output: z.looseObject({ S3Uri: z.string(), LocalPath: localPath, S3UploadMode: z.literal('EndOfJob') }),
        }),
      ),
    })
    .default({ Outputs: [] }),
  ProcessingResources: z.looseObject({ ClusterConfig: z.looseObject({ InstanceCount: count }) }),
  StoppingCondition: stoppingCondition,
});

const trainingRequest = z.looseObject({
  AlgorithmSpecification: z.looseObject({
    TrainingImage: z.string(),
    TrainingInputMode: z.literal('File'),
    ContainerEntrypoint: z.undefined('a rehearsal runs the launcher of the image').optional(),
  }),
  HyperParameters: z.record(z.string(), z.string()).default({}),
  Environment: environment,
  InputDataConfig: z
    .array(
      z.looseObject({
        ChannelName: z.string(),
        ContentType: z.string().optional(),
        CompressionType: z.literal('None').default('None'),
        InputMode: z.literal('File').default('File'),
        RecordWrapperType: z.literal('None').default('None'),
        DataSource: z.looseObject({
          S3DataSource: z.looseObject({
            S3Uri: z.string(),
            S3DataType: dataType,
            S3DataDistributionType: distribution,
          }),
        }),
      }),
    )
    .default([]),
  OutputDataConfig: z.looseObject({ S3OutputPath: z.string() }),
  ResourceConfig: z.looseObject({ InstanceCount: z.literal(1, 'a rehearsal trains on one instance') }),
  StoppingCondition: stoppingCondition,
  EnableManagedSpotTraining: z.boolean().default(false),
  CheckpointConfig: z
    .looseObject({
      S3Uri: z.string(),
      LocalPath: z.literal('/opt/ml/checkpoints').default('/opt/ml/checkpoints'),
    })
    .optional(),
});

export type ProcessingRequest = z.infer<typeof processingRequest>;
export type TrainingRequest = z.infer<typeof trainingRequest>;

/** @throws UnsupportedJobError that names the setting */
export function parseProcessingRequest(request: unknown): ProcessingRequest {
  return parsed(processingRequest, request);
}

/** @throws UnsupportedJobError that names the setting */
export function parseTrainingRequest(request: unknown): TrainingRequest {
  return parsed(trainingRequest, request);
}

function parsed<T extends z.ZodType>(schema: T, request: unknown): z.output<T> {
  const result = schema.safeParse(request);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new UnsupportedJobError(
    `A rehearsal cannot run this job: ${z.core.toDotPath(issue?.path ?? [])}: ${issue?.message ?? 'not supported'}.`,
  );
}
