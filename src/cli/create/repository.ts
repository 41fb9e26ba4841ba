// The first commit of a new project, where there is room for a repository and someone to commit as.
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { ProcessStartError, run } from '../../process';
import { checkInterrupted, type Host } from '../host';

/** What became of the repository, and a sentence when it is less than a first commit. */
export interface RepositoryOutcome {
  readonly git: 'committed' | 'initialized' | 'none';
  readonly note?: string;
}

/**
 * Makes a repository of a rendered project.
 * @param staged where the project was rendered
 * @param target where it will be
 */
export async function makeRepository(
  staged: string,
  target: string,
  message: string,
  host: Host,
): Promise<RepositoryOutcome> {
  const git = async (cwd: string, ...args: string[]): Promise<boolean> => {
    const { code } = await run('git', args, { cwd, env: host.env, signal: host.interrupted });
    checkInterrupted(host);
    return code === 0;
  };
  try {
    if (existsSync(`${target}/.git`)) {
      return { git: 'none', note: `${target} is a git repository already: commit when you are ready.` };
    }
    if (await git(dirname(staged), 'rev-parse', '--is-inside-work-tree')) {
      return { git: 'none', note: `${target} lies inside another git repository, so it did not become one itself.` };
    }
    await git(staged, 'init', '--quiet');
    await git(staged, 'symbolic-ref', 'HEAD', 'refs/heads/main');
    await git(staged, 'add', '--all');
    // Of a guessed identity, such as root@host, nobody is glad later.
    if (!(await git(staged, '-c', 'user.useConfigOnly=true', 'var', 'GIT_AUTHOR_IDENT'))) {
      return {
        git: 'initialized',
        note: 'git does not know who you are, so there is no first commit: set user.name and user.email, then `git commit`.',
      };
    }
    const committed = await git(staged, 'commit', '--quiet', '--no-verify', '--message', message);
    return committed
      ? { git: 'committed' }
      : { git: 'initialized', note: 'git could not make the first commit: `git commit` says why.' };
  } catch (error) {
    if (error instanceof ProcessStartError)
      return { git: 'none', note: 'git is not installed, so there is no repository.' };
    throw error;
  }
}
