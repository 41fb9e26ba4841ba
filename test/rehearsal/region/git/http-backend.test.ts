import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../../../../src/process';
import { gitAccess, serveGit, type ReferenceChange } from '../../../../src/rehearsal/region/git/http-backend';
import { GIT_ENVIRONMENT, Repositories } from '../../../../src/rehearsal/region/git/repositories';
import { temporaryFolder } from '../start';

const NAME = 'owner/model-build';
let undo: (() => void)[] = [];
afterEach(() => {
  for (const step of undo) step();
  undo = [];
});

/** A served repository; its URL, and what pushes to it changed. */
async function served() {
  const root = temporaryFolder();
  const repositories = new Repositories(join(root, 'repositories'));
  await repositories.create(NAME, 'main');
  const changed: ReferenceChange[] = [];
  const accesses: string[] = [];
  const server = createServer((request, response) => {
    const [path = '', query = ''] = (request.url ?? '').split('?');
    const given = { repository: NAME, path: path.replace('/repository', ''), query, user: 'tester' };
    accesses.push(gitAccess(given));
    void serveGit(repositories, given, request, response).then((all) => changed.push(...all));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  undo.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/repository`;
  return { root, repositories, url, changed, accesses };
}

async function git(cwd: string, ...args: readonly string[]): Promise<string> {
  const identity = ['-c', 'user.name=A', '-c', 'user.email=a@example.com', '-c', 'init.defaultBranch=main'];
  const { code, stdout, stderr } = await run('git', [...identity, ...args], { cwd, env: GIT_ENVIRONMENT });
  if (code !== 0) throw new Error(stderr);
  return stdout.trim();
}

function folder(root: string, name: string, files: Readonly<Record<string, string | Buffer>>): string {
  const made = join(root, name);
  mkdirSync(made);
  for (const [file, content] of Object.entries(files)) writeFileSync(join(made, file), content);
  return made;
}

describe('the git server', () => {
  test('takes a push, large and binary, and gives the same bytes to who clones', async () => {
    const { root, repositories, url, changed, accesses } = await served();
    const image = randomBytes(3_000_000); // more than git sends at once, so that it comes in chunks
    const work = folder(root, 'work', { 'README.md': 'Hello', 'image.bin': image });
    await git(work, 'init', '--quiet');
    await git(work, 'add', '.');
    await git(work, 'commit', '--quiet', '-m', 'Begin');
    await git(work, 'push', '--quiet', url, 'HEAD:main');
    await git(root, 'clone', '--quiet', url, 'copy');
    expect(readFileSync(join(root, 'copy', 'image.bin')).equals(image)).toBe(true);
    const id = await git(work, 'rev-parse', 'HEAD');
    expect(changed).toEqual([{ name: 'refs/heads/main', before: undefined, after: id }]);
    expect(await repositories.head(NAME, 'main')).toBe(id);
    expect(await repositories.commit(NAME, id)).toMatchObject({ id, message: 'Begin', author: 'A' });
    expect(new Set(accesses)).toEqual(new Set(['push', 'pull']));
  });

  test('tells of each branch that a push moved or deleted, and of none that it refused', async () => {
    const { root, repositories, url, changed } = await served();
    const seed = folder(root, 'seed', { 'a.txt': 'a', '.gitignore': 'a.txt' });
    const first = await repositories.commitFolder(NAME, 'main', seed, 'Initial commit');
    await git(root, 'clone', '--quiet', url, 'copy');
    const copy = join(root, 'copy');
    expect(readFileSync(join(copy, 'a.txt'), 'utf8')).toBe('a'); // ignored or not: the seed is whole
    await git(copy, 'commit', '--quiet', '--allow-empty', '-m', 'Second');
    const second = await git(copy, 'rev-parse', 'HEAD');
    await git(copy, 'push', '--quiet', 'origin', 'HEAD:main', 'HEAD:try');
    await git(copy, 'push', '--quiet', 'origin', ':try');
    await git(copy, 'commit', '--quiet', '--amend', '--allow-empty', '-m', 'Rewritten');
    await expect(git(copy, 'push', '--quiet', 'origin', 'HEAD:main')).rejects.toThrow('rejected');
    expect(changed).toEqual([
      { name: 'refs/heads/main', before: first, after: second },
      { name: 'refs/heads/try', before: undefined, after: second },
      { name: 'refs/heads/try', before: second, after: undefined },
    ]);
  });
});
