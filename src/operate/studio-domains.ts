// Domains of Studio: each says by a tag where its templates in S3 are. A tag that points elsewhere is somebody else's, and stays.
import { AddTagsCommand, paginateListDomains, paginateListTags } from '@aws-sdk/client-sagemaker';
import type { Aws } from './aws';

/** Source: "Create a MLOps project from a template in S3", SageMaker Developer Guide. */
export const LOCATION_TAG = 'sagemaker:projectS3TemplatesLocation';

export interface StudioDomain {
  readonly arn: string;
  readonly name: string;
  /** Where it looks for templates; undefined when nobody has said. */
  readonly location: string | undefined;
}

export async function studioDomains({ sagemaker }: Pick<Aws, 'sagemaker'>): Promise<StudioDomain[]> {
  const domains: StudioDomain[] = [];
  for await (const { Domains = [] } of paginateListDomains({ client: sagemaker }, {})) {
    for (const { DomainArn: arn = '', DomainName: name = '' } of Domains) {
      let location: string | undefined;
      for await (const { Tags = [] } of paginateListTags({ client: sagemaker }, { ResourceArn: arn })) {
        location ??= Tags.find(({ Key }) => Key === LOCATION_TAG)?.Value;
      }
      domains.push({ arn, name, location });
    }
  }
  return domains;
}

export async function tagDomains(
  { sagemaker }: Pick<Aws, 'sagemaker'>,
  domains: readonly StudioDomain[],
  location: string,
): Promise<void> {
  for (const { arn } of domains) {
    await sagemaker.send(new AddTagsCommand({ ResourceArn: arn, Tags: [{ Key: LOCATION_TAG, Value: location }] }));
  }
}
