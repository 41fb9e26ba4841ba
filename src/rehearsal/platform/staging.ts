// A copy of the platform's repository, in which what stands there now is frozen as a release: the repository itself is not touched.
import { cp, mkdir, readdir, rm, symlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Platform, Work } from '../../operate';
import type { Stage } from '../stage';
import type { Operations } from '../operations';

/** Not copied: what installations, builds and rehearsals leave. */
const LEFT = new Set(['node_modules', '.git', '.rehearsal', 'dist']);
const RELEASES = join('catalog', 'releases');

/** @param directory the platform's repository */
export async function stagePlatform(
  stage: Stage,
  directory: string,
  { freezeCandidate, readPlatform }: Operations,
): Promise<Platform> {
  const copy = join(dirname(stage.options.stateDir), 'platform');
  // Releases of earlier rehearsals have been published in the region that goes on.
  if (!stage.options.keep) await rm(copy, { recursive: true, force: true });
  await mkdir(copy, { recursive: true });
  await rm(join(copy, 'model-build'), { recursive: true, force: true });
  await rm(join(copy, 'node_modules'), { force: true });
  const filter = (path: string): boolean => !LEFT.has(basename(path));
  for (const name of (await readdir(directory)).filter(filter))
    await cp(join(directory, name), join(copy, name), { recursive: true, filter });
  await symlink(join(directory, 'node_modules'), join(copy, 'node_modules'));
  const { version, folder } = await freezeCandidate(copy, workOf(stage, stage.region.environment));
  stage.tell({ kind: 'said', text: `  ${version}, in ${join(copy, folder || RELEASES)}` });
  return readPlatform(copy);
}

/** Work of the command line's commands, as the rehearsal does it. */
export function workOf({ options, tell }: Pick<Stage, 'options' | 'tell'>, env: NodeJS.ProcessEnv): Work {
  return {
    say: (text) => {
      tell({ kind: 'said', text });
    },
    signal: options.signal,
    env,
    pollSeconds: POLL_SECONDS,
  };
}

/** Looks come often: they cost nothing here. */
const POLL_SECONDS = 0.2;
