// A host for tests: a folder, an environment without a person in it, and a record of what was printed and said.
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Host } from '../../src/cli';
import { main } from '../../src/cli';

export interface FakeHost extends Host {
  readonly printed: string[];
  readonly said: string[];
  readonly interrupt: AbortController;
}

export function fakeHost(cwd: string, changes: Partial<Pick<Host, 'interactive' | 'env'>> = {}): FakeHost {
  const interrupt = new AbortController();
  const printed: string[] = [];
  const said: string[] = [];
  const git = {
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CEILING_DIRECTORIES: join(cwd, '..'),
    GIT_AUTHOR_NAME: 'A',
    GIT_AUTHOR_EMAIL: 'a@example.org',
    GIT_COMMITTER_NAME: 'A',
    GIT_COMMITTER_EMAIL: 'a@example.org',
  };
  return {
    cwd,
    env: { ...process.env, ...git, ...changes.env },
    interactive: changes.interactive ?? false,
    interrupted: interrupt.signal,
    print: (text) => printed.push(text),
    say: (text) => said.push(text),
    printed,
    said,
    interrupt,
  };
}

/** Puts a program of a few lines of shell before all others in the path. */
export function withProgram(dir: string, name: string, script: string): NodeJS.ProcessEnv {
  const bin = join(dir, '.bin');
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(bin, name), 0o755);
  return { PATH: `${bin}:${process.env.PATH ?? ''}` };
}

/** Runs `create-drone-mlops` in a host. The generator is a stand-in, so that nothing is packed. */
export function create(host: Host, ...args: string[]): Promise<number> {
  const tarball = join(host.cwd, '.generator.tgz');
  writeFileSync(tarball, 'a tarball');
  return main('create-drone-mlops', [...args, '--generator-tarball', tarball], host);
}
