// What `train` trains on: folders of tiles as the preprocess step leaves them, or frames that are split and tiled here first.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../config';
import {
  cutTiles,
  DataFolderError,
  dataVersion,
  fingerprint,
  imageRows,
  localPlace,
  PARTS,
  planSplit,
  someOf,
  tellFlights,
  type CutTiles,
  type ImageRecord,
  type Part,
} from '../dataset';
import { VISIBLE_SHARE } from '../pipeline';
import { openData } from './data-flags';
import { progress } from './progress';
import { recordRows } from './record-rows';

export interface TrainingData {
  /** Folder with `train/` and `validation/`. */
  readonly channels: string;
  /** As `npm run data -- push` would name it; of tiles, their folder. */
  readonly version: string;
  /** Images of each part; undefined when the tiles were made before. */
  readonly images?: Readonly<Record<Part, number>>;
  readonly warnings: readonly string[];
}

/** Frames held in memory at a time. */
const IN_FLIGHT = 2;

/**
 * @param dir folder of channels (`train/classes.json`), or of frames in YOLO layout
 * @param work folder for what is made here; null in a dry run
 * @throws DataFolderError, SplitError
 */
export async function trainingData(
  dir: string,
  { flight, split, tiling, classes: ofProject }: Pick<Config, 'flight' | 'split' | 'tiling' | 'classes'>,
  work: string | null,
): Promise<TrainingData> {
  if (existsSync(join(dir, 'train', 'classes.json'))) {
    const classes = await readFile(join(dir, 'train', 'classes.json'), 'utf8');
    return { channels: dir, version: `tiles-${fingerprint(dir, classes)}`, warnings: [] };
  }
  const data = await openData('train', { out: work ?? undefined, 'dry-run': work === null }, [dir]);
  const classes = data.folder.classes ?? ofProject;
  const { records, unreadable } = await recordRows(data);
  if (unreadable.length > 0) {
    throw new DataFolderError(
      `${unreadable.length} files of ${dir} are no images that can be read, ${someOf(unreadable)}: repair or remove them.`,
    );
  }
  const flights = tellFlights(records, flight);
  const plan = planSplit(
    records.map((record, index) => ({ ...record, flight: flights[index] })),
    split,
    split.timeBlocks,
  );
  const partOf = new Map(records.map(({ path }, index) => [path, plan.parts[index]]));
  const settings = { ...tiling, visibleShare: VISIBLE_SHARE };
  const version = dataVersion(classes, records).hash;
  // Under the name of all that they were made of, so that tiles of other data or settings never mix.
  const name = join('tiles', fingerprint(version, plan.parts, settings));
  const images = Object.fromEntries(
    PARTS.map((part) => [part, plan.parts.filter((one) => one === part).length]),
  ) as Record<Part, number>; // one entry for each part
  const made = { channels: join(work ?? '', name), version, images, warnings: plan.warnings };
  if (work === null) return made;

  const out = localPlace(made.channels);
  const recordOf = new Map<string, ImageRecord>(records.map((record) => [record.path, record]));
  await imageRows<CutTiles & { readonly path: string }>({
    folder: data.folder,
    images: data.images.filter(({ path }) => partOf.get(path) !== 'test'),
    ...{ out, shard: null, signal: data.signal, kind: 'tiles', inFlight: IN_FLIGHT, settings },
    work: async ({ path }) => {
      const record = recordOf.get(path);
      if (!record) throw new DataFolderError(`${path} came while ${dir} was read: run it again.`);
      const [stem = ''] = record.object.split('.');
      const bytes = await data.folder.place.read(path);
      const cut = await cutTiles(record, stem, bytes, classes, settings, (kind, file, body) =>
        out.write(`${partOf.get(path) ?? ''}/${kind}/${file}`, body),
      );
      return { path, ...cut };
    },
    onProgress: progress('frames tiled'),
  });
  for (const part of ['train', 'validation']) await out.write(`${part}/classes.json`, `${JSON.stringify(classes)}\n`);
  return made;
}
