// `data`: sample imagery, and the versions of a team's data.
import { S3Client } from '@aws-sdk/client-s3';
import { loadConfig } from '../config';
import { DATA_KEYS, latestVersion, pushVersion, s3Store, versionHeader, type ObjectStore } from '../dataset';
import { writeSample } from '../sample';
import { progress } from './progress';
import { parseCommandLine, printOutcome, UsageError, withUsage } from './usage';

const USAGE = `npm run data -- COMMAND [options]

  sample DIR   Write synthetic aerial scenes in YOLO layout.
  push DIR     Make an immutable data version of a folder in YOLO layout.
                 --allow-other-classes   Take the folder's classes, also where they are not the project's.
                 --dry-run               Read everything, write nothing.
  list         List the data versions in the bucket.
  show HASH    Show a data version.

  --bucket B   The artifact bucket. Default: the environment's ARTIFACT_BUCKET.
  --json       Print one JSON value on standard output.
  --help       Print this.`;

interface Options {
  readonly bucket?: string | undefined;
  readonly dryRun: boolean;
  readonly allowOtherClasses: boolean;
}

const FLAGS = {
  bucket: { type: 'string' },
  'allow-other-classes': { type: 'boolean', default: false },
  'dry-run': { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;

/** What a command prints: as JSON, or as lines. */
interface Answer {
  readonly value: unknown;
  readonly lines: readonly string[];
}

const COMMANDS: Readonly<Record<string, (argument: string, options: Options) => Promise<Answer>>> = {
  sample,
  push,
  list,
  show,
};

export function run(args: readonly string[]): Promise<number> {
  return withUsage(USAGE, async () => {
    const { values, positionals } = parseCommandLine({ args: [...args], options: FLAGS, allowPositionals: true });
    const [name = '', argument = '', ...rest] = positionals;
    const command = COMMANDS[name];
    if (!command)
      throw new UsageError(name === '' ? 'No command is given.' : `There is no command ${JSON.stringify(name)}.`);
    if (rest.length > 0 || (argument === '') !== (name === 'list')) {
      throw new UsageError(`\`${positionals.join(' ')}\` has too few or too many arguments.`);
    }
    const { value, lines } = await command(argument, {
      bucket: values.bucket ?? process.env.ARTIFACT_BUCKET,
      dryRun: values['dry-run'],
      allowOtherClasses: values['allow-other-classes'],
    });
    printOutcome(values.json, value, lines);
    return 0;
  });
}

async function sample(dir: string): Promise<Answer> {
  const tell = progress('frames drawn');
  const summary = await writeSample(dir, tell);
  const objects = Object.entries(summary.objects).map(([name, count]) => `${count} × ${name}`);
  return {
    value: { dir, ...summary },
    lines: [`${summary.images} frames of ${summary.flights} flights in ${dir}: ${objects.join(', ')}.`],
  };
}

async function push(dir: string, options: Options): Promise<Answer> {
  const tell = progress(options.dryRun ? 'images read' : 'images pushed');
  const summary = await pushVersion({
    dir,
    classes: loadConfig(process.cwd()).classes,
    allowOtherClasses: options.allowOtherClasses,
    store: options.dryRun ? null : openStore(options),
    onProgress: ({ done, total }) => {
      tell(done, total);
    },
  });
  for (const warning of summary.warnings) process.stderr.write(`Warning: ${warning}\n`);
  const megabytes = (summary.bytes / 1e6).toFixed(1);
  return {
    value: summary,
    lines: [
      `${summary.images} images, ${megabytes} MB, ${summary.uploaded} of them new${options.dryRun ? ' (dry run: nothing was written)' : ''}.`,
      `Data version ${summary.version}`,
    ],
  };
}

async function list(_: string, options: Options): Promise<Answer> {
  const store = openStore(options);
  const versions = await store.folders(DATA_KEYS.versions);
  const latest = await store.read(DATA_KEYS.latest);
  const newest = latest === null ? null : latestVersion.parse(JSON.parse(latest)).version;
  return {
    value: { versions, latest: newest },
    lines: versions.map((version) => `${version}${version === newest ? '  (pushed last)' : ''}`),
  };
}

async function show(version: string, options: Options): Promise<Answer> {
  const manifest = await openStore(options).read(DATA_KEYS.manifest(version));
  if (manifest === null)
    throw new Error(`There is no data version ${version}: \`npm run data -- list\` names those there are.`);
  const header = versionHeader.parse(JSON.parse(manifest.slice(0, manifest.indexOf('\n'))));
  return {
    value: { version, ...header },
    lines: [
      `Data version ${version}`,
      `${header.images} images, ${(header.bytes / 1e6).toFixed(1)} MB; classes ${header.classes.join(', ')}`,
    ],
  };
}

function openStore({ bucket }: Options): ObjectStore {
  if (bucket === undefined || bucket === '')
    throw new UsageError('No bucket is given: name it with --bucket, or set ARTIFACT_BUCKET.');
  return s3Store(new S3Client({}), bucket);
}
