export { convert, FORMATS, type ConvertOptions, type ConvertSummary, type FormatName } from './convert';
export { datasetYaml } from './yolo';
export { FormatError } from './errors';
export type {
  LabelFormat,
  LabelledImage,
  LabelledObject,
  LabelledSet,
  ReadOptions,
  WriteOptions,
} from './labelled-image';
export { LOSSES, Losses, lossSentence, type Loss, type LossKind } from './losses';
