// `validate`: what would make training drop or misread an image of a folder, by the rules of the validate step.
import {
  classColours,
  DataFolderError,
  labelsOf,
  nameOf,
  refusalOf,
  spread,
  Validation,
  validationPage,
  warningsOf,
  type Drop,
  type ImageRecord,
  type TilePicture,
} from '../dataset';
import { thumbnail } from '../profile';
import { classesOf, DATA_FLAGS, type DataCommand, dataUsage, openData, printShare } from './data-flags';
import { recordRows, type RecordRows } from './record-rows';
import { numberFlag, parseCommandLine, printOutcome, withUsage } from './usage';

const USAGE = `model-build validate DIR [options]

  --max-dropped-share S   Share of the images that training may drop; above it, exit code 1. Default: the project's, else 0.02.
${dataUsage('validate', 'validation.json and validation.html')}`;

const FLAGS = { ...DATA_FLAGS, 'max-dropped-share': { type: 'string' } } as const;
const MAX_DROPPED_SHARE = 0.02;
/** Folders that name a part. */
const PART_FOLDERS = new Set(['train', 'val', 'valid', 'validation', 'test']);
/** Frames that the page shows. */
const PICTURES = 9;

export function run(args: readonly string[]): Promise<number> {
  return withUsage(USAGE, async () => {
    const { values, positionals } = parseCommandLine({ args: [...args], allowPositionals: true, options: FLAGS });
    const data = await openData('validate', values, positionals);
    const text = values['max-dropped-share'];
    const permittedShare =
      text === undefined
        ? (data.project?.validation.maxDroppedShare ?? MAX_DROPPED_SHARE)
        : numberFlag('max-dropped-share', text, 0, 1);
    const classes = classesOf(data);
    const rows = await recordRows(data);
    if (data.shard) {
      printShare(values.json, rows.records.length + rows.unreadable.length, rows.reused, data.shard);
      return 0;
    }
    const findings = examine(classes, rows);
    const { folder, out } = data;
    const warnings = [...warningsOf(findings, classes), ...folderWarnings(data)];
    const refusal = refusalOf(findings, permittedShare);
    const report = { passed: refusal === null, permittedShare, classes, warnings, ...findings };
    if (out) {
      const [colours, shown] = [classColours(classes.length), 'Frames with their boxes'];
      const pictures = await takePictures(data, rows.records, classes, colours);
      await out.write('validation.json', `${JSON.stringify(report, null, 2)}\n`);
      await out.write(
        'validation.html',
        validationPage({ classes, findings, permittedShare, warnings, shown, pictures, colours }),
      );
    }
    for (const warning of warnings) process.stderr.write(`Warning: ${warning}\n`);
    const where = out ? `Look at ${nameOf(out, 'validation.html')}.` : 'Nothing was written.';
    printOutcome(values.json, report, [
      `${findings.images} images, ${findings.dropped.length} of which training would drop. ${where}`,
    ]);
    if (refusal !== null) throw new DataFolderError(`${refusal} in ${folder.place.name}, or allow more.`);
    return 0;
  });
}

function examine(classes: readonly string[], { records, unreadable }: RecordRows) {
  const images = [
    ...records,
    ...unreadable.map((path) => ({ path, hash: null, labels: null, width: Infinity, height: Infinity })),
  ]
    .map((image) => ({ ...image, part: partOf(image.path) }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  const parts = [...new Set(images.map(({ part }) => part))].sort();
  const validation = new Validation<(typeof images)[number]>(classes, parts, ({ path, hash }): Drop | null =>
    hash === null ? { reason: 'unreadable', detail: `${path} cannot be read whole` } : null,
  );
  for (const image of images) validation.add(image);
  return validation.findings();
}

/** By the folder that names it, as YOLO's layouts do; else all images are one part. */
function partOf(path: string): string {
  return path.split('/').find((folder) => PART_FOLDERS.has(folder)) ?? 'images';
}

function folderWarnings({ folder: { labelsWithoutImage, unsupported } }: DataCommand): string[] {
  const told = (files: readonly string[], what: string): string[] =>
    files.length === 0 ? [] : [`${files.length} ${what}, ${files[0]} for example.`];
  return [
    ...told(labelsWithoutImage, 'label files belong to no image'),
    ...told(unsupported, 'images are of a format that is not read'),
  ];
}

/** Of frames with objects, evenly spread; of others, where there are no such. */
async function takePictures(
  { folder }: DataCommand,
  records: readonly ImageRecord[],
  classes: readonly string[],
  colours: readonly string[],
): Promise<TilePicture[]> {
  const counted = records.map((record) => ({ ...record, boxes: labelsOf(record, classes).rows.length }));
  const labelled = counted.filter(({ boxes }) => boxes > 0);
  const imageOf = new Map(folder.images.map((image) => [image.path, image]));
  const pictures: TilePicture[] = [];
  for (const { path, boxes } of spread(labelled.length > 0 ? labelled : counted, PICTURES)) {
    const image = imageOf.get(path);
    const jpeg = image ? await thumbnail(folder, image, colours) : null;
    if (jpeg) pictures.push({ name: path, part: partOf(path), jpeg, boxes });
  }
  return pictures;
}
