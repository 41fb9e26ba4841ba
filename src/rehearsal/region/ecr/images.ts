// Images that somebody has pushed.
import { assumed, documented } from '../behaviour';
import { AwsError } from '../errors';
import { seconds } from '../time';
import { API, existing, on, operation, type Image, type Named, type Registry } from './world';

interface ImageId {
  readonly imageDigest?: string;
  readonly imageTag?: string;
}

export const describeImages = operation<Named & { imageIds?: readonly ImageId[] }>(
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
