// Where source lives: CodeCommit's repositories, connections, and the repositories on the host that they lead to.
import { join } from 'node:path';
import { Collection } from '../collection';
import type { Setting } from '../setting';
import { Repositories } from './repositories';

export interface CodeCommitRepository {
  readonly repositoryName: string;
  readonly repositoryId: string;
  readonly Arn: string;
  readonly cloneUrlHttp: string;
  readonly cloneUrlSsh: string;
  readonly accountId: string;
  readonly defaultBranch?: string;
  readonly repositoryDescription?: string;
  readonly kmsKeyId?: string;
  /** Seconds since 1970. */
  readonly creationDate: number;
  readonly lastModifiedDate: number;
  readonly tags: Readonly<Record<string, string>>;
}

export interface Connection {
  readonly ConnectionName: string;
  readonly ConnectionArn: string;
  readonly ProviderType: 'GitHub';
  readonly OwnerAccountId: string;
  readonly ConnectionStatus: 'PENDING' | 'AVAILABLE' | 'ERROR';
}

/** A branch of a repository on the connected host moved. */
export interface HostedPush {
  /** `owner/name`. */
  readonly repository: string;
  readonly branch: string;
  readonly commit: string;
}

export interface GitWorld extends Setting {
  /** CodeCommit's. */
  readonly repositories: Collection<CodeCommitRepository>;
  /** By ARN. */
  readonly connections: Collection<Connection>;
  /** The files of all repositories: `codecommit/<name>`, `hosted/<owner>/<name>`. */
  readonly git: Repositories;
  readonly onHostedPush: (push: HostedPush) => void;
}

export function createGitWorld(setting: Setting, onHostedPush: (push: HostedPush) => void): GitWorld {
  const folder = join(setting.stateDir, 'git');
  return {
    ...setting,
    repositories: new Collection(join(folder, 'codecommit')),
    connections: new Collection(join(folder, 'connections')),
    git: new Repositories(join(folder, 'repositories')),
    onHostedPush,
  };
}

export const inCodeCommit = (name: string): string => `codecommit/${name}`;
export const onHost = (fullName: string): string => `hosted/${fullName}`;
