// The validate step: what would make training drop or misread an image, as a report with pictures; fails over a configured share.
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { z } from 'zod';
import {
  classColours,
  ManifestError,
  openManifest,
  parseYoloLabels,
  PARTS,
  preprocessReport,
  refusalOf,
  splitRecord,
  tilePicture,
  toTruths,
  Validation,
  validationPage,
  warningsOf,
  type Findings,
  type PreprocessReport,
  type SplitRecord,
  type TilePicture,
} from '../dataset';
import { parseArguments, runStep, StepError } from '../sagemaker';
import { tracked, type TrackedContext } from './tracked';

/** Arguments of the processing job. */
export const validateSettings = z.strictObject({
  /** Share of the images that training may drop. */
  'max-dropped-share': z.coerce.number().min(0).max(1),
});

const TILED_PARTS = ['train', 'validation'] as const;
/** Tiles of each part that the page shows. */
const PICTURES = 6;
/** Writes `validation-report/validation.json` and `validation.html`. */
export async function validate({ paths, args, log, run }: TrackedContext): Promise<void> {
  const { 'max-dropped-share': permittedShare } = parseArguments(validateSettings, args);
  const reports = await readReports(paths.processingInput('report'));
  const { classes, findings } = await examine(join(paths.processingInput('split'), 'split.jsonl'), reports);

  const tiles: Record<string, number> = {};
  const pictures: TilePicture[] = [];
  const colours = classColours(classes.length);
  for (const part of TILED_PARTS) {
    const names = await tileNames(paths.processingInput(part));
    tiles[part] = names.length;
    const shown = await takePictures(paths.processingInput(part), part, names, classes, colours);
    pictures.push(...shown.map((picture) => ({ ...picture, name: caption(picture.name, reports) })));
  }
  const warnings = warningsOf(findings, classes);
  const output = paths.processingOutput('validation-report');
  await mkdir(output, { recursive: true });
  const report = {
    passed: findings.droppedShare <= permittedShare,
    permittedShare,
    classes,
    tiles,
    warnings,
    ...findings,
  };
  await writeFile(join(output, 'validation.json'), `${JSON.stringify(report, null, 2)}\n`);
  const page = validationPage({
    ...{ classes, findings, permittedShare, warnings, pictures, colours },
    shown: 'Tiles as training sees them',
  });
  await writeFile(join(output, 'validation.html'), page);
  run.params({ 'max-dropped-share': permittedShare });
  run.record(0, { images: findings.images, dropped: findings.dropped.length, 'dropped share': findings.droppedShare });
  run.artifact('validation.html', page);
  for (const warning of warnings) log('warning', { warning });
  log('validated', { images: findings.images, dropped: findings.dropped.length, tiles });
  judge(findings, permittedShare, tiles);
}

async function readReports(folder: string): Promise<PreprocessReport[]> {
  const files = (await readdir(folder)).filter((file) => /^preprocess-.+\.json$/.test(file)).sort();
  if (files.length === 0)
    throw new StepError(`${folder} holds no report of the preprocess step: start a new execution.`);
  return Promise.all(
    files.map(async (file) => preprocessReport.parse(JSON.parse(await readFile(join(folder, file), 'utf8')))),
  );
}

async function examine(file: string, reports: readonly PreprocessReport[]) {
  try {
    const { header, records } = await openManifest(file, splitRecord);
    const read = new Map(reports.flatMap(({ images }) => images.map(({ object, dropped }) => [object, dropped])));
    // The preprocess step has read the frames of train and validation; of the test frames only the push's attempt is known.
    const validation = new Validation<SplitRecord>(header.classes, PARTS, ({ part, object, path, hash }) => {
      if (part !== 'test') return read.get(object);
      return hash === null
        ? { reason: 'unreadable', detail: `${path} could not be read whole when it was pushed` }
        : null;
    });
    for await (const record of records) validation.add(record);
    return { classes: header.classes, findings: validation.findings() };
  } catch (error) {
    if (error instanceof ManifestError) throw new StepError(error.message, { cause: error });
    throw error;
  }
}

/** Names of a part's tiles, `<host>/<name>` without an extension, sorted. */
async function tileNames(root: string): Promise<string[]> {
  const images = join(root, 'images');
  const hosts = await readdir(images);
  const names = await Promise.all(
    hosts.map(async (host) =>
      (await readdir(join(images, host))).map((file) => `${host}/${file.slice(0, -'.jpg'.length)}`),
    ),
  );
  return names.flat().sort();
}

/** Pictures of tiles with objects, evenly spread over the part; of tiles without, where there are no others. */
async function takePictures(
  root: string,
  part: string,
  names: readonly string[],
  classes: readonly string[],
  colours: readonly string[],
): Promise<TilePicture[]> {
  const labelled: string[] = [];
  for (const name of names) {
    if ((await readFile(join(root, 'labels', `${name}.txt`), 'utf8')) !== '') labelled.push(name);
  }
  return Promise.all(
    spread(labelled.length > 0 ? labelled : names, PICTURES).map(async (name) => {
      const image = join(root, 'images', `${name}.jpg`);
      const { rows } = parseYoloLabels(await readFile(join(root, 'labels', `${name}.txt`), 'utf8'), classes.length);
      const truths = toTruths(rows, await sharp(image).metadata());
      return { name, part, jpeg: await tilePicture(image, truths, colours), boxes: rows.length };
    }),
  );
}

/** A tile by its image's path and its place in it, which a person knows better than a hash. */
function caption(tile: string, reports: readonly PreprocessReport[]): string {
  const [object = '', x = '', y = ''] = tile.slice(tile.indexOf('/') + 1).split('_');
  const image = reports.flatMap(({ images }) => images).find((other) => other.object.startsWith(object));
  return `${image?.path ?? object} at ${x}, ${y}`;
}

/** Up to `count` of a list, evenly spread from its first on. */
function spread<T>(list: readonly T[], count: number): T[] {
  const step = Math.max(1, list.length / count);
  return Array.from({ length: Math.min(count, list.length) }, (_, index) => list[Math.floor(index * step)]);
}

function judge(findings: Findings, permitted: number, tiles: Record<string, number>): void {
  const { missing } = findings;
  if (missing.length > 0) {
    throw new StepError(
      `${missing.length} images of the split were not preprocessed, ${missing[0]} for example: start a new execution.`,
    );
  }
  const refusal = refusalOf(findings, permitted);
  if (refusal !== null) throw new StepError(`${refusal} and push again, or allow more.`);
  const empty = TILED_PARTS.find((part) => tiles[part] === 0);
  if (empty)
    throw new StepError(`The ${empty} part has no tile left: push a data version with more images that can be read.`);
}

if (require.main === module) void runStep('validate', tracked('validate', validate));
