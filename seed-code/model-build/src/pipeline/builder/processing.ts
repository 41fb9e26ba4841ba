// Processing steps: a container job whose arguments are the body of CreateProcessingJob.
import { reference, type Count, type PropertyFile, type Reference, type Text } from './expression';
import { cacheJson, retryJson, type Cache, type Retry } from './policy';
import { DefinitionError, dependsOnJson, tagsJson, type Step, type StepOptions } from './step';

/** Limits of CreateProcessingJob (SageMaker API reference). */
const MAX_ARGUMENTS = 100;
const MAX_ARGUMENT_LENGTH = 256;
const MAX_INPUTS = 10;

export interface ProcessingInput {
  readonly uri: Text;
  /** Absolute path in the container, below `/opt/ml/processing/`. */
  readonly path: string;
  /** `ManifestFile` when `uri` is a file that lists the objects. @default S3Prefix */
  readonly type?: 'S3Prefix' | 'ManifestFile';
  /** Whether each instance gets all objects or its share of them. @default FullyReplicated */
  readonly distribution?: 'FullyReplicated' | 'ShardedByS3Key';
}

export interface ProcessingOutput {
  readonly uri: Text;
  readonly path: string;
}

export interface ProcessingStepOptions<Output extends string, File extends string> extends StepOptions {
  readonly image: Text;
  readonly entrypoint: readonly string[];
  readonly arguments?: readonly Text[];
  readonly inputs: Readonly<Record<string, ProcessingInput>>;
  readonly outputs: Readonly<Record<Output, ProcessingOutput>>;
  /** JSON files among the outputs that later steps read values from. */
  readonly propertyFiles?: Readonly<Record<File, { readonly output: NoInfer<Output>; readonly path: string }>>;
  readonly instances: { readonly type: Text; readonly count: Count; readonly volumeGb: Count };
  readonly role: Text;
  readonly environment?: Readonly<Record<string, Text>>;
  readonly tags?: Readonly<Record<string, Text>>;
  readonly cache?: Cache;
  readonly retry?: readonly Retry[];
}

export interface ProcessingStep<Output extends string, File extends string> extends Step {
  /** URI of an output, by its name. */
  readonly output: (name: Output) => Reference<string>;
  readonly propertyFile: (name: File) => PropertyFile;
  readonly jobArn: Reference<string>;
}

/** @throws DefinitionError when a limit of CreateProcessingJob is passed */
export function processingStep<Output extends string, File extends string = never>(
  options: ProcessingStepOptions<Output, File>,
): ProcessingStep<Output, File> {
  const { name, inputs, outputs, instances } = options;
  const args = options.arguments ?? [];
  checkLimits(name, args, Object.keys(inputs).length);
  const files = Object.entries<{ output: Output; path: string }>(options.propertyFiles ?? {});
  return {
    name,
    output: (output) => reference(`Steps.${name}.ProcessingOutputConfig.Outputs['${output}'].S3Output.S3Uri`),
    propertyFile: (file) => ({ reference: reference(`Steps.${name}.PropertyFiles.${file}`) }),
    jobArn: reference(`Steps.${name}.ProcessingJobArn`),
    json: {
      Name: name,
      Type: 'Processing',
      Arguments: {
        ProcessingResources: {
          ClusterConfig: {
            InstanceType: instances.type,
            InstanceCount: instances.count,
            VolumeSizeInGB: instances.volumeGb,
          },
        },
        AppSpecification: {
          ImageUri: options.image,
          ContainerEntrypoint: options.entrypoint,
          ...(args.length > 0 && { ContainerArguments: args }),
        },
        RoleArn: options.role,
        ProcessingInputs: Object.entries(inputs).map(([input, { uri, path, type, distribution }]) => ({
          InputName: input,
          AppManaged: false,
          S3Input: {
            S3Uri: uri,
            LocalPath: path,
            S3DataType: type ?? 'S3Prefix',
            S3InputMode: 'File',
            S3DataDistributionType: distribution ?? 'FullyReplicated',
            S3CompressionType: 'None',
          },
        })),
        ProcessingOutputConfig: {
          Outputs: Object.entries<ProcessingOutput>(outputs).map(([output, { uri, path }]) => ({
            OutputName: output,
            AppManaged: false,
            S3Output: { S3Uri: uri, LocalPath: path, S3UploadMode: 'EndOfJob' },
          })),
        },
        ...(options.environment && { Environment: options.environment }),
        ...tagsJson(options.tags),
      },
      ...dependsOnJson(options),
      ...retryJson(options.retry),
      ...cacheJson(options.cache),
      ...(files.length > 0 && {
        PropertyFiles: files.map(([file, { output, path }]) => ({
          PropertyFileName: file,
          OutputName: output,
          FilePath: path,
        })),
      }),
    },
  };
}

function checkLimits(name: string, args: readonly Text[], inputs: number): void {
  if (args.length > MAX_ARGUMENTS) {
    throw new DefinitionError(`Step ${name} has ${args.length} arguments; SageMaker takes ${MAX_ARGUMENTS}.`);
  }
  const long = args.find((arg) => typeof arg === 'string' && arg.length > MAX_ARGUMENT_LENGTH);
  if (typeof long === 'string') {
    throw new DefinitionError(
      `Step ${name}: the argument ${JSON.stringify(long)} has ${long.length} characters; SageMaker takes ${MAX_ARGUMENT_LENGTH}.`,
    );
  }
  if (inputs > MAX_INPUTS) {
    throw new DefinitionError(`Step ${name} has ${inputs} inputs; SageMaker takes ${MAX_INPUTS}.`);
  }
}
