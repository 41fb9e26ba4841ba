// Where data lies: a folder on this machine, or a prefix of a bucket. What reads and writes data need not know which.
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import {
  GetObjectCommand,
  paginateListObjectsV2,
  PutObjectCommand,
  S3ServiceException,
  type S3Client,
} from '@aws-sdk/client-s3';
import { DataFolderError } from './errors';

/** A file of a place. */
export interface PlaceFile {
  /** Inside the place, with `/`. */
  readonly path: string;
  readonly bytes: number;
  /** Changes when the file does. */
  readonly stamp: string;
}

export interface Place {
  /** As a person names it. */
  readonly name: string;
  /** The folder's path; null in a bucket. */
  readonly folder: string | null;
  /** Every file that is not hidden, sorted by path. @throws DataFolderError when the place cannot be read */
  list(): Promise<PlaceFile[]>;
  /** Bytes of a file; null when it is not there. Of a bucket, as it was when it was first asked. */
  size(path: string): Promise<number | null>;
  /** A file's lines, as they are read. @throws DataFolderError when there is no such file */
  lines(path: string): AsyncIterable<string>;
  /** @param most only that many bytes from the start. @throws DataFolderError when there is no such file */
  read(path: string, most?: number): Promise<Buffer>;
  /** Writes a file whole, over what may be there. */
  write(path: string, body: Buffer | string): Promise<void>;
}

/** A path of this machine, or `s3://BUCKET/PREFIX`. @param client is asked for when the place is in a bucket */
export function openPlace(name: string, client: () => S3Client): Place {
  if (!name.startsWith('s3://')) return localPlace(name);
  const [, bucket = '', prefix = ''] = /^s3:\/\/([^/]+)\/?(.*)$/.exec(name) ?? [];
  if (bucket === '') throw new DataFolderError(`${name} names no bucket: give s3://BUCKET/PREFIX.`);
  return bucketPlace(name, client(), bucket, prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`);
}

export function localPlace(folder: string): Place {
  return {
    name: folder,
    folder,
    async list() {
      const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
        throw new DataFolderError(`${folder} cannot be read as a folder: ${codeOf(error)}.`);
      });
      const files: PlaceFile[] = [];
      for (const entry of entries) {
        const file = join(entry.parentPath, entry.name);
        const path = relative(folder, file).split(sep).join('/');
        if (isHidden(path) || entry.isDirectory()) continue;
        const found = await stat(file); // Of what a link leads to.
        if (found.isFile()) files.push({ path, bytes: found.size, stamp: `${found.size} ${found.mtimeMs}` });
      }
      return files.sort(byPath);
    },
    size: (path) => Promise.resolve(statSync(join(folder, path), { throwIfNoEntry: false })?.size ?? null),
    async *lines(path) {
      const file = join(folder, path);
      try {
        yield* createInterface({ input: createReadStream(file), crlfDelay: Infinity });
      } catch (error) {
        throw new DataFolderError(`${file} cannot be read: ${codeOf(error)}.`, { cause: error });
      }
    },
    async read(path, most) {
      const file = join(folder, path);
      try {
        return most === undefined ? await readFile(file) : await readStart(file, most);
      } catch (error) {
        throw new DataFolderError(`${file} cannot be read: ${codeOf(error)}.`, { cause: error });
      }
    },
    async write(path, body) {
      const file = join(folder, path);
      const half = join(dirname(file), `.${randomUUID()}.partial`);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(half, body);
      await rename(half, file);
    },
  };
}

function bucketPlace(name: string, client: S3Client, bucket: string, prefix: string): Place {
  let sizes: Promise<Map<string, number>> | null = null;
  const named = (path: string) => `s3://${bucket}/${prefix}${path}`;
  const place: Place = {
    name,
    folder: null,
    async list() {
      const files: PlaceFile[] = [];
      try {
        for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: prefix })) {
          for (const { Key = '', ETag = '', Size = 0 } of Contents) {
            const path = Key.slice(prefix.length);
            if (path !== '' && !path.endsWith('/') && !isHidden(path)) files.push({ path, bytes: Size, stamp: ETag });
          }
        }
      } catch (error) {
        throw refused(error, `${name} cannot be listed`);
      }
      return files.sort(byPath);
    },
    async size(path) {
      sizes ??= place.list().then((files) => new Map(files.map((file) => [file.path, file.bytes])));
      return (await sizes).get(path) ?? null;
    },
    async *lines(path) {
      yield* createInterface({ input: Readable.from(await place.read(path)), crlfDelay: Infinity });
    },
    async read(path, most) {
      const range = most === undefined ? {} : { Range: `bytes=0-${most - 1}` };
      try {
        const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: prefix + path, ...range }));
        return Buffer.from((await Body?.transformToByteArray()) ?? []);
      } catch (error) {
        throw refused(error, `${named(path)} cannot be read`);
      }
    },
    async write(path, body) {
      try {
        await client.send(new PutObjectCommand({ Bucket: bucket, Key: prefix + path, Body: body }));
      } catch (error) {
        throw refused(error, `${named(path)} cannot be written`);
      }
    },
  };
  return place;
}

/** A file of a place, as a person names it. */
export function nameOf({ name }: Place, path: string): string {
  return `${name.replace(/\/+$/, '')}/${path}`;
}

/** The same in every run for the same content and settings. */
export function fingerprint(...parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
}

async function readStart(file: string, most: number): Promise<Buffer> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(most), 0, most, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

function isHidden(path: string): boolean {
  return path.split('/').some((part) => part.startsWith('.') || part === '__MACOSX');
}

/** By code units, so that the order is the same everywhere. */
function byPath(a: PlaceFile, b: PlaceFile): number {
  return a.path < b.path ? -1 : 1;
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? (error as Error).message;
}

function refused(error: unknown, what: string): unknown {
  if (!(error instanceof S3ServiceException)) return error;
  return new DataFolderError(`${what}: ${error.name} (${error.message}).`, { cause: error });
}
