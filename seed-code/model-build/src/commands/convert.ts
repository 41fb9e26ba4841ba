// `convert`: a labelled set of images from one format into another.
import { convert, FORMATS, lossSentence, type ConvertOptions, type ConvertSummary, type FormatName } from '../formats';
import { interruption, placeAt, shardFlag } from './data-flags';
import { progress } from './progress';
import { numberFlag, parseCommandLine, printOutcome, UsageError, withUsage } from './usage';

const USAGE = `model-build convert --from FORMAT --to FORMAT SOURCE TARGET [options]

  FORMAT is one of
    yolo           a folder: images/, labels/, data.yaml
    visdrone       a folder: images/, annotations/
    coco           a JSON file of annotations
    ground-truth   an output manifest or augmented manifest

  --images DIR       Where the images of a JSON file or manifest lie, also below its images/. Default: beside the file.
  --labels-only      Leave images out of a target that is a folder.
  --classes A,B      Only these classes, in this order. Also names the classes of a YOLO folder that states none.
  --s3-prefix URI    What stands before an image's path in a manifest, with its last slash.
  --attribute NAME   The label attribute of a manifest. Default: its only one; "labels" when written.
  --ids KIND         COCO's ids: numbered (from 1, the default), or as-predicted (as \`predict\` gives its results).
  --sample N         Convert N images, spread evenly over the source. Default: all.
  --shard K/N        Convert the K-th of N hosts' share: into one folder or prefix, or to a manifest for each host, whose lines
                     together are one host's. COCO is one file, which one host writes.
  --strict           Any loss is an error, and nothing is written.
  --dry-run          Read everything, say what would be lost, write nothing.
  --json             Print one JSON value on standard output.
  --help             Print this.

  What is not carried over as it stood is counted, and said. Rules:
    Objects of a class that is not named, boxes without width or height, and rows that are not of the format are left out;
    so are YOLO rows with values outside 0 to 1, which are mostly pixels. An object that stands twice is kept once.
    A box beyond its frame stays, but YOLO holds it only while its centre lies inside: else it is cut, or left out.
    YOLO and manifests hold no crowds and no ignored objects or regions; VisDrone holds whole pixels and its own ten classes.
    An image without labels, or with an empty label file, is background. Extensions may be in capitals; names are kept
    whole, in any script and length. Ids are given anew. Paths that lead out of the folder are refused.
  TARGET must not exist, or be an empty folder. A folder or file appears whole, or not at all; below an s3:// prefix images
  come first and labels last. SOURCE, TARGET and --images may be s3:// URIs. Interrupted and run again, it goes on: images that
  have been copied are not copied again.`;

const FLAGS = {
  from: { type: 'string' },
  to: { type: 'string' },
  images: { type: 'string' },
  'labels-only': { type: 'boolean', default: false },
  classes: { type: 'string' },
  's3-prefix': { type: 'string' },
  attribute: { type: 'string' },
  ids: { type: 'string', default: 'numbered' },
  sample: { type: 'string' },
  shard: { type: 'string' },
  strict: { type: 'boolean', default: false },
  'dry-run': { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;

export function run(args: readonly string[]): Promise<number> {
  return withUsage(USAGE, async () => {
    const { values, positionals } = parseCommandLine({ args: [...args], options: FLAGS, allowPositionals: true });
    const [source, target, ...rest] = positionals;
    if (source === undefined || target === undefined || rest.length > 0) {
      throw new UsageError('convert takes a source and a target.');
    }
    const [from, to] = [formatFlag('from', values.from), formatFlag('to', values.to)];
    if (values.images !== undefined && (from === 'yolo' || from === 'visdrone')) {
      throw new UsageError(`--images is of no use here: in ${from}, images lie below the source.`);
    }
    if (to === 'ground-truth' && values['s3-prefix'] === undefined) {
      throw new UsageError('A manifest refers to images in S3: say where they are with --s3-prefix.');
    }
    const options: ConvertOptions = {
      from,
      to,
      source,
      target,
      images: values.images ?? null,
      open: placeAt,
      sample: values.sample === undefined ? null : Math.trunc(numberFlag('sample', values.sample, 1, 1e9)),
      shard: values.shard === undefined ? null : shardFlag(values.shard),
      classes: values.classes === undefined ? null : classesFlag(values.classes),
      s3Prefix: values['s3-prefix'] === undefined ? null : prefixFlag(values['s3-prefix']),
      attribute: values.attribute === undefined ? null : attributeFlag(values.attribute),
      ids: idsFlag(values.ids),
      withImages: !values['labels-only'],
      strict: values.strict,
      dryRun: values['dry-run'],
      now: new Date(),
      onProgress: progress('images converted'),
      signal: interruption(),
    };
    const summary = await convert(options);
    printOutcome(values.json, { target, ...summary }, lines(summary, options));
    return 0;
  });
}

function lines({ images, objects, classes, losses }: ConvertSummary, { target, dryRun }: ConvertOptions): string[] {
  const where = dryRun ? 'read (dry run: nothing was written)' : `in ${target}`;
  return [
    ...losses.map((loss) => `Not carried over: ${lossSentence(loss)}`),
    `${images} images with ${objects} objects of ${classes.join(', ')} ${where}.`,
  ];
}

function formatFlag(flag: string, name: string | undefined): FormatName {
  if (name !== undefined && Object.hasOwn(FORMATS, name)) return name as FormatName; // As `hasOwn` has just found.
  throw new UsageError(`--${flag} takes one of ${Object.keys(FORMATS).join(', ')}.`);
}

function classesFlag(text: string): string[] {
  const names = text.split(',').map((name) => name.trim().normalize('NFC'));
  if (names.includes('') || new Set(names).size < names.length) {
    throw new UsageError(`--classes takes different names with commas between them, not ${JSON.stringify(text)}.`);
  }
  return names;
}

function prefixFlag(prefix: string): string {
  if (/^s3:\/\/[^/]+\/(.*\/)?$/.test(prefix)) return prefix;
  throw new UsageError(`--s3-prefix takes a URI like s3://bucket/folder/, not ${JSON.stringify(prefix)}.`);
}

/** Ground Truth's rules for the label attribute of boxes. */
function attributeFlag(name: string): string {
  if (name !== '' && !/(-metadata|-ref)$/.test(name) && name !== 'source') return name;
  throw new UsageError(`--attribute takes a name that does not end in -metadata or -ref, not ${JSON.stringify(name)}.`);
}

function idsFlag(kind: string): ConvertOptions['ids'] {
  if (kind === 'numbered' || kind === 'as-predicted') return kind;
  throw new UsageError('--ids is numbered or as-predicted.');
}
