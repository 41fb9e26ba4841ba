export { CalibrationTally, type Calibration, type CalibrationBin } from './calibration';
export { evaluateCocoFiles } from './coco-files';
export { compareModels, LEAST_FLIGHTS, type Comparison, type ComparisonOptions } from './comparison';
export { ConfusionMatrix, type ImageCounts } from './confusion';
export {
  DetectionEvaluation,
  EvaluationError,
  type EvaluatedImage,
  type EvaluatedTruth,
  type EvaluationOptions,
} from './evaluation';
export { JsonError } from './json-cursor';
export type { ImageId } from './matched-detections';
export { chooseOperatingPoint, type OperatingPointMetrics } from './operating-point';
export {
  SIZES,
  type ClassMetrics,
  type CocoMetrics,
  type EvaluationResult,
  type GroupMetrics,
  type PartMetrics,
  type Size,
  type UltralyticsMetrics,
} from './report';
export { IOU_THRESHOLDS, RECALL_LEVELS } from './thresholds';
export {
  CONFIDENCES,
  PINNED_RULES,
  PINNED_ULTRALYTICS,
  type UltralyticsCurve,
  type UltralyticsRules,
} from './ultralytics';
