// The steps of an execution, as SageMaker lists them.
import {
  paginateListPipelineExecutionSteps,
  type PipelineExecutionStep,
  type SageMakerClient,
} from '@aws-sdk/client-sagemaker';

/** Every step, the first to start first. */
export async function executionSteps(client: SageMakerClient, executionArn: string): Promise<PipelineExecutionStep[]> {
  const steps: PipelineExecutionStep[] = [];
  const pages = paginateListPipelineExecutionSteps(
    { client },
    { PipelineExecutionArn: executionArn, SortOrder: 'Ascending' },
  );
  for await (const { PipelineExecutionSteps = [] } of pages) steps.push(...PipelineExecutionSteps);
  return steps;
}
