// The steps that have code of their own, each in a bundle.

export const BUNDLED_STEPS = ['split', 'preprocess', 'validate', 'train', 'evaluate'] as const;

export type BundledStep = (typeof BUNDLED_STEPS)[number];

/** Content hash of each step's bundle, in hexadecimal. */
export type BundleHashes = Readonly<Record<BundledStep, string>>;
