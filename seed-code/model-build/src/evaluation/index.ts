export { CANDIDATES, MAX_DETECTIONS } from './candidates';
export { evaluateFolder, type FolderEvaluation, type FolderEvaluationOptions } from './evaluate-folder';
export { histogramChart, type HistogramChart } from './chart';
export {
  evaluateModel,
  type ModelEvaluation,
  type LiveModel,
  type ModelEvaluationInputs,
  type OperatingPoint,
} from './evaluate-model';
export { judge, parseThreshold, type GateThreshold, type GateVerdict } from './gate';
export { countHeldOut, HeldOutError } from './held-out';
export { pack, unpack } from './model-archive';
export { writeEvaluation } from './write-evaluation';
