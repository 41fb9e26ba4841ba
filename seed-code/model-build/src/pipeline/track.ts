// Links an execution with its runs, where a tracking server is configured.
import type { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { connect, linkExecution, mlflow, trackingAddress, type Linked } from '../tracking';
import type { Environment } from './environment';
import { REQUIRED_PARAMETERS } from './project';

/** @returns undefined when nothing is tracked. @throws as {@link linkExecution} */
export async function trackExecution(
  sagemaker: SageMakerClient,
  { tracking }: Environment,
  executionArn: string,
): Promise<Linked | undefined> {
  if (tracking === undefined) return undefined;
  const address = trackingAddress(tracking, process.env.SAGEMAKER_MLFLOW_CUSTOM_ENDPOINT);
  return linkExecution({
    sagemaker,
    client: mlflow(connect(address)),
    trackingUri: tracking,
    executionArn,
    parameters: REQUIRED_PARAMETERS,
  });
}
