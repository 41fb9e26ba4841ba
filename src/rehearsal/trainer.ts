// What a rehearsal trains with, where that is not left to the project.
import { run } from '../process';

/** A trainer cannot be used in this rehearsal; the message says what to do. */
export class TrainerError extends Error {
  override readonly name = 'TrainerError';
}

export type RehearsalTrainer =
  | { readonly name: 'baseline' }
  | {
      readonly name: 'ultralytics';
      /** Interpreter with PyTorch and the packages of `training/requirements.txt`. */
      readonly python: string;
      readonly licenseAccepted: boolean;
    };

/**
 * Real YOLO11 with settings that two processors carry in four minutes; definition and gate stay the project's own. In so short
 * a run many small steps teach more than few large ones, though an image takes a quarter longer in them.
 */
const ULTRALYTICS: Readonly<Record<string, string>> = {
  'training.trainer': 'ultralytics',
  'training.acceptUltralyticsLicense': 'true',
  'training.modelSize': 'rehearsal',
  'training.imageSize': '320',
  'tiling.size': '320',
  'training.epochs': '6',
  'training.batch': '4',
  'training.optimiser': 'AdamW',
  'training.learningRate': '0.007',
};

/** Places in drone-mlops.json, and what stands there during the rehearsal. */
export function settingsOf(trainer: RehearsalTrainer): Readonly<Record<string, string>> {
  return trainer.name === 'baseline' ? { 'training.trainer': 'baseline' } : ULTRALYTICS;
}

/** What the training image has, asked of an interpreter; nothing is imported, so it answers at once. */
const ASK = "import importlib.metadata as m; print(m.version('torch'), m.version('ultralytics'))";

/**
 * @param accepted whether the project has accepted the licence of Ultralytics
 * @throws TrainerError without that licence, or without Ultralytics
 */
export async function checkTrainer(trainer: RehearsalTrainer, accepted: boolean): Promise<void> {
  if (trainer.name === 'baseline') return;
  if (!accepted && !trainer.licenseAccepted) {
    throw new TrainerError(
      'YOLO11 by Ultralytics is licensed under AGPL-3.0 or an Ultralytics Enterprise licence: choose one and say so with --accept-ultralytics-license, or rehearse with the baseline trainer.',
    );
  }
  const asked = await run(trainer.python, ['-c', ASK]).catch(() => undefined);
  if (asked?.code === 0) return;
  throw new TrainerError(
    `${trainer.python} is no Python with PyTorch and the packages of model-build/training/requirements.txt: name one with --python or DRONE_MLOPS_PYTHON.`,
  );
}
