// Bundles in S3: `code/<step>/<hash>/`, written once and never again.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HeadObjectCommand, NotFound, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { Bundle } from './build';
import type { BundleHashes } from './steps';

/** Written last, so that a bundle which has it is whole. */
const LAST = 'bundle.json';

/** Where a bundle stands in the bucket, without a slash at the end. */
export function bundleUri(bucket: string, step: string, hash: string): string {
  return `s3://${bucket}/${prefix(step, hash)}`;
}

function prefix(step: string, hash: string): string {
  return `code/${step}/${hash}`;
}

export function hashes(bundles: readonly Bundle[]): BundleHashes {
  // `buildBundles` makes one of each.
  return Object.fromEntries(bundles.map(({ step, hash }) => [step, hash])) as BundleHashes;
}

/** Uploads the bundles that the bucket does not hold yet, and returns those. */
export async function uploadBundles(s3: S3Client, bucket: string, bundles: readonly Bundle[]): Promise<Bundle[]> {
  const uploaded: Bundle[] = [];
  for (const bundle of bundles) {
    const base = prefix(bundle.step, bundle.hash);
    if (await exists(s3, bucket, `${base}/${LAST}`)) continue;
    for (const file of [...bundle.files.filter((name) => name !== LAST), LAST]) {
      const Body = await readFile(join(bundle.directory, file));
      await s3.send(new PutObjectCommand({ Bucket: bucket, Key: `${base}/${file}`, Body }));
    }
    uploaded.push(bundle);
  }
  return uploaded;
}

async function exists(s3: S3Client, bucket: string, key: string): Promise<boolean> {
  try {
    await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
    return true;
  } catch (error) {
    if (error instanceof NotFound) return false;
    throw error;
  }
}
