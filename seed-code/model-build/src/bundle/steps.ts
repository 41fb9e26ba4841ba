// The steps that have code of their own, each in a bundle: the pipeline's own, and those that the team has added.

export const BUNDLED_STEPS = ['split', 'preprocess', 'validate', 'train', 'evaluate'] as const;

export type BundledStep = (typeof BUNDLED_STEPS)[number];

/** Content hash of each step's bundle, in hexadecimal. */
export type BundleHashes = Readonly<Record<BundledStep, string> & Record<string, string>>;

/** Where a bundle stands in the project's bucket, without a slash at the end. */
export function bundlePrefix(step: string, hash: string): string {
  return `code/${step}/${hash}`;
}
