import { baseline } from './baseline';
import type { Trainer } from './trainer';
import { ultralytics } from './ultralytics';

export { fanOut, logSink, METRIC_NAMES, metricDefinitions, type MetricSink, type MetricValues } from './sink';
export {
  checkHyperparameters,
  fromHyperparameters,
  HYPERPARAMETERS,
  MODEL_SIZES,
  settingName,
  toHyperparameters,
  TRAINING_SETTINGS,
  trainingSettings,
  type ModelSize,
  type TrainingSettings,
} from './settings';
export { type TrainedModel, type Trainer, type TrainingContext } from './trainer';

/** Every trainer by the name that the `trainer` hyperparameter gives it. */
export const TRAINERS: Readonly<Record<Trainer['name'], Trainer>> = {
  baseline: baseline(),
  ultralytics: ultralytics(),
};
