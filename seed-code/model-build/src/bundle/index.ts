export { buildBundles, BundleError, type Bundle } from './build';
export { BUNDLED_STEPS, type BundledStep, type BundleHashes } from './steps';
export { bundleUri, hashes, uploadBundles } from './upload';
