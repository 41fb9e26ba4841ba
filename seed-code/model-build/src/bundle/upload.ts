// Bundles in the project's bucket: `code/<step>/<hash>/`, written once and never again.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ObjectStore } from '../dataset';
import type { Bundle } from './build';
import { bundlePrefix, type BundleHashes } from './steps';

/** Written last, so that a bundle which has it is whole. */
const LAST = 'bundle.json';

export function hashes(bundles: readonly Bundle[]): BundleHashes {
  // `buildBundles` makes one of each.
  return Object.fromEntries(bundles.map(({ step, hash }) => [step, hash])) as BundleHashes;
}

/** Uploads the bundles that the bucket does not hold yet, and returns those. */
export async function uploadBundles(store: ObjectStore, bundles: readonly Bundle[]): Promise<Bundle[]> {
  const uploaded: Bundle[] = [];
  for (const bundle of bundles) {
    const prefix = bundlePrefix(bundle.step, bundle.hash);
    if (await store.exists(`${prefix}/${LAST}`)) continue;
    for (const file of [...bundle.files.filter((name) => name !== LAST), LAST]) {
      await store.create(`${prefix}/${file}`, await readFile(join(bundle.directory, file)));
    }
    uploaded.push(bundle);
  }
  return uploaded;
}
