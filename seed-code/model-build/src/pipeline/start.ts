// Starts an execution of one version of the pipeline, on one version of the data.
import { StartPipelineExecutionCommand, type SageMakerClient } from '@aws-sdk/client-sagemaker';
import { DATA_KEYS, latestVersion, type ObjectStore } from '../dataset';
import { REQUIRED_PARAMETERS } from './project';
import { PipelineError } from './upsert';

export interface Start {
  readonly pipelineName: string;
  readonly pipelineVersion: number;
  readonly dataVersion: string;
  readonly commit: string;
  /** Further parameters of the pipeline. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** @returns the execution's ARN */
export async function start(sagemaker: SageMakerClient, options: Start): Promise<string> {
  const parameters = {
    ...options.parameters,
    [REQUIRED_PARAMETERS.dataVersion]: options.dataVersion,
    [REQUIRED_PARAMETERS.commit]: options.commit,
  };
  const { PipelineExecutionArn } = await sagemaker.send(
    new StartPipelineExecutionCommand({
      PipelineName: options.pipelineName,
      PipelineVersionId: options.pipelineVersion,
      PipelineParameters: Object.entries(parameters).map(([Name, Value]) => ({ Name, Value })),
    }),
  );
  if (PipelineExecutionArn === undefined) throw new PipelineError('SageMaker did not say which execution it started.');
  return PipelineExecutionArn;
}

/**
 * The data version to train on: the one asked for, else the one that was pushed last.
 * @throws PipelineError when the bucket does not hold it
 */
export async function findDataVersion(store: ObjectStore, asked: string | undefined): Promise<string> {
  const version = asked ?? (await pushedLast(store));
  if (await store.exists(DATA_KEYS.manifest(version))) return version;
  throw new PipelineError(`The bucket holds no data version ${version}: push it with \`npm run data -- push DIR\`.`);
}

async function pushedLast(store: ObjectStore): Promise<string> {
  const text = await store.read(DATA_KEYS.latest);
  if (text === null) {
    throw new PipelineError('The bucket holds no data version: push one with `npm run data -- push DIR`.');
  }
  return latestVersion.parse(JSON.parse(text)).version;
}
