// All buckets of the region, and the view of them that jobs have.
import { createReadStream, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { ObjectStore } from '../../jobs';
import { Bucket } from './bucket';

/** An S3 URI whose object or bucket is not there, or that is no S3 URI. */
export class ObjectNotFoundError extends Error {
  override readonly name = 'ObjectNotFoundError';
}

/** Objects in one page of a listing that nobody sees. */
const PAGE = 1000;

const S3_URI = /^s3:\/\/([^/]+)\/?(.*)$/su;

export class Storage implements ObjectStore {
  /** ARNs of the keys that buckets say they are encrypted with, by bucket; nothing is. */
  readonly encryptionKeys = new Map<string, string>();
  private readonly buckets = new Map<string, Bucket>();

  constructor(private readonly folder: string) {
    mkdirSync(folder, { recursive: true });
    for (const name of readdirSync(folder)) this.buckets.set(name, new Bucket(join(folder, name)));
  }

  bucket(name: string): Bucket | undefined {
    return this.buckets.get(name);
  }

  /** Makes a bucket; false when there is one of this name. */
  createBucket(name: string): boolean {
    if (this.buckets.has(name)) return false;
    this.buckets.set(name, new Bucket(join(this.folder, name)));
    return true;
  }

  /** Deletes a bucket with all that it holds. */
  deleteBucket(name: string): void {
    this.buckets.get(name)?.close();
    this.buckets.delete(name);
    this.encryptionKeys.delete(name);
    rmSync(join(this.folder, name), { recursive: true, force: true });
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- the interface is for stores that wait
  async *list(prefix: string) {
    const { bucket, name, key } = this.resolve(prefix);
    let after: string | undefined;
    do {
      const page = bucket.list(key, { after, limit: PAGE });
      for (const object of page.objects) yield { uri: `s3://${name}/${object.key}`, size: object.size };
      after = page.last;
    } while (after !== undefined);
  }

  async download(uri: string, file: string): Promise<void> {
    const { bucket, key } = this.resolve(uri);
    if (!(await bucket.copyTo(key, file))) throw new ObjectNotFoundError(`There is no object at ${uri}.`);
  }

  async upload(file: string, uri: string): Promise<void> {
    const { bucket, key } = this.resolve(uri);
    await bucket.put(key, createReadStream(file), { metadata: {} });
  }

  delete(uri: string): Promise<void> {
    const { bucket, key } = this.resolve(uri);
    bucket.delete(key);
    return Promise.resolve();
  }

  has(uri: string): boolean {
    const [, name = '', key = ''] = S3_URI.exec(uri) ?? [];
    return this.buckets.get(name)?.get(key) !== undefined;
  }

  /** The object at `uri` as text. */
  async readText(uri: string): Promise<string> {
    const { bucket, key } = this.resolve(uri);
    const object = bucket.get(key);
    if (object === undefined) throw new ObjectNotFoundError(`There is no object at ${uri}.`);
    return text(bucket.read(object));
  }

  close(): void {
    for (const bucket of this.buckets.values()) bucket.close();
  }

  private resolve(uri: string): { bucket: Bucket; name: string; key: string } {
    const match = S3_URI.exec(uri);
    const [, name = '', key = ''] = match ?? [];
    const bucket = this.buckets.get(name);
    if (match === null) throw new ObjectNotFoundError(`${uri} is not an S3 URI (s3://bucket/key).`);
    if (bucket === undefined) throw new ObjectNotFoundError(`There is no bucket ${name} (in ${uri}).`);
    return { bucket, name, key };
  }
}
