// One bucket on disk: a file a body, and a journal that says which body belongs to which key.
//
// The journal's line is what makes a write count, so an object is there whole or not at all, whenever the process is killed.
// A key may hold anything and be longer than a file name, so bodies have names of their own.
import { randomUUID, createHash } from 'node:crypto';
import {
  closeSync,
  constants,
  createReadStream,
  createWriteStream,
  existsSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { copyFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32 } from 'node:zlib';
import type { Tag } from '../cloudformation/resource';
import { compareUtf8, firstAtLeast } from './order';

/** What is stored beside an object's bytes. */
export interface Attributes {
  readonly contentType?: string;
  readonly contentEncoding?: string;
  /** User metadata, names in small letters. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly tags?: readonly Tag[];
}

export interface StoredObject extends Attributes {
  readonly key: string;
  /** Name of the file that holds the bytes. */
  readonly file: string;
  readonly size: number;
  /** MD5 in hexadecimal. */
  readonly md5: string;
  /** Base64 of the four bytes, as S3's headers write it. */
  readonly crc32: string;
  /** Milliseconds since 1970. */
  readonly modified: number;
}

export interface PutConditions {
  /** Called with the key's object, or undefined, before anything is written and again just before the write counts; may throw. */
  readonly admit?: (present: StoredObject | undefined) => void;
  /** Called when all bytes are there; may throw. */
  readonly accept?: (written: { readonly size: number; readonly crc32: string }) => void;
}

export interface Page {
  readonly objects: readonly StoredObject[];
  readonly commonPrefixes: readonly string[];
  /** The last key that this page covers, when there are more. */
  readonly last?: string;
}

/** Some lines of the journal may be dead before it is written anew. */
const DEAD_LINES = 1000;

export class Bucket {
  private readonly objects = new Map<string, StoredObject>();
  /** In the order of the keys' UTF-8 bytes, which is S3's. */
  private readonly keys: string[];
  private readonly journal: number;
  private journalLength: number;

  /** Opens the bucket in `folder`, or makes it. */
  constructor(private readonly folder: string) {
    mkdirSync(this.path(), { recursive: true });
    const file = join(folder, 'journal.jsonl');
    const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : []; // a torn last line never counted
    for (const line of lines) {
      const entry = JSON.parse(line) as StoredObject | { key: string; deleted: true }; // written by `append` alone
      if ('deleted' in entry) this.objects.delete(entry.key);
      else this.objects.set(entry.key, entry);
    }
    this.keys = [...this.objects.keys()].sort(compareUtf8);
    const text =
      lines.length > this.objects.size + DEAD_LINES
        ? [...this.objects.values()].map((object) => `${JSON.stringify(object)}\n`).join('')
        : lines.map((line) => `${line}\n`).join('');
    writeFileSync(`${file}.new`, text);
    renameSync(`${file}.new`, file);
    this.journalLength = Buffer.byteLength(text);
    this.journal = openSync(file, 'a');
    this.removeOrphans();
  }

  get(key: string): StoredObject | undefined {
    return this.objects.get(key);
  }

  /**
   * Stores the bytes of `body` under `key`, in place of what was there.
   * @throws what `body` or a condition throws, or the file system's error; the key then holds what it held before
   */
  async put(
    key: string,
    body: AsyncIterable<Buffer>,
    attributes: Attributes,
    conditions: PutConditions = {},
  ): Promise<StoredObject> {
    conditions.admit?.(this.get(key));
    const file = randomUUID();
    try {
      const written = await writeBody(body, this.path(file));
      conditions.accept?.(written);
      conditions.admit?.(this.get(key));
      const object = { key, file, ...written, modified: Date.now(), ...attributes };
      this.append(object);
      const before = this.objects.get(key);
      this.objects.set(key, object);
      if (before === undefined) this.keys.splice(firstAtLeast(this.keys, key), 0, key);
      else rmSync(this.path(before.file), { force: true });
      return object;
    } catch (error) {
      await rm(this.path(file), { force: true });
      throw error;
    }
  }

  /** The bytes of an object that {@link get} has just returned, both ends included; stays whole when the key is overwritten. */
  read(object: StoredObject, range?: { readonly first: number; readonly last: number }): Readable {
    const fd = openSync(this.path(object.file), 'r');
    return createReadStream('', { fd, start: range?.first, end: range?.last });
  }

  /** Copies the object's bytes to a path; false when there is no such key. */
  async copyTo(key: string, path: string): Promise<boolean> {
    for (;;) {
      const object = this.get(key);
      if (object === undefined) return false;
      try {
        await copyFile(this.path(object.file), path, constants.COPYFILE_FICLONE);
        return true;
      } catch (error) {
        if (this.get(key) === object) throw error; // else it was overwritten meanwhile: copy what is there now
      }
    }
  }

  /** Gives the object other tags; false when there is no such key. */
  retag(key: string, tags: readonly Tag[]): boolean {
    const object = this.objects.get(key);
    if (object === undefined) return false;
    const retagged = { ...object, tags };
    this.append(retagged);
    this.objects.set(key, retagged);
    return true;
  }

  delete(key: string): void {
    const object = this.objects.get(key);
    if (object === undefined) return;
    this.append({ key, deleted: true });
    this.objects.delete(key);
    this.keys.splice(firstAtLeast(this.keys, key), 1);
    rmSync(this.path(object.file), { force: true });
  }

  /**
   * Keys that begin with `prefix`, after the key `after`, in order.
   * @param limit of objects and common prefixes together
   */
  list(prefix: string, { after, delimiter, limit }: { after?: string; delimiter?: string; limit: number }): Page {
    const objects: StoredObject[] = [];
    const commonPrefixes: string[] = [];
    let index = firstAtLeast(this.keys, after !== undefined && compareUtf8(after, prefix) > 0 ? after : prefix);
    let last: string | undefined;
    for (; index < this.keys.length; index += 1) {
      const key = this.keys[index];
      if (key === undefined || !key.startsWith(prefix)) break;
      if (key === after) continue;
      const common = commonPrefix(key, prefix, delimiter);
      if (common === undefined || common !== commonPrefixes.at(-1)) {
        if (objects.length + commonPrefixes.length >= limit) return { objects, commonPrefixes, last };
        const object = this.objects.get(key);
        if (common !== undefined) commonPrefixes.push(common);
        else if (object !== undefined) objects.push(object);
      }
      last = key;
    }
    return { objects, commonPrefixes };
  }

  close(): void {
    closeSync(this.journal);
  }

  private path(file = ''): string {
    return join(this.folder, 'bodies', file);
  }

  private append(entry: StoredObject | { key: string; deleted: true }): void {
    const line = Buffer.from(`${JSON.stringify(entry)}\n`);
    try {
      if (writeSync(this.journal, line) !== line.length) throw new Error('The journal could not be written whole.');
      this.journalLength += line.length;
    } catch (error) {
      ftruncateSync(this.journal, this.journalLength); // a torn line would spoil the next one
      throw error;
    }
  }

  /** Bodies that were being written, or whose removal was due, when the process was killed. */
  private removeOrphans(): void {
    const known = new Set([...this.objects.values()].map(({ file }) => file));
    for (const file of readdirSync(this.path())) if (!known.has(file)) rmSync(this.path(file));
  }
}

async function writeBody(
  body: AsyncIterable<Buffer>,
  path: string,
): Promise<Pick<StoredObject, 'size' | 'md5' | 'crc32'>> {
  const hash = createHash('md5');
  let size = 0;
  let sum = 0;
  await pipeline(
    body,
    async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        hash.update(chunk);
        sum = crc32(chunk, sum);
        size += chunk.length;
        yield chunk;
      }
    },
    createWriteStream(path, { flags: 'wx' }),
  );
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(sum);
  return { size, md5: hash.digest('hex'), crc32: bytes.toString('base64') };
}

function commonPrefix(key: string, prefix: string, delimiter: string | undefined): string | undefined {
  if (delimiter === undefined || delimiter === '') return undefined;
  const end = key.indexOf(delimiter, prefix.length);
  return end === -1 ? undefined : key.slice(0, end + delimiter.length);
}
