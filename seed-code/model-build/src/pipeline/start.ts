// Starts an execution of one version of the pipeline, on one version of the data.
import { paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import { StartPipelineExecutionCommand, type SageMakerClient } from '@aws-sdk/client-sagemaker';
import { objectExists } from '../s3';
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
 * The data version whose manifest was written last.
 * @throws PipelineError when the bucket holds none
 */
export async function latestDataVersion(s3: S3Client, bucket: string): Promise<string> {
  let latest: { version: string; written: number } | undefined;
  for await (const { Contents = [] } of paginateListObjectsV2(
    { client: s3 },
    { Bucket: bucket, Prefix: 'data/versions/' },
  )) {
    for (const { Key = '', LastModified } of Contents) {
      const version = /^data\/versions\/([0-9a-f]{64})\/manifest\.jsonl$/.exec(Key)?.[1];
      const written = LastModified?.getTime() ?? 0;
      if (version !== undefined && (!latest || written > latest.written)) latest = { version, written };
    }
  }
  if (latest) return latest.version;
  throw new PipelineError(`s3://${bucket} holds no data version: push one with \`npm run data -- push DIR\`.`);
}

/** @throws PipelineError when the bucket does not hold this data version */
export async function checkDataVersion(s3: S3Client, bucket: string, version: string): Promise<void> {
  if (await objectExists(s3, bucket, `data/versions/${version}/manifest.jsonl`)) return;
  throw new PipelineError(
    `s3://${bucket} holds no data version ${version}: push it with \`npm run data -- push DIR\`.`,
  );
}
