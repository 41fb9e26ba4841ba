// Objects of the catalog's bucket: what ought to be there, what is, and the difference.
import { createHash } from 'node:crypto';
import {
  GetObjectTaggingCommand,
  HeadObjectCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  type Tag,
} from '@aws-sdk/client-s3';
import { VISIBILITY_TAG } from '../catalog';
import type { Aws } from './aws';

/** An object as it ought to be. */
export interface CatalogObject {
  readonly key: string;
  readonly body: Uint8Array | string;
  readonly contentType: string;
  /** Whether Studio lists it; left out for what Studio never asks for. */
  readonly visible?: boolean;
}

/** An object that is to be written, or tagged, with the reason. */
export interface ObjectChange {
  readonly object: CatalogObject;
  readonly upload: boolean;
  readonly tag: boolean;
}

/** Metadata that tells an object's content without fetching it. */
const HASH = 'sha256';

/** What has to change for the objects to be as they ought to; nothing when they are. */
export async function objectChanges(
  aws: Pick<Aws, 's3'>,
  bucket: string,
  objects: readonly CatalogObject[],
): Promise<ObjectChange[]> {
  const changes: ObjectChange[] = [];
  for (const object of objects) {
    const upload = (await presentHash(aws, bucket, object.key)) !== hashOf(object.body);
    const tag =
      object.visible !== undefined &&
      (upload ? object.visible : (await isVisible(aws, bucket, object.key)) !== object.visible);
    if (upload || tag) changes.push({ object, upload, tag });
  }
  return changes;
}

/** Writes what {@link objectChanges} found. */
export async function applyObjectChanges(
  { s3 }: Pick<Aws, 's3'>,
  bucket: string,
  changes: readonly ObjectChange[],
): Promise<void> {
  for (const { object, upload, tag } of changes) {
    const { key, body, contentType, visible } = object;
    if (upload) {
      await s3.send(
        new PutObjectCommand({
          Bucket: bucket,
          Key: key,
          Body: body,
          ContentType: contentType,
          Metadata: { [HASH]: hashOf(body) },
        }),
      );
    }
    if (tag) {
      const TagSet: Tag[] = visible === true ? [{ Key: VISIBILITY_TAG.key, Value: VISIBILITY_TAG.value }] : [];
      await s3.send(new PutObjectTaggingCommand({ Bucket: bucket, Key: key, Tagging: { TagSet } }));
    }
  }
}

/** Whether an object is there. */
export async function hasObject(aws: Pick<Aws, 's3'>, bucket: string, key: string): Promise<boolean> {
  return (await presentHash(aws, bucket, key)) !== undefined;
}

/** Undefined when there is no object; empty when somebody else made it. */
async function presentHash({ s3 }: Pick<Aws, 's3'>, Bucket: string, Key: string): Promise<string | undefined> {
  try {
    const { Metadata = {} } = await s3.send(new HeadObjectCommand({ Bucket, Key }));
    return Metadata[HASH] ?? '';
  } catch (error) {
    if (error instanceof Error && /^(NotFound|NoSuchKey|NoSuchBucket)$/.test(error.name)) return undefined;
    throw error;
  }
}

async function isVisible({ s3 }: Pick<Aws, 's3'>, Bucket: string, Key: string): Promise<boolean> {
  const { TagSet = [] } = await s3.send(new GetObjectTaggingCommand({ Bucket, Key }));
  return TagSet.some((tag) => tag.Key === VISIBILITY_TAG.key && tag.Value === VISIBILITY_TAG.value);
}

function hashOf(body: Uint8Array | string): string {
  return createHash('sha256').update(body).digest('hex');
}
