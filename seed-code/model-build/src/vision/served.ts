// How a model looks at frames where it is served, by what stands beside it.
import type { Sidecar } from '../model';
import type { DetectOptions } from './detector';
import { DEFAULT_MERGE } from './merge';

/** What Ultralytics predicts with, and SAHI slices by, for a model without an operating point. */
const DEFAULT_OPERATING_POINT = { confidence: 0.25, iou: 0.7, merge: DEFAULT_MERGE.method, wholeFrame: true };

type ServedOptions = Required<Pick<DetectOptions, 'confidence' | 'iou' | 'tiling' | 'merge' | 'wholeFrame'>>;

/** In the tiles that the model was made for, at its operating point. */
export function servedOptions({ tiling, operatingPoint }: Sidecar): ServedOptions {
  const { merge, confidence, iou, wholeFrame } = operatingPoint ?? DEFAULT_OPERATING_POINT;
  return { confidence, iou, tiling, merge: { ...DEFAULT_MERGE, method: merge }, wholeFrame };
}
