// Repositories and images as they are kept.
import type { Base } from '../base';
import type { Tag } from '../cloudformation/resource';
import type { Collection } from '../collection';
import { AwsError } from '../errors';
import { operationsOf } from '../service';

export interface Repository {
  readonly repositoryName: string;
  readonly repositoryArn: string;
  readonly registryId: string;
  readonly repositoryUri: string;
  readonly createdAt: number;
  readonly imageTagMutability: string;
  readonly imageScanningConfiguration: { readonly scanOnPush?: boolean };
  readonly encryptionConfiguration: { readonly encryptionType: string };
}

export interface Image {
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

export const operation = operationsOf<Registry>();

export const API = 'ECR API Reference';

export interface Named {
  readonly repositoryName: string;
}

export const on = (action: string) => (input: Named, world: Registry) => [
  { action: `ecr:${action}`, resources: [repositoryArn(world, input.repositoryName)] },
];

export function existing({ repositories, account }: Registry, name: string): Repository {
  const found = repositories.get(name);
  if (found === undefined) {
    const message = `The repository with name '${name}' does not exist in the registry with id '${account}'`;
    throw new AwsError('RepositoryNotFoundException', message);
  }
  return found;
}

export function repositoryArn({ region, account }: Base, name: string): string {
  return `arn:aws:ecr:${region}:${account}:repository/${name}`;
}
