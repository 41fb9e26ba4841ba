// Bundles in S3: `code/<step>/<hash>/`, written once and never again.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { objectExists } from '../s3';
import type { Bundle } from './build';
import { bundlePrefix, type BundleHashes } from './steps';

/** Written last, so that a bundle which has it is whole. */
const LAST = 'bundle.json';

export function hashes(bundles: readonly Bundle[]): BundleHashes {
  // `buildBundles` makes one of each.
  return Object.fromEntries(bundles.map(({ step, hash }) => [step, hash])) as BundleHashes;
}

/** Uploads the bundles that the bucket does not hold yet, and returns those. */
export async function uploadBundles(s3: S3Client, bucket: string, bundles: readonly Bundle[]): Promise<Bundle[]> {
  const uploaded: Bundle[] = [];
  for (const bundle of bundles) {
    const base = bundlePrefix(bundle.step, bundle.hash);
    if (await objectExists(s3, bucket, `${base}/${LAST}`)) continue;
    for (const file of [...bundle.files.filter((name) => name !== LAST), LAST]) {
      const Body = await readFile(join(bundle.directory, file));
      await s3.send(new PutObjectCommand({ Bucket: bucket, Key: `${base}/${file}`, Body }));
    }
    uploaded.push(bundle);
  }
  return uploaded;
}
