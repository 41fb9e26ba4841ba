// What a person in the team does: clones the project's repository, changes something, and pushes it.
import { appendFile, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { run } from '../../process';
import { unzip } from '../../zip';
import { RehearsalError } from '../options';
import type { Stage } from '../stage';

/** The line of buildspec.yml that makes the pipeline. */
const UPSERT = /^( *- )npm run pipeline -- upsert$/m;

/**
 * @param seed what stands in the platform's model-build now: the commit brings the repository there
 * @returns the commit
 */
export async function cloneAndPush(stage: Stage, url: string, seed: Buffer): Promise<string> {
  const { options, tell } = stage;
  const clone = join(dirname(options.stateDir), 'clone');
  await rm(clone, { recursive: true, force: true });
  await mkdir(clone, { recursive: true });
  const git = async (...args: string[]): Promise<string> => {
    const env = stage.region.environment;
    const { code, stdout, stderr } = await run('git', args, { cwd: clone, env, signal: options.signal });
    if (code !== 0) throw new RehearsalError(`\`git ${args.join(' ')}\` failed in ${clone}: ${stderr.trim()}`);
    return stdout.trim();
  };
  tell({ kind: 'said', text: `  git clone ${url}` });
  await git('clone', '--quiet', url, '.');
  for (const name of await readdir(clone)) if (name !== '.git') await rm(join(clone, name), { recursive: true });
  await unzip(seed, clone);
  await appendFile(join(clone, 'README.md'), `\nRehearsed at ${new Date().toISOString()}.\n`);
  await changeBuild(stage, join(clone, 'buildspec.yml'));
  await git('add', '--all', '--force');
  await git('commit', '--quiet', '--message', 'Say that this was rehearsed');
  await git('push', '--quiet');
  const commit = await git('rev-parse', 'HEAD');
  tell({ kind: 'said', text: `  git push: ${commit}` });
  return commit;
}

/** What this rehearsal asks for beside what the project says, as a team would try it: in the line that a build runs. */
async function changeBuild({ changes, options: { mlflow } }: Stage, file: string): Promise<void> {
  const flags = Object.entries(changes).map(([place, value]) => ` --set ${place}=${value}`);
  if (flags.length === 0 && mlflow === undefined) return;
  const text = await readFile(file, 'utf8');
  if (!UPSERT.test(text)) {
    throw new RehearsalError(
      `buildspec.yml of model-build has no line \`npm run pipeline -- upsert\`, which --trainer, --interrupt-training and --mlflow change: rehearse model-build alone with --project model-build.`,
    );
  }
  const changed = text.replace(UPSERT, (line, indent: string) => {
    const before = mlflow === undefined ? '' : `${indent}export MLFLOW_TRACKING_URI=${mlflow}\n`;
    return `${before}${line}${flags.join('')}`;
  });
  await writeFile(file, changed);
}
