// Repositories, and git over HTTP.
export { gitClientConfig, type GitClientConfig } from './client-config';
export { GitError, type Commit } from './repositories';
export { emitChange, GIT_BEHAVIOURS, GIT_PATHS, gitService } from './service';
export {
  createGitWorld,
  inCodeCommit,
  onHost,
  type CodeCommitRepository,
  type Connection,
  type GitWorld,
  type HostedPush,
} from './world';
