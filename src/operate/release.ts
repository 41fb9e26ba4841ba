// Freezing a release: the template and the seed as they are now, once the seed has shown that it stands on its own.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  RELEASES,
  checkVersion,
  freezeRelease,
  readDefinition,
  readReleases,
  seedKey,
  seedZip,
  synthesizeTemplate,
  templateOptions,
} from '../catalog';
import { run } from '../process';
import { unzip } from '../zip';
import { PlatformError } from './platform';
import type { Work } from './work';

/** A seed does not install, or its tests fail, when it is taken out of its zip; the message repeats the end of what was said. */
export class SeedFailedError extends Error {
  override readonly name = 'SeedFailedError';
}

export interface ReleaseOptions {
  readonly version: string;
  /** Freezes nothing. */
  readonly plan: boolean;
  /** Whether `npm ci` and the tests have to pass from the zip alone. */
  readonly test: boolean;
}

export interface FrozenRelease {
  readonly version: string;
  /** Below the platform's repository. */
  readonly folder: string;
  readonly seedBytes: number;
  /** Whether it was frozen with this very content before. */
  readonly unchanged: boolean;
}

/** Lines of npm's that are worth repeating. */
const SAID_LINES = 20;

/**
 * @param dir the platform's repository
 * @throws ReleaseError for a version that is none, or that is frozen with another content; SeedError, SeedFailedError
 */
export async function release(
  dir: string,
  work: Work,
  { version, plan, test }: ReleaseOptions,
): Promise<FrozenRelease> {
  const seedFolder = join(dir, 'model-build');
  if (!existsSync(join(dir, 'drone-mlops.json')) || !existsSync(seedFolder)) {
    throw new PlatformError(`${dir} is no platform repository with a model-build in it: name one with --project.`);
  }
  checkVersion(version); // Before minutes go by in its tests.
  const folder = join(RELEASES, version);
  const known = readReleases(join(dir, RELEASES)).find((one) => one.version === version);
  const seed = await seedZip(seedFolder);
  const { yaml } = synthesizeTemplate(templateOptions(readDefinition(dir), version, seedKey(version, seed)));
  const freeze = (tested: boolean): void => {
    freezeRelease(join(dir, RELEASES), version, yaml, seed, tested);
  };
  if (known) freeze(false); // with another content it throws
  const isTried = test && !known?.tested;
  if (isTried) await tryAlone(seed, work);
  if (!plan && (known === undefined || isTried)) freeze(isTried);
  return { version, folder, seedBytes: seed.length, unchanged: known !== undefined };
}

/** Installs and tests a seed from its zip alone, as the first build of a launched project does. */
async function tryAlone(seed: Uint8Array, work: Work): Promise<void> {
  const alone = mkdtempSync(join(tmpdir(), 'drone-mlops-seed-'));
  try {
    await unzip(seed, alone);
    for (const args of [['ci', '--no-audit', '--no-fund', '--prefer-offline'], ['test']]) {
      work.say(`  npm ${args[0] ?? ''}, from the seed alone`);
      const { code, stdout, stderr } = await run('npm', args, { cwd: alone, env: work.env, signal: work.signal });
      work.signal.throwIfAborted();
      if (code === 0) continue;
      const said = `${stdout}\n${stderr}`.trim().split('\n').slice(-SAID_LINES).join('\n');
      throw new SeedFailedError(
        `\`npm ${args[0] ?? ''}\` failed in the seed on its own, so nothing was released:\n${said}`,
      );
    }
  } finally {
    rmSync(alone, { recursive: true, force: true });
  }
}
