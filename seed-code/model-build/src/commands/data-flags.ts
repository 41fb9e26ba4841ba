// What the commands over data have in common: a folder or prefix, a sample, a share of the hosts' work, where the outcome goes.
import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { loadConfig, type Config } from '../config';
import {
  localPlace,
  openPlace,
  scanFolder,
  spread,
  type DataFolder,
  type FolderImage,
  type Place,
  type Shard,
} from '../dataset';
import { numberFlag, printOutcome, UsageError } from './usage';

export const DATA_FLAGS = {
  out: { type: 'string' },
  sample: { type: 'string' },
  shard: { type: 'string' },
  'dry-run': { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;

/** @param outcome what is written below OUT */
export function dataUsage(command: string, outcome: string): string {
  return `
  --out OUT      Folder or s3:// prefix for ${outcome}. Default: DIR's name and "-${command}", here.
  --sample N     Take N images, spread evenly over the folder. Default: all.
  --shard K/N    Do the K-th of N hosts' share, and keep its rows in OUT/rows; afterwards run once without --shard.
  --dry-run      Read everything, write nothing.
  --json         Print one JSON value on standard output.
  --help         Print this.

  DIR is a folder or an s3:// prefix with images/, labels/ and a dataset yaml or classes.txt. When it is interrupted, run it
  again: images that are done, and have not changed, are not done again.`;
}

/** A command's folder and its common flags, understood. */
export interface DataCommand {
  readonly folder: DataFolder;
  /** What the folder is called. */
  readonly name: string;
  /** Those that a sample takes. */
  readonly images: readonly FolderImage[];
  /** Where the outcome goes; null in a dry run. */
  readonly out: Place | null;
  readonly shard: Shard | null;
  readonly signal: AbortSignal;
  /** Of the project that the command is run in. */
  readonly project: Config | null;
}

interface Values {
  readonly out?: string | undefined;
  readonly sample?: string | undefined;
  readonly shard?: string | undefined;
  readonly 'dry-run': boolean;
}

/** @throws UsageError for flags that do not go together */
export async function openData(
  command: string,
  values: Values,
  [dir, ...others]: readonly string[],
): Promise<DataCommand> {
  if (dir === undefined || others.length > 0) throw new UsageError(`${command} takes one folder.`);
  const shard = values.shard === undefined ? null : shardFlag(values.shard);
  const sample = values.sample === undefined ? Infinity : Math.trunc(numberFlag('sample', values.sample, 1, 1e9));
  if (shard && values['dry-run']) throw new UsageError('--shard keeps rows for others, which --dry-run forbids.');
  const folder = await scanFolder(placeAt(dir));
  const name = dir.startsWith('s3://') ? basename(dir) : basename(resolve(dir));
  const out = values['dry-run'] ? null : placeAt(values.out ?? `${name}-${command}`);
  const project = existsSync(join(process.cwd(), 'drone-mlops.json')) ? loadConfig(process.cwd()) : null;
  return { folder, name, images: spread(folder.images, sample), out, shard, signal: interruption(), project };
}

/** A folder, or an `s3://` prefix. */
export function placeAt(name: string): Place {
  return name.startsWith('s3://') ? openPlace(name, () => new S3Client({})) : localPlace(name);
}

/** The folder's classes, else the project's. @throws UsageError when neither names any */
export function classesOf({ folder, project }: DataCommand): readonly string[] {
  const classes = folder.classes ?? project?.classes;
  if (classes) return classes;
  throw new UsageError(`${folder.place.name} names no classes: add a dataset yaml or classes.txt.`);
}

/** Prints what came of a shard's run. */
export function printShare(json: boolean, images: number, reused: number, { index, of }: Shard): void {
  printOutcome(json, { share: index, of, images, reused }, [
    `Share ${index} of ${of}: ${images} images, ${reused} of them done before. When all shares are done, run once without --shard.`,
  ]);
}

export function shardFlag(text: string): Shard {
  const [, index = 0, of = 0] = (/^(\d+)\/(\d+)$/.exec(text) ?? []).map(Number);
  if (index < 1 || index > of)
    throw new UsageError(`--shard takes K/N with K from 1 to N, not ${JSON.stringify(text)}.`);
  return { index, of };
}

/** Aborted by Ctrl-C, or when the process is asked to end. */
export function interruption(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      controller.abort(new Error(`Interrupted by ${signal}: run it again to go on from here.`));
    });
  }
  return controller.signal;
}
