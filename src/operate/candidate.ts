// What stands in a platform's repository now, frozen as the release that it would be.
import { join } from 'node:path';
import { RELEASES, ReleaseError, readReleases } from '../catalog';
import { release, type FrozenRelease } from './release';
import type { Work } from './work';

const FIRST = '1.0.0';

/**
 * Freezes the repository as its next release, unless its newest is just that.
 * @param dir the platform's repository, or a copy of it
 */
export async function freezeCandidate(dir: string, work: Work): Promise<FrozenRelease> {
  const newest = readReleases(join(dir, RELEASES)).at(-1)?.version;
  const freeze = (version: string): Promise<FrozenRelease> => release(dir, work, { version, plan: false, test: false });
  if (newest === undefined) return freeze(FIRST);
  return freeze(newest).catch((error: unknown) => {
    if (error instanceof ReleaseError) return freeze(next(newest)); // it holds something else
    throw error;
  });
}

function next(version: string): string {
  const [major = '', minor = '', patch = ''] = version.split('.');
  return `${major}.${minor}.${Number(patch) + 1}`;
}
