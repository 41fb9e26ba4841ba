// A bucket as data versions need it: objects that are written once, listed and read.
import {
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  S3ServiceException,
  type S3Client,
} from '@aws-sdk/client-s3';

export interface ObjectStore {
  exists(key: string): Promise<boolean>;
  /** Writes an object that must not be there yet; false when it is (somebody else's write won, or an earlier one did). */
  create(key: string, body: Buffer): Promise<boolean>;
  /** Writes an object, over what may be there. */
  replace(key: string, body: Buffer): Promise<void>;
  /** Null when there is no such object. */
  read(key: string): Promise<string | null>;
  /** Names of the folders directly below `prefix`, which ends in `/`. */
  folders(prefix: string): Promise<string[]>;
}

const NOT_FOUND = 404;
const PRECONDITION_FAILED = 412;

export function s3Store(client: S3Client, bucket: string): ObjectStore {
  return {
    async exists(key) {
      const head = client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
      return (await orOn(NOT_FOUND, head)) !== null;
    },
    async create(key, body) {
      const put = client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, IfNoneMatch: '*' }));
      return (await orOn(PRECONDITION_FAILED, put)) !== null;
    },
    async replace(key, body) {
      await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }));
    },
    async read(key) {
      const got = await orOn(NOT_FOUND, client.send(new GetObjectCommand({ Bucket: bucket, Key: key })));
      return (await got?.Body?.transformToString()) ?? null;
    },
    async folders(prefix) {
      const pages = paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: prefix, Delimiter: '/' });
      const names: string[] = [];
      for await (const { CommonPrefixes = [] } of pages) {
        for (const { Prefix = '' } of CommonPrefixes) names.push(Prefix.slice(prefix.length, -1));
      }
      return names;
    },
  };
}

async function orOn<T>(status: number, answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof S3ServiceException && error.$metadata.httpStatusCode === status) return null;
    throw error;
  }
}
