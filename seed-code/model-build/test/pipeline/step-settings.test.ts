// What the definition passes to the steps is what the steps take.
import type { Config } from '../../src/config';
import { definition, type StepJson } from '../../src/pipeline';
import { parseArguments } from '../../src/sagemaker';
import { evaluateSettings } from '../../src/steps/evaluate';
import { preprocessSettings } from '../../src/steps/preprocess';
import { splitSettings } from '../../src/steps/split';
import { hyperparameters } from '../../src/steps/train';
import { fromHyperparameters } from '../../src/training';
import { validateSettings } from '../../src/steps/validate';
import { CODE, CONFIG, ENVIRONMENT } from './example';

function argumentsOf(name: string, config: Config = CONFIG) {
  const step = definition(config, ENVIRONMENT, CODE).Steps.find(({ Name }: StepJson) => Name === name);
  // As `processingStep` and `trainingStep` make them.
  return step?.Arguments as {
    readonly AppSpecification: { readonly ContainerArguments: readonly string[] };
    readonly HyperParameters: Readonly<Record<string, unknown>>;
  };
}

const settingsOf = (name: string, config?: Config) => argumentsOf(name, config).AppSpecification.ContainerArguments;

test.each([
  [CONFIG.flight, { 'flight-by': 'pattern', 'flight-pattern': '^(?<flight>[^/]+)/' }],
  [{ by: 'folder' }, { 'flight-by': 'folder' }],
  [
    { by: 'time-gap', minutes: 7.5 },
    { 'flight-by': 'time-gap', 'flight-minutes': 7.5 },
  ],
] as const)('split: flights by %j', (flight, expected) => {
  expect(parseArguments(splitSettings, settingsOf('Split', { ...CONFIG, flight }))).toEqual({
    train: 0.7,
    validation: 0.15,
    test: 0.15,
    'time-blocks': false,
    objects: 's3://drone-artifacts/data/objects',
    ...expected,
  });
});

test('preprocess', () => {
  expect(parseArguments(preprocessSettings, settingsOf('Preprocess'))).toMatchObject({
    'tile-size': 640,
    overlap: 0.2,
  });
});

test('validate', () => {
  expect(parseArguments(validateSettings, settingsOf('Validate'))).toEqual({ 'max-dropped-share': 0.05 });
});

test('train', () => {
  const values = Object.entries(argumentsOf('Train').HyperParameters).map(([name, value]) => [
    name,
    // An expression becomes text when the execution runs.
    typeof value === 'string' ? value : '3',
  ]);

  const parsed = hyperparameters.parse(Object.fromEntries(values));
  expect(parsed).toMatchObject({ trainer: 'ultralytics', 'tile-size': 640, overlap: 0.2, 'data-version': '3' });
  const settings = fromHyperparameters(parsed);
  expect({ trainer: parsed.trainer, spot: false, ...settings }).toEqual({ ...CONFIG.training, epochs: 3, seed: 3 });
});

test('evaluate: one setting a metric of the gate, in the form that the definition compares with', () => {
  const config = { ...CONFIG, gate: { 'coco.AP50': 0.5, 'ultralytics.mAP50_95': 0.25 } };

  const { gate, ...rest } = parseArguments(evaluateSettings, settingsOf('Evaluate', config));

  expect(rest).toEqual({ 'tile-size': 640, overlap: 0.2, merge: 'nms' });
  expect(gate).toEqual([
    { metric: 'coco.AP50', threshold: 0.5 },
    { metric: 'ultralytics.mAP50_95', threshold: 0.25 },
  ]);
});
