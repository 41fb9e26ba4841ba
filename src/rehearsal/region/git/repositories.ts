// Git repositories on disk: bare ones, as a host keeps them.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../../process';

/** Git could not do what was asked; the message repeats what it said. */
export class GitError extends Error {
  override readonly name = 'GitError';
}

export interface Commit {
  /** The hash in full. */
  readonly id: string;
  readonly message: string;
  readonly author: string;
  readonly email: string;
  /** ISO 8601. */
  readonly date: string;
}

/** Hashes, by full name: `refs/heads/main`. */
export type References = ReadonlyMap<string, string>;

/** How a first commit is signed when nobody signs it. */
const AUTHOR = { name: 'AWS CodeCommit', email: 'noreply-awscodecommit@amazon.com' };

/** Git as it is by itself, whatever this machine's user has configured. */
export const GIT_ENVIRONMENT: Readonly<Record<string, string>> = {
  PATH: process.env.PATH ?? '',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_TERMINAL_PROMPT: '0',
};

export class Repositories {
  constructor(private readonly folder: string) {
    mkdirSync(folder, { recursive: true });
  }

  /** Where the repository lies, or would: names of any length and spelling have a place of their own. */
  path(name: string): string {
    return join(this.folder, `${createHash('sha256').update(name).digest('hex').slice(0, 32)}.git`);
  }

  has(name: string): boolean {
    return existsSync(this.path(name));
  }

  async create(name: string, branch: string): Promise<void> {
    await git(['init', '--quiet', '--bare', `--initial-branch=${branch}`, this.path(name)]);
    await this.git(name, ['config', 'http.receivepack', 'true']);
  }

  delete(name: string): void {
    rmSync(this.path(name), { recursive: true, force: true });
  }

  /** Commits everything in a folder as the first commit of a branch. @returns its hash */
  async commitFolder(name: string, branch: string, folder: string, message: string): Promise<string> {
    const tree = ['--work-tree', folder];
    await this.git(name, [...tree, 'add', '--all', '--force', '.'], folder);
    const author = ['-c', `user.name=${AUTHOR.name}`, '-c', `user.email=${AUTHOR.email}`];
    await this.git(name, [...tree, 'symbolic-ref', 'HEAD', `refs/heads/${branch}`]);
    await this.git(name, [...tree, ...author, 'commit', '--quiet', '--message', message], folder);
    return this.git(name, ['rev-parse', 'HEAD']);
  }

  async references(name: string): Promise<References> {
    const lines = await this.git(name, ['for-each-ref', '--format=%(objectname) %(refname)']);
    const entries = lines.split('\n').filter((line) => line !== '');
    return new Map(entries.map((line) => [line.slice(line.indexOf(' ') + 1), line.slice(0, line.indexOf(' '))]));
  }

  /** The commit that a branch stands at; undefined when there is no such branch. */
  async head(name: string, branch: string): Promise<string | undefined> {
    return (await this.references(name)).get(`refs/heads/${branch}`);
  }

  async commit(name: string, id: string): Promise<Commit> {
    const text = await this.git(name, ['log', '-1', '--format=%H%x00%an%x00%ae%x00%aI%x00%B', id, '--']);
    const [hash = '', author = '', email = '', date = '', message = ''] = text.split('\0');
    return { id: hash, author, email, date, message: message.trim() };
  }

  /** The files of a commit as a zip, at its root. */
  async archive(name: string, commit: string): Promise<Buffer> {
    const folder = mkdtempSync(join(tmpdir(), 'archive-'));
    try {
      const file = join(folder, 'source.zip');
      await this.git(name, ['archive', '--format=zip', `--output=${file}`, commit]);
      return readFileSync(file);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  private git(name: string, args: readonly string[], cwd?: string): Promise<string> {
    return git(['--git-dir', this.path(name), ...args], cwd);
  }
}

async function git(args: readonly string[], cwd?: string): Promise<string> {
  const { code, stdout, stderr } = await run('git', args, { env: GIT_ENVIRONMENT, ...(cwd !== undefined && { cwd }) });
  if (code !== 0) throw new GitError(`git ${args.join(' ')} failed: ${stderr.trim()}`);
  return stdout.trim();
}
