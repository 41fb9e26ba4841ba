export { DataFolderError, someOf, SplitError } from './errors';
export { inParallel } from './in-parallel';
export { checkClassNames, textOf } from './class-names';
export { labelStems, labelText, scanFolder, type DataFolder, type FolderImage } from './folder';
export { captureTime } from './image-facts';
export { recordOf } from './image-record';
export { imageRows, spread, type Rows, type RowsOptions, type Shard } from './image-rows';
export { fingerprint, localPlace, nameOf, openPlace, type Place } from './place';
export { tellFlights } from './flights';
export { manifestFile } from './manifest-file';
export { s3Store, type ObjectStore } from './object-store';
export { nearDuplicates, perceptualHash } from './perceptual-hash';
export { pushVersion, type PushOptions, type PushProgress, type PushSummary } from './push';
export {
  imageRecord,
  ManifestError,
  openManifest,
  PARTS,
  splitRecord,
  versionHeader,
  type ImageRecord,
  type Manifest,
  type Part,
  type SplitRecord,
  type VersionHeader,
} from './records';
export { planSplit, type Shares, type SplitImage, type SplitPlan } from './split';
export { boxesByClass, splitSummary, type SummarisedImage } from './split-summary';
export { dropOf, labelsOf, type Drop, type DropReason } from './label-check';
export { preprocessReport, type PreprocessedImage, type PreprocessReport } from './preprocess-report';
export { cutTiles, type CutTiles, type TileSettings, type WriteTile } from './tile-images';
export { tileLabels } from './tile-labels';
export { DATA_KEYS, dataVersion, latestVersion, sha256, type DataVersion } from './version';
export {
  formatYoloLabels,
  parseYoloLabels,
  toTruths,
  type LabelFault,
  type LabelFaultKind,
  type LabelRow,
  type ParsedLabels,
} from './yolo-labels';
export { classColours, tilePicture } from './tile-picture';
export {
  percent,
  refusalOf,
  Validation,
  warningsOf,
  type DroppedImage,
  type Findings,
  type Remark,
} from './validation';
export { validationPage, type TilePicture, type ValidationPage } from './validation-page';
