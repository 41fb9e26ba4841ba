// Repositories: made, shown, deleted, and tagged.
import { assumed, documented } from '../behaviour';
import type { Tag } from '../cloudformation/resource';
import { AwsError } from '../errors';
import { seconds } from '../time';
import { API, existing, on, operation, repositoryArn, type Named, type Repository } from './world';

const createRepository = operation<
  Named & { tags?: readonly Tag[] } & Partial<
      Pick<Repository, 'imageTagMutability' | 'imageScanningConfiguration' | 'encryptionConfiguration'>
    >
>(
  'CreateRepository',
  {
    claims: [
      documented('A name that is taken: RepositoryAlreadyExistsException.', `${API}, CreateRepository`),
      documented(
        'Tags are mutable, and images encrypted with AES256, unless it says otherwise.',
        `${API}, CreateRepository`,
      ),
    ],
    refuses: ['registryId', 'imageTagMutabilityExclusionFilters'],
    access: on('CreateRepository'),
  },
  (input, world) => {
    const { repositoryName, tags = [], imageTagMutability = 'MUTABLE', imageScanningConfiguration = {} } = input;
    const { account, region, repositories } = world;
    if (repositories.get(repositoryName) !== undefined) {
      const message = `The repository with name '${repositoryName}' already exists in the registry with id '${account}'`;
      throw new AwsError('RepositoryAlreadyExistsException', message);
    }
    const repository: Repository = {
      repositoryName,
      repositoryArn: repositoryArn(world, repositoryName),
      registryId: account,
      repositoryUri: `${account}.dkr.ecr.${region}.amazonaws.com/${repositoryName}`,
      createdAt: seconds(),
      imageTagMutability,
      imageScanningConfiguration,
      encryptionConfiguration: input.encryptionConfiguration ?? { encryptionType: 'AES256' },
    };
    repositories.put(repositoryName, repository);
    world.repositoryTags.put(repositoryName, tags);
    return { repository };
  },
);

const deleteRepository = operation<Named & { force?: boolean }>(
  'DeleteRepository',
  {
    claims: [
      documented('One that holds images, unless forced: RepositoryNotEmptyException.', `${API}, DeleteRepository`),
    ],
    refuses: ['registryId'],
    access: on('DeleteRepository'),
  },
  ({ repositoryName, force = false }, world) => {
    const repository = existing(world, repositoryName);
    if (!force && (world.images.get(repositoryName) ?? []).length > 0) {
      const message = `The repository with name '${repositoryName}' cannot be deleted because it still contains images`;
      throw new AwsError('RepositoryNotEmptyException', message);
    }
    world.repositories.delete(repositoryName);
    for (const kept of [world.policies, world.repositoryTags, world.images]) kept.delete(repositoryName);
    return { repository };
  },
);

const describeRepositories = operation<{ repositoryNames?: readonly string[] }>(
  'DescribeRepositories',
  {
    claims: [assumed('All come on one page.')],
    refuses: ['registryId', 'nextToken'],
    access: ({ repositoryNames = ['*'] }, world) => [
      {
        action: 'ecr:DescribeRepositories',
        resources: repositoryNames.map((name) => repositoryArn(world, name)),
      },
    ],
  },
  ({ repositoryNames }, world) => ({
    repositories: repositoryNames?.map((name) => existing(world, name)) ?? world.repositories.all(),
  }),
);

const putTagMutability = operation<Named & { imageTagMutability: string }>(
  'PutImageTagMutability',
  { claims: [], refuses: ['registryId', 'imageTagMutabilityExclusionFilters'], access: on('PutImageTagMutability') },
  ({ repositoryName, imageTagMutability }, world) => {
    world.repositories.put(repositoryName, { ...existing(world, repositoryName), imageTagMutability });
    return { repositoryName, imageTagMutability };
  },
);

const putScanning = operation<Named & Pick<Repository, 'imageScanningConfiguration'>>(
  'PutImageScanningConfiguration',
  {
    claims: [assumed('Kept and shown; no image is scanned.')],
    refuses: ['registryId'],
    access: on('PutImageScanningConfiguration'),
  },
  ({ repositoryName, imageScanningConfiguration }, world) => {
    world.repositories.put(repositoryName, { ...existing(world, repositoryName), imageScanningConfiguration });
    return { repositoryName, imageScanningConfiguration };
  },
);

const tagResource = operation<{ resourceArn: string; tags: readonly Tag[] }>(
  'TagResource',
  {
    claims: [documented('A key that is there gets the new value.', `${API}, TagResource`)],
    access: ({ resourceArn }) => [{ action: 'ecr:TagResource', resources: [resourceArn] }],
  },
  ({ resourceArn, tags }, world) => {
    const name = nameOf(resourceArn);
    existing(world, name);
    const merged = new Map([...(world.repositoryTags.get(name) ?? []), ...tags].map((tag) => [tag.Key, tag]));
    world.repositoryTags.put(name, [...merged.values()]);
    return {};
  },
);

const listTags = operation<{ resourceArn: string }>(
  'ListTagsForResource',
  { claims: [], access: ({ resourceArn }) => [{ action: 'ecr:ListTagsForResource', resources: [resourceArn] }] },
  ({ resourceArn }, world) => ({ tags: world.repositoryTags.get(existing(world, nameOf(resourceArn)).repositoryName) }),
);

function nameOf(arn: string): string {
  return arn.slice(arn.indexOf('/') + 1);
}

export const REPOSITORY_OPERATIONS = [
  createRepository,
  deleteRepository,
  describeRepositories,
  putTagMutability,
  putScanning,
  tagResource,
  listTags,
];
