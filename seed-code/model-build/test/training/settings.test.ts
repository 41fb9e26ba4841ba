import { parseConfig } from '../../src/config';
import { definition, type StepJson } from '../../src/pipeline';
import { fromHyperparameters, HYPERPARAMETERS, TRAINING_SETTINGS, trainingSettings } from '../../src/training';
import { toHyperparameters } from '../../src/training/settings';
import { CODE, CONFIG, ENVIRONMENT } from '../pipeline/example';

const LEAST = { modelSize: 's', imageSize: 640, epochs: 2, batch: 4, acceptUltralyticsLicense: true };

test('settings become text and again the same settings', () => {
  const settings = trainingSettings.parse({
    ...LEAST,
    optimiser: 'SGD',
    learningRate: 1e-7,
    fraction: 0.3,
    weights: 's3://bucket/a/begin.pt',
    freeze: 10,
    acceptUltralyticsLicense: false,
  });
  const hyperparameters = toHyperparameters(settings);
  expect(hyperparameters).toMatchObject({ 'learning-rate': '1e-7', 'accept-ultralytics-license': 'false' });
  expect(fromHyperparameters(hyperparameters)).toEqual(settings);
});

test('every setting has the name of a hyperparameter', () => {
  expect(Object.keys(HYPERPARAMETERS)).toHaveLength(Object.keys(TRAINING_SETTINGS).length);
  for (const name of Object.keys(HYPERPARAMETERS)) expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/);
});

test.each([
  [{ learningRate: 0.1 }, 'learningRate', /name the optimiser/],
  [{ optimiser: 'Adam' }, 'learningRate', /Adam needs one/],
  [{ freeze: 3 }, 'freeze', /name weights/],
  [{ fraction: 0 }, 'fraction', />0/],
  [{ weights: 'https://example.com/yolo11n.pt' }, 'weights', /s3:/],
  [{ modelSize: 'xl' }, 'modelSize', /"rehearsal"/],
])('%j is refused at its place', (change, place, sentence) => {
  const { error } = trainingSettings.safeParse({ ...LEAST, ...change });
  expect(error?.issues).toEqual([
    expect.objectContaining({ path: [place], message: expect.stringMatching(sentence) as string }),
  ]);
});

test('drone-mlops.json takes the same settings, and a change of a place counts instead of the file', () => {
  const text = JSON.stringify({
    ...CONFIG,
    training: { ...CONFIG.training, learningRate: '0.002', optimiser: 'AdamW' },
  });
  expect(parseConfig(text, 'file').training.learningRate).toBe(0.002);
  const changes = new Map([
    ['training.epochs', '7'],
    ['training.trainer', 'baseline'],
    ['tiling.size', '320'],
  ]);
  const changed = parseConfig(text, 'file', changes);
  expect(changed.training).toMatchObject({ epochs: 7, trainer: 'baseline', learningRate: 0.002 });
  expect(changed.tiling.size).toBe(320);
  expect(() => parseConfig(text, 'file', new Map([['training.epoch', '7']]))).toThrow(/epoch/);
});

test('a definition is refused while the licence is not accepted, before anything costs money', () => {
  const training = { ...CONFIG.training, acceptUltralyticsLicense: false };
  expect(() => definition({ ...CONFIG, training }, ENVIRONMENT, CODE)).toThrow(/AGPL-3\.0.*Enterprise.*baseline/s);
  const baseline = { ...training, trainer: 'baseline' as const };
  expect(() => definition({ ...CONFIG, training: baseline }, ENVIRONMENT, CODE)).not.toThrow();
});

test('weights arrive in a channel of their own, and random ones need none', () => {
  const channels = (weights: string): unknown[] => {
    const { Steps } = definition({ ...CONFIG, training: { ...CONFIG.training, weights } }, ENVIRONMENT, CODE);
    const train = Steps.find(({ Name }: StepJson) => Name === 'Train')?.Arguments as {
      InputDataConfig: { ChannelName: string; DataSource: { S3DataSource: { S3Uri: unknown } } }[];
    };
    return train.InputDataConfig.filter(({ ChannelName }) => ChannelName === 'weights').map(
      ({ DataSource }) => DataSource.S3DataSource.S3Uri,
    );
  };
  expect(channels('random')).toEqual([]);
  expect(channels('s3://bucket/begin.pt')).toEqual(['s3://bucket/begin.pt']);
});
