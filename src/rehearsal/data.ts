// The data that a person pushes: imagery of their own, else synthetic scenes.
import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import type { RehearsalRecord } from './record';
import type { SeedCommands } from './seed-commands';
import type { Stage } from './stage';

const pushed = z.looseObject({ version: z.string(), images: z.number() });

/** Makes sample imagery unless there is other, and pushes it as a data version. */
export async function pushData(
  { options: { dataDir, stateDir }, phase }: Pick<Stage, 'options' | 'phase'>,
  seed: SeedCommands,
): Promise<NonNullable<RehearsalRecord['data']>> {
  const folder = dataDir ?? (await phase('Make sample imagery', () => sampleImagery(seed, stateDir)));
  const more = dataDir === undefined ? [] : ['--allow-other-classes'];
  const { version, images } = await phase('Push the data', async () =>
    pushed.parse(await seed.json('data', ['push', folder, ...more])),
  );
  return { source: dataDir === undefined ? 'sample' : 'folder', folder: basename(folder), version, images };
}

async function sampleImagery(seed: SeedCommands, stateDir: string): Promise<string> {
  const folder = join(stateDir, 'sample');
  await rm(folder, { recursive: true, force: true });
  await seed.run('data', ['sample', folder]);
  return folder;
}
