// CodeCommit's own operations; what git says to it comes over HTTP.
import { assumed, documented } from '../behaviour';
import { AwsError } from '../errors';
import { inCodeCommit, type CodeCommitRepository, type GitWorld } from '../git';
import { CODECOMMIT_MODEL } from '../model';
import { operationsOf, type ApiDeclaration } from '../service';
import { arnOf, now, uuid } from '../setting';
import { without } from '../without';

const API = 'CodeCommit API Reference';
const operation = operationsOf<GitWorld>();

interface OfRepository {
  readonly repositoryName: string;
}
const onRepository = (action: string) => (input: { readonly repositoryName?: string }, world: GitWorld) => [
  { action: `codecommit:${action}`, resources: [arnOf(world, 'codecommit', input.repositoryName ?? '')] },
];

const createRepository = operation<
  OfRepository & { repositoryDescription?: string; tags?: Record<string, string>; kmsKeyId?: string }
>(
  'CreateRepository',
  {
    claims: [documented('A name that is taken: RepositoryNameExistsException.', `${API}, CreateRepository`)],
    access: onRepository('CreateRepository'),
  },
  async ({ repositoryName, repositoryDescription, tags = {}, kmsKeyId }, world) => {
    if (world.repositories.get(repositoryName)) {
      throw new AwsError('RepositoryNameExistsException', `Repository named ${repositoryName} already exists`);
    }
    await world.git.create(inCodeCommit(repositoryName), 'main');
    const host = `git-codecommit.${world.region}.amazonaws.com/v1/repos/${repositoryName}`;
    const made: CodeCommitRepository = {
      repositoryName,
      repositoryId: uuid(),
      Arn: arnOf(world, 'codecommit', repositoryName),
      cloneUrlHttp: `https://${host}`,
      cloneUrlSsh: `ssh://${host}`,
      accountId: world.account,
      creationDate: now(),
      lastModifiedDate: now(),
      tags,
      ...(repositoryDescription !== undefined && { repositoryDescription }),
      ...(kmsKeyId !== undefined && { kmsKeyId }),
    };
    world.repositories.put(repositoryName, made);
    return { repositoryMetadata: described(made) };
  },
);

const getRepository = operation<OfRepository>(
  'GetRepository',
  {
    claims: [documented('One that is not there: RepositoryDoesNotExistException.', `${API}, GetRepository`)],
    access: onRepository('GetRepository'),
  },
  async ({ repositoryName }, world) => {
    const found = existing(world, repositoryName);
    const hasBranch = (await world.git.head(inCodeCommit(repositoryName), 'main')) !== undefined;
    return { repositoryMetadata: { ...described(found), ...(hasBranch && { defaultBranch: 'main' }) } };
  },
);

const deleteRepository = operation<OfRepository>(
  'DeleteRepository',
  {
    claims: [documented('One that is not there is no error; the answer then has no id.', `${API}, DeleteRepository`)],
    access: onRepository('DeleteRepository'),
  },
  ({ repositoryName }, world) => {
    const found = world.repositories.get(repositoryName);
    world.git.delete(inCodeCommit(repositoryName));
    world.repositories.delete(repositoryName);
    return found === undefined ? {} : { repositoryId: found.repositoryId };
  },
);

const getBranch = operation<{ repositoryName?: string; branchName?: string }>(
  'GetBranch',
  {
    claims: [documented('A branch that is not there: BranchDoesNotExistException.', `${API}, GetBranch`)],
    access: onRepository('GetBranch'),
  },
  async ({ repositoryName = '', branchName = '' }, world) => {
    existing(world, repositoryName);
    const commitId = await world.git.head(inCodeCommit(repositoryName), branchName);
    if (commitId === undefined) {
      throw new AwsError('BranchDoesNotExistException', `The specified branch does not exist: ${branchName}`);
    }
    return { branch: { branchName, commitId } };
  },
);

const getCommit = operation<OfRepository & { commitId: string }>(
  'GetCommit',
  { claims: [assumed('Parents and trees are left out of the answer.')], access: onRepository('GetCommit') },
  async ({ repositoryName, commitId }, world) => {
    existing(world, repositoryName);
    const { id, message, author, email, date } = await world.git.commit(inCodeCommit(repositoryName), commitId);
    return { commit: { commitId: id, message, author: { name: author, email, date } } };
  },
);

export const CODECOMMIT_API: ApiDeclaration<GitWorld> = {
  name: 'codecommit',
  model: CODECOMMIT_MODEL,
  invalid: 'InvalidRepositoryNameException',
  operations: [createRepository, getRepository, deleteRepository, getBranch, getCommit],
};

function existing({ repositories }: GitWorld, name: string): CodeCommitRepository {
  const found = repositories.get(name);
  if (found === undefined) throw new AwsError('RepositoryDoesNotExistException', `${name} does not exist`);
  return found;
}

function described(given: CodeCommitRepository) {
  return without(given, 'tags');
}
