// Training steps: a container job whose arguments are the body of CreateTrainingJob.
import { reference, type Count, type Reference, type Text } from './expression';
import { cacheJson, retryJson, type Cache, type Retry } from './policy';
import { DefinitionError, dependsOnJson, tagsJson, type Step, type StepOptions } from './step';

/** Limits of CreateTrainingJob (SageMaker API reference). */
const MAX_HYPERPARAMETERS = 100;
const MAX_HYPERPARAMETER_LENGTH = 2500;

/** Spot capacity: cheaper, may be taken away; the job goes on from its checkpoints. */
export interface Spot {
  /** Prefix that `/opt/ml/checkpoints` is kept in step with. */
  readonly checkpoints: Text;
  /** Seconds to wait for capacity and training together; at least the run time. */
  readonly maxWaitSeconds: number;
}

export interface TrainingStepOptions extends StepOptions {
  readonly image: Text;
  /** URIs of the channels, by name; each appears at `/opt/ml/input/data/<name>`. */
  readonly channels: Readonly<Record<string, Text>>;
  readonly hyperparameters: Readonly<Record<string, Text>>;
  readonly outputUri: Text;
  readonly environment?: Readonly<Record<string, Text>>;
  readonly instances: { readonly type: Text; readonly count: Count; readonly volumeGb: Count };
  readonly maxRunSeconds: number;
  readonly role: Text;
  readonly spot?: Spot;
  /** What CloudWatch keeps of the log, as metrics. */
  readonly metrics?: readonly { readonly Name: string; readonly Regex: string }[];
  readonly tags?: Readonly<Record<string, Text>>;
  readonly cache?: Cache;
  readonly retry?: readonly Retry[];
}

export interface TrainingStep extends Step {
  /** URI of `model.tar.gz`. */
  readonly modelArtifacts: Reference<string>;
  readonly jobArn: Reference<string>;
}

/** @throws DefinitionError when a limit of CreateTrainingJob is passed */
export function trainingStep(options: TrainingStepOptions): TrainingStep {
  const { name, channels, hyperparameters, instances, spot } = options;
  checkLimits(name, hyperparameters);
  return {
    name,
    modelArtifacts: reference(`Steps.${name}.ModelArtifacts.S3ModelArtifacts`),
    jobArn: reference(`Steps.${name}.TrainingJobArn`),
    json: {
      Name: name,
      Type: 'Training',
      Arguments: {
        AlgorithmSpecification: {
          TrainingInputMode: 'File',
          TrainingImage: options.image,
          ...(options.metrics && { MetricDefinitions: options.metrics }),
        },
        OutputDataConfig: { S3OutputPath: options.outputUri },
        StoppingCondition: {
          MaxRuntimeInSeconds: options.maxRunSeconds,
          ...(spot && { MaxWaitTimeInSeconds: spot.maxWaitSeconds }),
        },
        ResourceConfig: {
          VolumeSizeInGB: instances.volumeGb,
          InstanceCount: instances.count,
          InstanceType: instances.type,
        },
        RoleArn: options.role,
        InputDataConfig: Object.entries(channels).map(([channel, uri]) => ({
          DataSource: {
            S3DataSource: { S3DataType: 'S3Prefix', S3Uri: uri, S3DataDistributionType: 'FullyReplicated' },
          },
          ChannelName: channel,
        })),
        HyperParameters: hyperparameters,
        ...(options.environment && { Environment: options.environment }),
        ...tagsJson(options.tags),
        ...(spot && {
          EnableManagedSpotTraining: true,
          CheckpointConfig: { S3Uri: spot.checkpoints, LocalPath: '/opt/ml/checkpoints' },
        }),
        // The debugger takes no new customers, and its output path would be part of the cache key.
        ProfilerConfig: { DisableProfiler: true },
      },
      ...dependsOnJson(options),
      ...retryJson(options.retry),
      ...cacheJson(options.cache),
    },
  };
}

function checkLimits(name: string, hyperparameters: Readonly<Record<string, Text>>): void {
  const entries = Object.entries(hyperparameters);
  if (entries.length > MAX_HYPERPARAMETERS) {
    throw new DefinitionError(
      `Step ${name} has ${entries.length} hyperparameters; SageMaker takes ${MAX_HYPERPARAMETERS}.`,
    );
  }
  for (const [key, value] of entries) {
    if (typeof value === 'string' && value.length > MAX_HYPERPARAMETER_LENGTH) {
      throw new DefinitionError(
        `Step ${name}: hyperparameter ${key} has ${value.length} characters; SageMaker takes ${MAX_HYPERPARAMETER_LENGTH}.`,
      );
    }
  }
}
