// Objects onto disk and files into S3, as SageMaker moves them.
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { z } from 'zod';
import type { ObjectStore } from './types';

/** SageMaker's own steps around the container went wrong; the message is the job's failure reason. */
export class ClientError extends Error {
  override readonly name = 'ClientError';
}

/** Where a job's input comes from. */
export interface DataSource {
  readonly S3Uri: string;
  readonly S3DataType: 'S3Prefix' | 'ManifestFile';
  readonly S3DataDistributionType: 'FullyReplicated' | 'ShardedByS3Key';
}

/** An object and where it belongs below the input's folder. */
interface Placed {
  readonly uri: string;
  readonly path: string;
}

/** Copies under way at a time. */
const COPIES = 16;

/**
 * Puts an input's objects into one folder a host: all of them, or every n-th where they are sharded by key.
 * @throws ClientError when there are none, or the manifest is not one
 */
export async function download(source: DataSource, folders: readonly string[], store: ObjectStore): Promise<void> {
  const objects =
    source.S3DataType === 'S3Prefix' ? await prefixed(source.S3Uri, store) : await listed(source, folders, store);
  if (objects.length === 0)
    throw new ClientError(`No S3 objects found under S3 URL "${source.S3Uri}" given in input data source.`);
  const sharded = source.S3DataDistributionType === 'ShardedByS3Key';
  const copies = objects.flatMap(({ uri, path }, index) =>
    folders
      .filter((_folder, host) => !sharded || index % folders.length === host)
      .map((folder) => ({ uri, file: inside(folder, path) })),
  );
  await Promise.all(folders.map((folder) => mkdir(folder, { recursive: true })));
  await copyAll(copies, store);
}

async function copyAll(copies: readonly { uri: string; file: string }[], store: ObjectStore): Promise<void> {
  for (const folder of new Set(copies.map(({ file }) => dirname(file)))) await mkdir(folder, { recursive: true });
  await inParallel(copies, ({ uri, file }) => store.download(uri, file));
}

/** The objects under a prefix, by their place behind its last slash; one object alone keeps its name. */
async function prefixed(uri: string, store: ObjectStore): Promise<Placed[]> {
  const objects: Placed[] = [];
  for await (const object of store.list(uri)) {
    if (object.uri.endsWith('/')) continue; // a folder made in the console
    const start = object.uri.startsWith(`${uri}/`) ? uri.length : uri.lastIndexOf('/');
    objects.push({ uri: object.uri, path: object.uri.slice(start + 1) });
  }
  return objects;
}

const manifestSchema = z.tuple([z.strictObject({ prefix: z.string() })], z.string());

/** The objects that a manifest names. Source: API reference, `S3DataSource`: `[{"prefix": …}, "relative/path", …]`. */
async function listed({ S3Uri: uri }: DataSource, folders: readonly string[], store: ObjectStore): Promise<Placed[]> {
  const file = `${folders[0] ?? ''}.manifest`;
  await mkdir(dirname(file), { recursive: true });
  await store.download(uri, file);
  try {
    const [{ prefix }, ...paths] = manifestSchema.parse(JSON.parse(await readFile(file, 'utf8')));
    return paths.map((path) => ({ uri: prefix + path, path }));
  } catch {
    throw new ClientError(`The manifest ${uri} is not of the form [{"prefix": "s3://…"}, "relative/path", …].`);
  }
}

function inside(folder: string, path: string): string {
  const file = join(folder, path);
  if (!file.startsWith(folder + sep)) throw new ClientError(`The key "${path}" leads out of the input's folder.`);
  return file;
}

/** Puts what is stored under a prefix, if anything is, into a folder. */
export async function restore(prefix: string, folder: string, store: ObjectStore): Promise<void> {
  const objects = await prefixed(`${prefix.replace(/\/$/, '')}/`, store);
  await copyAll(
    objects.map(({ uri, path }) => ({ uri, file: inside(folder, path) })),
    store,
  );
}

/** Stores every file below a folder under a prefix. */
export async function upload(folder: string, prefix: string, store: ObjectStore): Promise<void> {
  const base = prefix.replace(/\/$/, '');
  await inParallel(await files(folder), (path) => store.upload(join(folder, path), `${base}/${path}`));
}

/** Makes what is stored under a prefix the same as a folder: what the folder lacks is deleted. */
export async function mirror(folder: string, prefix: string, store: ObjectStore): Promise<void> {
  const base = prefix.replace(/\/$/, '');
  const kept = new Set((await files(folder)).map((path) => `${base}/${path}`));
  for await (const { uri } of store.list(`${base}/`)) if (!kept.has(uri)) await store.delete(uri);
  await upload(folder, prefix, store);
}

/** Paths of the files below a folder, with `/`, sorted. Links are left out: SageMaker uploads none. */
export async function files(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}

async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values(); // shared by the workers: each takes the next
  const worker = async (): Promise<void> => {
    for (const item of queue) await work(item);
  };
  await Promise.all(Array.from({ length: COPIES }, worker));
}
