// The model that serves today: what the newest approved package of the group holds.
import {
  DescribeModelPackageCommand,
  ListModelPackagesCommand,
  SageMakerServiceException,
  type SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import { PipelineError } from './upsert';

/** As the register step names it, and the evaluate step looks for it. */
const ARCHIVE = /^s3:\/\/.+\/model\.tar\.gz$/;

/**
 * @returns where its `model.tar.gz` lies; undefined when no package is approved
 * @throws PipelineError when that package is not one of this pipeline's kind
 */
export async function findLiveModel(sagemaker: SageMakerClient, group: string): Promise<string | undefined> {
  const arn = await newestApproved(sagemaker, group);
  if (arn === undefined) return undefined;
  const { InferenceSpecification } = await sagemaker.send(new DescribeModelPackageCommand({ ModelPackageName: arn }));
  const uri = InferenceSpecification?.Containers?.[0]?.ModelDataUrl ?? '';
  if (ARCHIVE.test(uri)) return uri;
  throw new PipelineError(
    `The gate compares with the newest approved model package, ${arn}, but its model is ${JSON.stringify(uri)}, no model.tar.gz: approve one that this pipeline registered, or take the metrics of live out of the gate.`,
  );
}

async function newestApproved(sagemaker: SageMakerClient, group: string): Promise<string | undefined> {
  try {
    const { ModelPackageSummaryList: [newest] = [] } = await sagemaker.send(
      new ListModelPackagesCommand({
        ModelPackageGroupName: group,
        ModelApprovalStatus: 'Approved',
        SortBy: 'CreationTime',
        SortOrder: 'Descending',
        MaxResults: 1,
      }),
    );
    return newest?.ModelPackageArn;
  } catch (error) {
    // The first upsert comes before the group; the service has no error of its own for it.
    if (error instanceof SageMakerServiceException && /does not exist/i.test(error.message)) return undefined;
    throw error;
  }
}
