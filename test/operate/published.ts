// A platform that is published once for the tests of a file; each gets a region of its own that is as that one was left.
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import type { Region, RegionOptions } from '../../src/rehearsal/region';
import { temporaryFolder } from '../folder';
import { studioOf } from '../rehearsal/region/platform/project';
import { start, temporaryFolder as passingFolder } from '../rehearsal/region/start';
import { drone, freeze, installedPlatform, publish, type Said } from './operator';

export interface PublishedPlatform {
  readonly region: Region;
  /** Its repository. */
  readonly dir: string;
  /** Leads to the region in the name of somebody with the role of Studio. */
  readonly environment: Region['environment'];
  /** `drone-mlops …` in that name; `launch` looks often. */
  readonly operate: (command: string, ...args: readonly string[]) => Promise<Said>;
}

/** @param seed files of the seed, beside those that every seed of a test has */
export function publishedPlatform(
  options: Readonly<Record<string, unknown>> = {},
  seed: Readonly<Record<string, string>> = {},
): (onEvent?: RegionOptions['onEvent']) => Promise<PublishedPlatform> {
  const kept = temporaryFolder();
  let person: Readonly<Record<string, string>> = {};

  beforeAll(async () => {
    const stateDir = passingFolder();
    const region = await start({ stateDir });
    const dir = installedPlatform(options);
    await freeze(dir, '1.0.0', '', seed);
    const { code, said } = await publish(region, dir);
    if (code !== 0) throw new Error(said);
    const { credentials } = await studioOf(region);
    person = {
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_SESSION_TOKEN: credentials.sessionToken ?? '',
    };
    await region.close();
    cpSync(stateDir, join(kept, 'region'), { recursive: true });
    cpSync(dir, join(kept, 'platform'), { recursive: true });
  });

  return async (onEvent) => {
    const folder = passingFolder();
    cpSync(kept, folder, { recursive: true });
    const [stateDir, dir] = [join(folder, 'region'), join(folder, 'platform')];
    const region = await start({ stateDir, ...(onEvent && { onEvent }) });
    const environment = { ...region.environment, ...person };
    return {
      region,
      dir,
      environment,
      operate: (command, ...args) =>
        drone({ environment }, dir, command, ...(command === 'launch' ? ['--poll-seconds', '0.1'] : []), ...args),
    };
  };
}
