// One publisher at a time: an object in the catalog's bucket that only one of several can make, and that a dead one lets go of.
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { z } from 'zod';
import type { Account } from './account';
import type { Aws } from './aws';

/** Somebody else is publishing; the message says who, and until when at most. */
export class LockError extends Error {
  override readonly name = 'LockError';
}

export const LOCK_KEY = 'publish/lock.json';
/** A publisher that was killed lets go after so long; one that lives says so three times in that time. */
const LEASE_MS = 120_000;
const RENEW_MS = LEASE_MS / 3;

const lockFile = z.object({
  id: z.string(),
  caller: z.string(),
  host: z.string(),
  pid: z.number(),
  since: z.string(),
  until: z.string(),
});
type Lock = z.infer<typeof lockFile>;

/**
 * Does work while holding the lock of a platform.
 * @throws LockError when another publisher holds it, who is still alive as far as can be told
 */
export async function locked<T>(
  aws: Pick<Aws, 's3'>,
  bucket: string,
  account: Account,
  work: () => Promise<T>,
): Promise<T> {
  const id = randomUUID();
  let etag = await take(aws, bucket, account, id);
  const renewal = setInterval(() => {
    const renewed = put(aws, bucket, lockOf(account, id), { IfMatch: etag }).then((next) => {
      etag = next;
    });
    renewed.catch(() => undefined); // the next renewal, or the lease, settles it
  }, RENEW_MS);
  renewal.unref();
  try {
    return await work();
  } finally {
    clearInterval(renewal);
    const present = await read(aws, bucket);
    if (present?.lock.id === id) await aws.s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: LOCK_KEY }));
  }
}

async function take(aws: Pick<Aws, 's3'>, bucket: string, account: Account, id: string): Promise<string> {
  const lock = lockOf(account, id);
  try {
    return await put(aws, bucket, lock, { IfNoneMatch: '*' });
  } catch (error) {
    if (!isTaken(error)) throw error;
  }
  const present = await read(aws, bucket);
  if (present === undefined) return take(aws, bucket, account, id); // let go in between
  if (isAlive(present.lock)) throw refusal(present.lock);
  try {
    return await put(aws, bucket, lock, { IfMatch: present.etag });
  } catch (error) {
    throw isTaken(error) ? refusal(present.lock) : error; // somebody else was faster
  }
}

function lockOf({ caller }: Account, id: string): Lock {
  const now = Date.now();
  const [since, until] = [now, now + LEASE_MS].map((time) => new Date(time).toISOString()) as [string, string];
  return { id, caller, host: hostname(), pid: process.pid, since, until };
}

/** Of a process on this machine it can be told at once; of others, by their lease. */
function isAlive({ host, pid, until }: Lock): boolean {
  if (Date.parse(until) < Date.now()) return false;
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'; // it lives, as somebody else's
  }
}

function refusal({ caller, host, pid, since, until }: Lock): LockError {
  return new LockError(
    `${caller} has been publishing since ${since}, from ${host} (process ${pid}): wait until that has ended, then run this again. If it was killed, it lets go at ${until}.`,
  );
}

/** 412, or 409 for two writes at the same moment. */
function isTaken(error: unknown): boolean {
  return error instanceof Error && /^(PreconditionFailed|ConditionalRequestConflict)$/.test(error.name);
}

async function put(
  { s3 }: Pick<Aws, 's3'>,
  bucket: string,
  lock: Lock,
  condition: { readonly IfNoneMatch: '*' } | { readonly IfMatch: string },
): Promise<string> {
  const { ETag = '' } = await s3.send(
    new PutObjectCommand({
      Bucket: bucket,
      Key: LOCK_KEY,
      Body: JSON.stringify(lock),
      ContentType: 'application/json',
      ...condition,
    }),
  );
  return ETag;
}

async function read(
  { s3 }: Pick<Aws, 's3'>,
  bucket: string,
): Promise<{ readonly lock: Lock; readonly etag: string } | undefined> {
  try {
    const { Body, ETag = '' } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: LOCK_KEY }));
    return { lock: lockFile.parse(JSON.parse((await Body?.transformToString()) ?? '')), etag: ETag };
  } catch (error) {
    if (error instanceof Error && error.name === 'NoSuchKey') return undefined;
    throw error;
  }
}
