import { baseline } from './baseline';
import type { Trainer } from './trainer';
import { ultralytics } from './ultralytics';

export { type TrainedModel, type Trainer, type TrainingContext, type TrainingSettings } from './trainer';

/** Every trainer by the name that the `trainer` hyperparameter gives it. */
export const TRAINERS: Readonly<Record<Trainer['name'], Trainer>> = {
  baseline: baseline(),
  ultralytics: ultralytics(),
};
