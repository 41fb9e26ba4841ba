// What a trainer is given, for tests: small settings, folders below one of their own, and a log that nobody reads.
import { join } from 'node:path';
import { trainingSettings, type TrainingSettings } from '../../src/training';
import { logSink } from '../../src/training/sink';
import type { TrainingContext } from '../../src/training/trainer';
import { SCENE_CLASSES } from './scene-tiles';

export function settings(given: Partial<Record<keyof TrainingSettings, unknown>> = {}): TrainingSettings {
  return trainingSettings.parse({
    modelSize: 'rehearsal',
    imageSize: 64,
    epochs: 3,
    batch: 8,
    acceptUltralyticsLicense: true,
    ...given,
  });
}

/** @param data folder with the channels `train` and `validation` */
export function trainingContext(data: string, given: Partial<TrainingContext> = {}): TrainingContext {
  const log = given.log ?? (() => undefined);
  return {
    settings: settings(),
    classes: SCENE_CLASSES,
    code: data,
    train: join(data, 'train'),
    validation: join(data, 'validation'),
    weights: join(data, 'weights'),
    output: join(data, 'output'),
    checkpoints: join(data, 'checkpoints'),
    python: process.execPath,
    log,
    metrics: logSink(log),
    signal: new AbortController().signal,
    ...given,
  };
}
