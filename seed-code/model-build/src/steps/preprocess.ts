// The preprocess step: this host's share of the images, cut into tiles with their labels.
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import {
  cutTiles,
  inParallel,
  ManifestError,
  openManifest,
  splitRecord,
  type Manifest,
  type PreprocessedImage,
  type PreprocessReport,
  type SplitRecord,
  type WriteTile,
} from '../dataset';
import { parseArguments, runStep, StepError } from '../sagemaker';
import { tracked, type TrackedContext } from './tracked';

/** Arguments of the processing job. */
export const preprocessSettings = z.strictObject({
  'tile-size': z.coerce.number().int().min(1),
  overlap: z.coerce.number().min(0).lt(1),
  'visible-share': z.coerce.number().gt(0).max(1),
});

/** Frames held in memory at a time: two of 20 megapixels, with what decoding needs beside them, stay below 500 MB. */
const FRAMES_IN_FLIGHT = 2;
/** Images between two lines of progress. */
const PROGRESS = 100;

const TILED_PARTS = ['train', 'validation'] as const;
type TiledPart = (typeof TILED_PARTS)[number];
type TiledRecord = SplitRecord & { readonly part: TiledPart };

/** Writes `train/`, `validation/` and `report/preprocess-<host>.json`. */
export async function preprocess({ paths, args, log, host, hosts, signal, run }: TrackedContext): Promise<void> {
  const settings = parseArguments(preprocessSettings, args);
  const tiling = { size: settings['tile-size'], overlap: settings.overlap, visibleShare: settings['visible-share'] };
  const source = paths.processingInput('images');
  const mine = new Set(await readdir(source).catch(absent));
  const total = mine.size;
  try {
    const split = await openManifest(join(paths.processingInput('split'), 'split.jsonl'), splitRecord);
    const { classes } = split.header;
    const writers = Object.fromEntries(
      await Promise.all(
        TILED_PARTS.map(async (part) => [part, await openPart(paths.processingOutput(part), host, classes)] as const),
      ),
    ) as Record<TiledPart, WriteTile>; // One entry for each part.

    const images: PreprocessedImage[] = [];
    await inParallel(recordsOf(split, mine), FRAMES_IN_FLIGHT, async (record) => {
      signal.throwIfAborted();
      const { path, object, part } = record;
      const [name = ''] = object.split('.');
      const cut = await cutTiles(record, name, join(source, object), classes, tiling, writers[part]);
      images.push({ path, object, part, ...cut });
      if (cut.dropped) log('image-dropped', { path, ...cut.dropped });
      if (images.length % PROGRESS === 0 || images.length === total)
        log('progress', { images: images.length, of: total });
    });
    if (mine.size > 0) {
      throw new StepError(
        `${[...mine][0]} and ${mine.size - 1} more images are not in the split: start a new execution.`,
      );
    }
    const report: PreprocessReport = {
      host,
      settings: tiling,
      images: images.sort((a, b) => (a.path < b.path ? -1 : 1)),
    };
    await writeReport(paths.processingOutput('report'), report);
    run.params({ ...settings, hosts: hosts.length });
    run.artifact(`preprocess-${host}.json`, JSON.stringify(report, null, 2));
    refuseNothing(report, hosts.length);
  } catch (error) {
    if (error instanceof ManifestError) throw new StepError(error.message, { cause: error });
    throw error;
  }
}

/** The records of this host's images, as they are read; each is struck off `mine`. */
async function* recordsOf({ records }: Manifest<SplitRecord>, mine: Set<string>): AsyncGenerator<TiledRecord, void> {
  for await (const record of records) {
    const { part } = record;
    if (part !== 'test' && mine.delete(record.object)) yield { ...record, part };
  }
}

/** Makes the folders of a part, with the class names that trainers look for beside them. */
async function openPart(root: string, host: string, classes: readonly string[]): Promise<WriteTile> {
  const folders = { images: join(root, 'images', host), labels: join(root, 'labels', host) };
  for (const folder of Object.values(folders)) await mkdir(folder, { recursive: true });
  await writeFile(join(root, 'classes.json'), `${JSON.stringify(classes)}\n`);
  return (kind, name, body) => writeFile(join(folders[kind], name), body);
}

async function writeReport(folder: string, report: PreprocessReport): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `preprocess-${report.host}.json`), `${JSON.stringify(report)}\n`);
}

/** One host sees whether nothing remains; of several, the validate step sees it. */
function refuseNothing({ images }: PreprocessReport, hosts: number): void {
  if (hosts > 1 || images.some(({ dropped }) => dropped === null)) return;
  const [first] = images;
  throw new StepError(
    first
      ? `All ${images.length} images were dropped, ${first.path} for example: ${first.dropped?.detail ?? ''}. Repair them and push again.`
      : 'There is no image to preprocess: push a data version that has some.',
  );
}

function absent(error: NodeJS.ErrnoException): never[] {
  if (error.code === 'ENOENT') return [];
  throw error;
}

if (require.main === module) void runStep('preprocess', tracked('preprocess', preprocess));
