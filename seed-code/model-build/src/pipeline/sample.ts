// Until a team has pushed data: executions on the sample set, with what every account has. The first one of a new project is green.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../config';
import { DATA_KEYS, pushVersion, type ObjectStore } from '../dataset';
import { writeSample } from '../sample';

/** What the sample set is trained on: a CPU, whose quota every account has. */
const INSTANCE_TYPE = 'ml.m5.xlarge';
/** What the baseline reaches on the sample set, with room; see `npm run bench`. */
const GATE = { 'coco.AP50': 0.5 } as const;

/** Whether the bucket holds no data version yet that a person pushed. */
export async function onlySample(store: ObjectStore): Promise<boolean> {
  return !(await store.exists(DATA_KEYS.latest));
}

/** The project's configuration as it is for the sample set: whatever the project trains with, this takes no licence and no GPU. */
export function sampleConfig(config: Config): Config {
  return {
    ...config,
    flight: { by: 'folder' },
    split: { train: 0.7, validation: 0.15, test: 0.15, timeBlocks: false },
    tiling: { size: 640, overlap: 0.2 },
    training: { ...config.training, trainer: 'baseline', imageSize: 640, epochs: 50, batch: 4, spot: false },
    gate: GATE,
    instances: {
      ...config.instances,
      processing: { ...config.instances.processing, type: INSTANCE_TYPE },
      training: { type: INSTANCE_TYPE },
    },
  };
}

/**
 * Puts the sample set into the bucket as a data version, which does not count as pushed.
 * @param onProgress frames drawn, of how many
 * @returns the version
 */
export async function pushSample(
  store: ObjectStore,
  { classes }: Config,
  onProgress: (done: number, total: number) => void,
): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'sample-'));
  try {
    await writeSample(dir, onProgress);
    const options = { dir, classes, allowOtherClasses: true, store, latest: false, onProgress: () => undefined };
    return (await pushVersion(options)).version;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** One sentence for whoever reads a build's log. */
export const SAMPLE_NOTE =
  `No data version has been pushed yet: executions use the sample set, the baseline trainer and ${INSTANCE_TYPE}. ` +
  'Push your own with `npm run data -- push DIR`.';
