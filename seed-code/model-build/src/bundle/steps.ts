// The steps that have code of their own, each in a bundle.

export const BUNDLED_STEPS = ['split', 'preprocess', 'validate', 'train', 'evaluate'] as const;

export type BundledStep = (typeof BUNDLED_STEPS)[number];

/** Content hash of each step's bundle, in hexadecimal. */
export type BundleHashes = Readonly<Record<BundledStep, string>>;

/** Where a bundle stands in the project's bucket, without a slash at the end. */
export function bundlePrefix(step: BundledStep, hash: string): string {
  return `code/${step}/${hash}`;
}
