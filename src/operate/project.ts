// A launched project, as SageMaker and CloudFormation tell it.
import { DescribeProjectCommand, ListTagsCommand, type DescribeProjectCommandOutput } from '@aws-sdk/client-sagemaker';
import type { Account } from './account';
import type { Aws } from './aws';
import { failureOf } from './stack-state';

export interface LaunchedProject {
  readonly name: string;
  readonly id: string;
  readonly status: string;
  /** ARN of whoever launched it by this command; undefined for projects that were launched otherwise. */
  readonly launchedBy: string | undefined;
  /** Name or ARN of its stack, once there is one. */
  readonly stack: string | undefined;
  /** What SageMaker says of a failure. */
  readonly message: string | undefined;
}

/** Tag that tells a launch that was interrupted from somebody else's project of the same name. */
export const LAUNCHED_BY_TAG = 'drone-mlops:launched-by';

/** @returns undefined when there is none, or no longer */
export async function findProject(
  { sagemaker }: Pick<Aws, 'sagemaker'>,
  name: string,
  account: Pick<Account, 'id'>,
): Promise<LaunchedProject | undefined> {
  const found = await sagemaker.send(new DescribeProjectCommand({ ProjectName: name })).catch((error: unknown) => {
    if (error instanceof Error && /does not exist|not found/i.test(error.message)) return undefined;
    throw error;
  });
  if (found === undefined || found.ProjectStatus === 'DeleteCompleted') return undefined;
  const { Tags = [] } = await sagemaker.send(new ListTagsCommand({ ResourceArn: found.ProjectArn }));
  return {
    name,
    id: found.ProjectId ?? '',
    status: found.ProjectStatus ?? '',
    launchedBy: Tags.find(({ Key }) => Key === LAUNCHED_BY_TAG)?.Value,
    ...stackOf(found, account),
  };
}

function stackOf(
  { TemplateProviderDetails = [], ServiceCatalogProvisionedProductDetails: product }: DescribeProjectCommandOutput,
  { id }: Pick<Account, 'id'>,
): Pick<LaunchedProject, 'stack' | 'message'> {
  const stack = TemplateProviderDetails[0]?.CfnTemplateProviderDetail?.StackDetail;
  const provisioned = product?.ProvisionedProductId;
  return {
    // Service Catalog calls its stacks so.
    stack: stack?.Id ?? (provisioned === undefined ? undefined : `SC-${id}-${provisioned}`),
    message: stack?.StatusMessage ?? product?.ProvisionedProductStatusMessage,
  };
}

/** Why a project could not be created, as precisely as its stack tells. */
export async function whyFailed(
  aws: Pick<Aws, 'cloudformation'>,
  { stack, message }: LaunchedProject,
): Promise<string> {
  const reason = stack === undefined ? undefined : await failureOf(aws, stack).catch(() => undefined);
  return reason ?? message ?? 'SageMaker gives no reason';
}
