// The package as it is published: packed once for a suite, from what `npx projen compile` built.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Finished, type ProcessOptions, run } from '../../src/process';
import { PACKAGE_ROOT } from '../../src/project';

export interface Packed {
  readonly tarball: string;
  readonly bytes: number;
  readonly files: readonly string[];
}

/** Packs a package's folder into another folder. */
export async function pack(dir: string, into: string): Promise<Packed> {
  if (dir === PACKAGE_ROOT && !existsSync(join(dir, 'dist', 'cli.cjs'))) {
    throw new Error('The package is not built: run `npx projen compile` first.');
  }
  const { stdout } = await succeed('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', into], {
    cwd: dir,
  });
  // npm's documented output; one package was packed.
  const [packed] = JSON.parse(stdout) as [{ filename: string; size: number; files: { path: string }[] }];
  return {
    tarball: join(into, packed.filename),
    bytes: packed.size,
    files: packed.files.map(({ path }) => path),
  };
}

/** Runs a command that has to end well. */
export async function succeed(command: string, args: readonly string[], options: ProcessOptions): Promise<Finished> {
  const finished = await run(command, args, options);
  if (finished.code === 0) return finished;
  throw new Error(
    `${command} ${args.join(' ')} ended with ${finished.code ?? 'a signal'}:\n${finished.stdout}\n${finished.stderr}`,
  );
}

/** The environment as a stranger has it: without what npm tells scripts, continuous integration, and our witnesses. */
export function cleanEnvironment(changes: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(
    ([name]) => !/^(npm_|CI$|PROJEN_|NODE_ENV$|JEST_|DRONE_MLOPS_)/.test(name),
  );
  return {
    ...Object.fromEntries(own),
    GIT_AUTHOR_NAME: 'A',
    GIT_AUTHOR_EMAIL: 'a@example.org',
    GIT_COMMITTER_NAME: 'A',
    GIT_COMMITTER_EMAIL: 'a@example.org',
    ...changes,
  };
}

/** What a package's own package.json says. */
export function manifestOf(dir: string): Record<string, unknown> & { name: string; version: string } {
  return JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8')) as ReturnType<typeof manifestOf>;
}
