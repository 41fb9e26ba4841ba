export { heightAboveGround } from './altitude';
export type { Box, Detection, Frame, Truth } from './detection';
export { decodeImage, ImageError } from './image';
export {
  letterbox,
  letterboxedFrame,
  letterboxGeometry,
  unletterbox,
  type Letterboxed,
  type LetterboxGeometry,
  type LetterboxVariant,
} from './letterbox';
export { framePosition, type Position } from './position';
export { cropFrame, tileGrid, type Tile } from './tiles';
export { nonMaximumSuppression, type Candidates, type NmsOptions } from './nms';
export { DEFAULT_MERGE, mergeDetections, type MergeOptions } from './merge';
export { openDetector, type DetectOptions, type Detector, type DetectorOptions, type EachWay } from './detector';
export { servedOptions } from './served';
export { DetectorError } from './inference-pool';
