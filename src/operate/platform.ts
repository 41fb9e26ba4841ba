// A platform as its repository says it and as its account names it.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { RELEASES, deprecatedReleases, readDefinition, readReleases, type Release } from '../catalog';
import type { ResolvedOptions } from '../options';
import { platformNames } from '../platform';
import { filled, type Account } from './account';

/** A folder is no platform, or one that nothing can be published of. */
export class PlatformError extends Error {
  override readonly name = 'PlatformError';
}

export interface Platform {
  /** Its repository. */
  readonly dir: string;
  readonly options: ResolvedOptions;
  /** Oldest first. */
  readonly releases: readonly Release[];
  /** Versions that are offered no longer. */
  readonly deprecated: ReadonlySet<string>;
}

/**
 * Reads a platform, each of its releases held to the hashes that it was frozen with.
 * @throws PlatformError when the folder is none; ReleaseError, OptionError
 */
export function readPlatform(dir: string): Platform {
  if (!existsSync(join(dir, 'drone-mlops.json')) || !existsSync(join(dir, 'cdk.json'))) {
    throw new PlatformError(`${dir} is no platform repository (drone-mlops.json, cdk.json): name one with --project.`);
  }
  const options = readDefinition(dir);
  const releases = readReleases(join(dir, RELEASES));
  const versions = releases.map(({ version }) => version);
  return { dir, options, releases, deprecated: new Set(deprecatedReleases(versions, options.supportedReleases)) };
}

/** Releases that may be launched, oldest first. */
export function offered({ releases, deprecated }: Platform): Release[] {
  return releases.filter(({ version }) => !deprecated.has(version));
}

/** @throws PlatformError when nothing was released yet */
export function checkReleased({ releases }: Platform): void {
  if (releases.length > 0) return;
  throw new PlatformError(
    'There is no release yet, so there is nothing to publish: freeze one with `npx drone-mlops release 1.0.0`.',
  );
}

/** @throws PlatformError when a release has not shown that its seed stands alone */
export function checkTested({ releases }: Platform): void {
  const untested = releases.find(({ tested }) => !tested)?.version;
  if (untested === undefined) return;
  throw new PlatformError(
    `The release ${untested} was frozen with --no-test, so nobody knows whether its seed installs and its tests pass: \`npx drone-mlops release ${untested}\` on the commit that it was frozen at tries it; publish with --untested if that is known otherwise.`,
  );
}

/** The names of a platform in its account. */
export function namesIn({ options }: Platform, account: Omit<Account, 'caller'>) {
  const names = platformNames(options.projectName);
  return {
    ...names,
    bucket: filled(names.catalogBucket, account),
    launchRole: filled(names.launchRole, account),
    templateLaunchRole: filled(names.templateLaunchRole, account),
    studioPolicy: filled(names.studioPolicy, account),
  };
}

export type PlatformNamesIn = ReturnType<typeof namesIn>;
