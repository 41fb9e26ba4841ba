// CodeCommit's resource type of CloudFormation.
import { textOf, type Properties, type Resource, type ResourceType } from '../cloudformation/resource';
import { keepsTags, tagMap } from '../cloudformation/shapes';
import { AwsError } from '../errors';
import type { Members } from '../service';

interface Code {
  readonly BranchName?: string;
  readonly S3: { readonly Bucket: string; readonly Key: string };
}

const repository: ResourceType = {
  type: 'AWS::CodeCommit::Repository',
  properties: {
    RepositoryName: 'updates',
    Code: 'updates',
    KmsKeyId: 'updates',
    RepositoryDescription: 'updates',
    Tags: 'updates',
  },
  required: ['RepositoryName'],
  attributes: ['Arn', 'CloneUrlHttp', 'CloneUrlSsh', 'Name'],
  async create(properties, context) {
    const { caller } = context;
    const repositoryName = textOf(properties, 'RepositoryName') ?? '';
    const { repositoryMetadata } = await caller.call('codecommit', 'CreateRepository', {
      repositoryName,
      tags: tagMap(properties, context),
      ...(properties.RepositoryDescription !== undefined && {
        repositoryDescription: properties.RepositoryDescription,
      }),
      ...(properties.KmsKeyId !== undefined && { kmsKeyId: properties.KmsKeyId }),
    });
    const code = properties.Code as Code | undefined; // as CloudFormation documents it; the commit fails on anything else
    if (code !== undefined) {
      const seed = { repositoryName, branchName: code.BranchName ?? 'main', bucket: code.S3.Bucket, key: code.S3.Key };
      await caller.call('codecommit-code', 'Commit', seed).catch(async (error: unknown) => {
        await caller.call('codecommit', 'DeleteRepository', { repositoryName });
        throw error;
      });
    }
    return asResource(repositoryMetadata as Members); // its model says so
  },
  async update(_physicalId, properties, before, { caller }) {
    keepsTags(properties, before);
    const changed = ['RepositoryName', 'KmsKeyId', 'RepositoryDescription'].filter(
      (name) => properties[name] !== before[name],
    );
    if (changed.length > 0) {
      throw new AwsError(
        'ValidationError',
        `The rehearsal region does not change ${changed.join(', ')} of a repository.`,
      );
    }
    const { repositoryMetadata } = await caller.call('codecommit', 'GetRepository', nameOf(properties));
    return asResource(repositoryMetadata as Members); // its model says so
  },
  async delete(_physicalId, properties, { caller }) {
    await caller.call('codecommit', 'DeleteRepository', nameOf(properties));
  },
};

function nameOf({ RepositoryName }: Properties) {
  return { repositoryName: RepositoryName };
}

function asResource({ repositoryId, Arn, cloneUrlHttp, cloneUrlSsh, repositoryName }: Members): Resource {
  return {
    physicalId: String(repositoryId),
    attributes: {
      Arn: String(Arn),
      CloneUrlHttp: String(cloneUrlHttp),
      CloneUrlSsh: String(cloneUrlSsh),
      Name: String(repositoryName),
    },
  };
}

export const CODECOMMIT_RESOURCES: readonly ResourceType[] = [repository];
