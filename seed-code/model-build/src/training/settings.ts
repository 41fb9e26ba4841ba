// What can be set about training: the one schema behind drone-mlops.json, hyperparameters and flags, which all give text or JSON.
import { z } from 'zod';

const whole = z.coerce.number().int();
const flag = z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')]);

/** YOLO11's sizes, and `rehearsal`: a quarter of n’s width, an eighth of its parameters, for proofs on a processor. */
export const MODEL_SIZES = ['rehearsal', 'n', 's', 'm', 'l', 'x'] as const;
export type ModelSize = (typeof MODEL_SIZES)[number];

/**
 * Settings by name. Trainers pass over those that mean nothing to them; the baseline knows `imageSize`, `epochs`, `batch` and
 * `seed`. Names and meanings follow Ultralytics where it has them.
 */
export const TRAINING_SETTINGS = {
  /** YOLO11's size. */
  modelSize: z.enum(MODEL_SIZES),
  /** Side of the model's square input, in pixels. */
  imageSize: whole.min(32).max(4096).multipleOf(32),
  /** Passes over the training tiles. */
  epochs: whole.min(1),
  /** Images, or crops of images, that one optimiser step sees; over all GPUs together. */
  batch: whole.min(1),
  seed: whole.min(0).default(0),
  /** `auto` lets Ultralytics choose optimiser and learning rate by the length of the run. */
  optimiser: z.enum(['auto', 'SGD', 'Adam', 'AdamW', 'NAdam', 'RAdam']).default('auto'),
  /** Highest learning rate; goes with a named optimiser. */
  learningRate: z.coerce.number().gt(0).max(1).optional(),
  /**
   * `nadir`: seen from above, an object may point anywhere, so frames are flipped both ways. `oblique`: up is up, as
   * Ultralytics has it by default. `none`: tiles as they are.
   */
  augmentation: z.enum(['nadir', 'oblique', 'none']).default('nadir'),
  /** Epochs without a better model after which training ends. */
  patience: whole.min(1).default(100),
  /** Layers from the input on that keep the weights they begin with. */
  freeze: whole.min(0).max(22).default(0),
  /** Share of the training tiles that is used. */
  fraction: z.coerce.number().gt(0).max(1).default(1),
  /** Names of the classes to learn, separated by commas; labels of others are left out. `all` for every class. */
  classes: z.string().min(1).default('all'),
  /** Where the weights begin: `random`, or a `.pt` file in the project's account. */
  weights: z
    .string()
    .regex(/^(random|s3:\/\/[^/]+\/.+\.pt)$/, '`random` or the URI of a file such as s3://bucket/weights.pt')
    .default('random'),
  /** Batch axis of the exported ONNX: one image at a time, or any number. */
  onnxBatch: z.enum(['fixed', 'free']).default('fixed'),
  /** Training is stopped when after `floorEpochs` epochs the best mAP50 on validation is below it; 0 never stops. */
  mapFloor: z.coerce.number().min(0).lt(1).default(0.001),
  floorEpochs: whole.min(1).default(20),
  acceptUltralyticsLicense: flag,
} as const;

const object = z.strictObject(TRAINING_SETTINGS);

/** Settings of a training job, checked. */
export type TrainingSettings = z.infer<typeof object>;

/** Rules that two settings make together; for `superRefine`. */
export function checkTogether(
  { optimiser, learningRate, freeze, weights }: TrainingSettings,
  context: z.core.$RefinementCtx,
): void {
  const fault = (name: keyof TrainingSettings, message: string): void => {
    context.addIssue({ code: 'custom', path: [name], message });
  };
  if (optimiser === 'auto' && learningRate !== undefined) fault('learningRate', 'name the optimiser that it is for');
  if (optimiser !== 'auto' && learningRate === undefined) fault('learningRate', `the optimiser ${optimiser} needs one`);
  if (freeze > 0 && weights === 'random')
    fault('freeze', 'layers with random weights are not worth keeping: name weights');
}

export const trainingSettings = object.superRefine(checkTogether);

/** `imageSize` → `image-size`: the form in which hyperparameters and flags have a setting's name. */
export function settingName(key: string): string {
  return key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

type Kebab<S extends string> = S extends `${infer First}${infer Rest}`
  ? `${First extends Lowercase<First> ? First : `-${Lowercase<First>}`}${Kebab<Rest>}`
  : '';
type Shape = typeof TRAINING_SETTINGS;

/** The schema under the names of hyperparameters. */
export const HYPERPARAMETERS = Object.fromEntries(
  Object.entries(TRAINING_SETTINGS).map(([key, schema]) => [settingName(key), schema]),
) as unknown as { readonly [Key in keyof Shape as Kebab<Key>]: Shape[Key] }; // as `settingName` names them

/** Settings as hyperparameters, which are text; what stands beside them is left out. */
export function toHyperparameters(settings: TrainingSettings): Record<string, string> {
  const given = Object.entries(settings).filter(
    ([key, value]) => Object.hasOwn(TRAINING_SETTINGS, key) && value !== undefined,
  );
  return Object.fromEntries(given.map(([key, value]) => [settingName(key), String(value)]));
}

/**
 * Settings out of hyperparameters or flags, among which there may be others.
 * @throws ZodError whose path is the setting's own name
 */
export function fromHyperparameters(values: Readonly<Record<string, unknown>>): TrainingSettings {
  return trainingSettings.parse(pick(values));
}

/** Rules that two hyperparameters make together; for `superRefine`. */
export function checkHyperparameters(values: Readonly<Record<string, unknown>>, context: z.core.$RefinementCtx): void {
  for (const { path, message } of trainingSettings.safeParse(pick(values)).error?.issues ?? []) {
    context.addIssue({ code: 'custom', path: path.map((key) => settingName(String(key))), message });
  }
}

function pick(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.keys(TRAINING_SETTINGS).map((key) => [key, values[settingName(key)]]));
}
