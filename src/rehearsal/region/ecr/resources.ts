// ECR's resource type of CloudFormation.
import { tagsOf, textOf, type Properties, type Resource, type ResourceType } from '../cloudformation/resource';
import { camel, unlessGone } from '../cloudformation/shapes';
import type { Caller, Members } from '../service';

/** Source: ECR API Reference, CreateRepository: repositoryName. */
const LONGEST_NAME = 256;

const repository: ResourceType = {
  type: 'AWS::ECR::Repository',
  properties: {
    RepositoryName: 'replaces',
    EncryptionConfiguration: 'replaces',
    ImageTagMutability: 'updates',
    ImageScanningConfiguration: 'updates',
    LifecyclePolicy: 'updates',
    EmptyOnDelete: 'updates',
    Tags: 'updates',
  },
  attributes: ['Arn', 'RepositoryUri'],
  async create(properties, context) {
    const repositoryName = textOf(properties, 'RepositoryName') ?? context.generatedName(LONGEST_NAME).toLowerCase();
    const { ImageTagMutability, ImageScanningConfiguration, EncryptionConfiguration } = properties;
    const answer = await context.caller.call('ecr', 'CreateRepository', {
      repositoryName,
      ...given('imageTagMutability', ImageTagMutability),
      ...given('imageScanningConfiguration', camel(ImageScanningConfiguration)),
      ...given('encryptionConfiguration', camel(EncryptionConfiguration)),
      tags: tagsOf(properties, context),
    });
    await setLifecycle(repositoryName, properties, {}, context.caller);
    return asResource(answer.repository as Readonly<Record<string, string>>); // as its model says
  },
  async update(repositoryName, properties, before, context) {
    const { caller } = context;
    const { ImageTagMutability: imageTagMutability = 'MUTABLE', ImageScanningConfiguration = {} } = properties;
    await caller.call('ecr', 'PutImageTagMutability', { repositoryName, imageTagMutability });
    const imageScanningConfiguration = camel(ImageScanningConfiguration);
    await caller.call('ecr', 'PutImageScanningConfiguration', { repositoryName, imageScanningConfiguration });
    await setLifecycle(repositoryName, properties, before, caller);
    const { repositories } = await caller.call('ecr', 'DescribeRepositories', { repositoryNames: [repositoryName] });
    const [described = {}] = repositories as readonly Readonly<Record<string, string>>[]; // as its model says
    const tags = tagsOf(properties, context);
    if (tags.length > 0) await caller.call('ecr', 'TagResource', { resourceArn: described.repositoryArn, tags });
    return asResource(described);
  },
  async delete(repositoryName, { EmptyOnDelete }, { caller }) {
    const input = { repositoryName, ...(EmptyOnDelete === true && { force: true }) };
    await unlessGone(caller.call('ecr', 'DeleteRepository', input), 'RepositoryNotFoundException');
  },
};

export const ECR_RESOURCES: readonly ResourceType[] = [repository];

async function setLifecycle(
  repositoryName: string,
  { LifecyclePolicy }: Properties,
  before: Properties,
  caller: Caller,
): Promise<void> {
  // CloudFormation's schema has nothing but texts in it.
  const { LifecyclePolicyText: lifecyclePolicyText } = (LifecyclePolicy ?? {}) as Readonly<Record<string, string>>;
  if (lifecyclePolicyText !== undefined) {
    await caller.call('ecr', 'PutLifecyclePolicy', { repositoryName, lifecyclePolicyText });
  } else if (before.LifecyclePolicy !== undefined) {
    await caller.call('ecr', 'DeleteLifecyclePolicy', { repositoryName });
  }
}

function given(name: string, value: unknown): Members {
  return value === undefined ? {} : { [name]: value };
}

function asResource({
  repositoryName = '',
  repositoryArn = '',
  repositoryUri = '',
}: Readonly<Record<string, string>>): Resource {
  return { physicalId: repositoryName, attributes: { Arn: repositoryArn, RepositoryUri: repositoryUri } };
}
