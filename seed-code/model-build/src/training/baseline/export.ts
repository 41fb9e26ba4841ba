// The trained baseline as the file that the rest of the pipeline knows: YOLO11's contract, and words that say what it is.
import { STRIDE } from './architecture';
import { inferenceModel } from './network';

/** Where the baseline shows, this is said. */
export const NOTICE = 'Baseline detector of drone-mlops for smoke runs and rehearsals, not for production';
/** The trained weights are ours: no code or weights of others went into them. */
export const LICENSE = 'Apache-2.0';
/** Raised when a change makes the same settings train other weights. */
export const VERSION = '1';

/**
 * @param parameters trained, as `initialParameters` lays them out
 * @param imageSize side of the square input in pixels, a multiple of 32
 */
export function exportModel(parameters: Float32Array, classes: readonly string[], imageSize: number): Uint8Array {
  return inferenceModel(parameters, classes, imageSize, {
    description: NOTICE,
    author: 'drone-mlops',
    version: VERSION,
    license: LICENSE,
    task: 'detect',
    stride: String(STRIDE),
    imgsz: `[${imageSize}, ${imageSize}]`,
    batch: '1',
    names: pythonDict(classes),
  });
}

/** Class names as Ultralytics writes them: Python's `repr` of a dict from index to name. */
function pythonDict(names: readonly string[]): string {
  // A JSON string is a Python string literal too, surrogate pairs aside, which stay as they are here.
  return `{${names.map((name, index) => `${index}: ${JSON.stringify(name)}`).join(', ')}}`;
}
