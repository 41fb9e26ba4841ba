// ECR: repositories, and the images that somebody has pushed.
import { assumed, documented } from '../behaviour';
import type { Base } from '../base';
import type { Tag } from '../cloudformation/resource';
import type { Collection } from '../collection';
import { AwsError } from '../errors';
import { ECR_MODEL } from '../model';
import { behavioursOfApi, operationsOf, type ApiDeclaration } from '../service';
import { seconds } from '../time';

interface Repository {
  readonly repositoryName: string;
  readonly repositoryArn: string;
  readonly registryId: string;
  readonly repositoryUri: string;
  readonly createdAt: number;
  readonly imageTagMutability: string;
  readonly imageScanningConfiguration: { readonly scanOnPush?: boolean };
  readonly encryptionConfiguration: { readonly encryptionType: string };
}

interface Image {
  /** `sha256:` and 64 hexadecimal digits. */
  readonly digest: string;
  readonly tags: readonly string[];
  readonly pushed: number;
}

export interface Registry extends Base {
  /** By name. */
  readonly repositories: Collection<Repository>;
  readonly policies: Collection<string>;
  readonly repositoryTags: Collection<readonly Tag[]>;
  readonly images: Collection<readonly Image[]>;
}

export function createRegistry(base: Base): Registry {
  return {
    ...base,
    repositories: base.collection('ecr/repositories'),
    policies: base.collection('ecr/lifecycle-policies'),
    repositoryTags: base.collection('ecr/tags'),
    images: base.collection('ecr/images'),
  };
}

const operation = operationsOf<Registry>();
const API = 'ECR API Reference';

interface Named {
  readonly repositoryName: string;
}

const on = (action: string) => (input: Named, world: Registry) => [
  { action: `ecr:${action}`, resources: [repositoryArn(world, input.repositoryName)] },
];

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

const putLifecyclePolicy = operation<Named & { lifecyclePolicyText: string }>(
  'PutLifecyclePolicy',
  {
    claims: [assumed('Kept and shown; no image expires.')],
    refuses: ['registryId'],
    access: on('PutLifecyclePolicy'),
  },
  ({ repositoryName, lifecyclePolicyText }, world) => {
    existing(world, repositoryName);
    world.policies.put(repositoryName, lifecyclePolicyText);
    return { repositoryName, lifecyclePolicyText };
  },
);

const getLifecyclePolicy = operation<Named>(
  'GetLifecyclePolicy',
  {
    claims: [documented('Without one: LifecyclePolicyNotFoundException.', `${API}, GetLifecyclePolicy`)],
    refuses: ['registryId'],
    access: on('GetLifecyclePolicy'),
  },
  ({ repositoryName }, world) => {
    existing(world, repositoryName);
    return { repositoryName, lifecyclePolicyText: policyOf(world, repositoryName) };
  },
);

const deleteLifecyclePolicy = operation<Named>(
  'DeleteLifecyclePolicy',
  {
    claims: [documented('Without one: LifecyclePolicyNotFoundException.', `${API}, DeleteLifecyclePolicy`)],
    refuses: ['registryId'],
    access: on('DeleteLifecyclePolicy'),
  },
  ({ repositoryName }, world) => {
    const lifecyclePolicyText = policyOf(world, repositoryName);
    world.policies.delete(repositoryName);
    return { repositoryName, lifecyclePolicyText };
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

interface ImageId {
  readonly imageDigest?: string;
  readonly imageTag?: string;
}

const describeImages = operation<Named & { imageIds?: readonly ImageId[] }>(
  'DescribeImages',
  {
    claims: [
      documented('An image that is not there: ImageNotFoundException.', `${API}, DescribeImages`),
      assumed('All come on one page.'),
      assumed('No image lies here: a rehearsal says that somebody has pushed one, by its tag and digest.'),
    ],
    refuses: ['registryId', 'nextToken', 'filter'],
    access: on('DescribeImages'),
  },
  ({ repositoryName, imageIds }, world) => {
    existing(world, repositoryName);
    const images = world.images.get(repositoryName) ?? [];
    const wanted = imageIds?.map((id) => imageOf(images, repositoryName, id)) ?? images;
    return {
      imageDetails: wanted.map(({ digest, tags, pushed }) => ({
        registryId: world.account,
        repositoryName,
        imageDigest: digest,
        imageTags: tags,
        imagePushedAt: pushed,
      })),
    };
  },
);

export const ECR_API: ApiDeclaration<Registry> = {
  name: 'ecr',
  model: ECR_MODEL,
  operations: [
    createRepository,
    deleteRepository,
    describeRepositories,
    putTagMutability,
    putScanning,
    putLifecyclePolicy,
    getLifecyclePolicy,
    deleteLifecyclePolicy,
    tagResource,
    listTags,
    describeImages,
  ],
  invalid: 'InvalidParameterException',
};

export const ECR_BEHAVIOURS = behavioursOfApi(ECR_API);

/**
 * What `docker push` leaves, without the image.
 * @throws AwsError for a repository that is not there, or a tag that is taken where tags never move
 */
export function pushImage(world: Registry, repositoryName: string, tag: string, digest: string): void {
  const { imageTagMutability } = existing(world, repositoryName);
  const images = world.images.get(repositoryName) ?? [];
  const holder = images.find(({ tags }) => tags.includes(tag));
  if (holder !== undefined && holder.digest !== digest && imageTagMutability === 'IMMUTABLE') {
    const message = `The image tag '${tag}' already exists in the '${repositoryName}' repository and cannot be overwritten because the tag is immutable.`;
    throw new AwsError('ImageTagAlreadyExistsException', message);
  }
  const untagged = images.map((image) => ({ ...image, tags: image.tags.filter((one) => one !== tag) }));
  const same = untagged.find((image) => image.digest === digest) ?? { digest, tags: [], pushed: seconds() };
  const pushed = { ...same, tags: [...same.tags, tag] };
  world.images.put(repositoryName, [...untagged.filter((image) => image.digest !== digest), pushed]);
}

function imageOf(images: readonly Image[], repository: string, { imageDigest, imageTag }: ImageId): Image {
  const found = images.find(
    ({ digest, tags }) => (imageDigest ?? digest) === digest && (imageTag === undefined || tags.includes(imageTag)),
  );
  if (found === undefined) {
    const id = `{imageDigest:'${imageDigest ?? 'null'}', imageTag:'${imageTag ?? 'null'}'}`;
    const message = `The image with imageId ${id} does not exist within the repository with name '${repository}'`;
    throw new AwsError('ImageNotFoundException', message);
  }
  return found;
}

function policyOf({ policies, account }: Registry, name: string): string {
  const found = policies.get(name);
  if (found === undefined) {
    const message = `Lifecycle policy does not exist for the repository with name '${name}' in the registry with id '${account}'`;
    throw new AwsError('LifecyclePolicyNotFoundException', message);
  }
  return found;
}

function existing({ repositories, account }: Registry, name: string): Repository {
  const found = repositories.get(name);
  if (found === undefined) {
    const message = `The repository with name '${name}' does not exist in the registry with id '${account}'`;
    throw new AwsError('RepositoryNotFoundException', message);
  }
  return found;
}

function repositoryArn({ region, account }: Base, name: string): string {
  return `arn:aws:ecr:${region}:${account}:repository/${name}`;
}

function nameOf(arn: string): string {
  return arn.slice(arn.indexOf('/') + 1);
}
