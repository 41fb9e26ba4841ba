export { buildBundles, BundleError, type Bundle } from './build';
export { BUNDLED_STEPS, type BundledStep, type BundleHashes } from './steps';
export { hashes, uploadBundles } from './upload';
