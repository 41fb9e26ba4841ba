// drone-mlops.json: how the options reach the seed code. Its schema is the seed's src/config.
import type { ResolvedOptions } from '../options';

/** The content of `drone-mlops.json`. */
export function modelBuildConfig(options: ResolvedOptions): object {
  return {
    projectName: options.projectName,
    region: options.region,
    classes: options.classes,
    flight: flightRule(options),
    split: {
      // Six decimals: shares are typed by people, and 1 - 0.1 - 0.2 is not 0.7 in binary.
      train: Number((1 - options.validationShare - options.testShare).toFixed(6)),
      validation: options.validationShare,
      test: options.testShare,
      timeBlocks: options.timeBlocks,
    },
    tiling: { size: options.tileSize, overlap: options.tileOverlap },
    validation: { maxDroppedShare: options.maxDroppedShare },
    training: {
      ...options.hyperparameters,
      trainer: options.trainer,
      modelSize: options.modelSize,
      imageSize: options.imageSize,
      epochs: options.epochs,
      batch: options.batch,
      acceptUltralyticsLicense: options.acceptUltralyticsLicense,
      spot: options.spot,
    },
    gate: options.gate,
    instances: {
      processing: { type: options.processingInstanceType, count: options.processingInstanceCount },
      training: { type: options.trainingInstanceType },
      inference: { type: options.inferenceInstanceType },
    },
    images: options.images,
    steps: options.steps,
    endpoint: options.endpoint,
    waitForTraining: options.waitForTraining,
    tags: options.tags,
  };
}

function flightRule({ flight, flightPattern, flightGapMinutes }: ResolvedOptions): object {
  if (flight === 'pattern') return { by: flight, pattern: flightPattern };
  return flight === 'time-gap' ? { by: flight, minutes: flightGapMinutes } : { by: flight };
}
