// The Python SDK builds the same pipelines from its own script: equal but for the differences that are listed.
// Runs where DRONE_MLOPS_SAGEMAKER_PYTHON names a Python with the packages of test/witness/requirements.txt.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../../src/config';
import { metricDefinitions } from '../../src/training/sink';
import { definition } from '../../src/pipeline';
import { differences, KNOWN_DIFFERENCES } from '../witness/differences';
import { CODE, CONFIG, ENVIRONMENT } from './example';
import { forms } from './forms';

const python = process.env.DRONE_MLOPS_SAGEMAKER_PYTHON;
const withSdk = python === undefined ? describe.skip : describe;
/** Starting Python and importing the SDK takes seconds. */
const TIMEOUT = 120_000;

const VARIANTS: Readonly<Record<string, Config>> = {
  'the example': CONFIG,
  'spot training': { ...CONFIG, training: { ...CONFIG.training, spot: true } },
  'the baseline trainer, folders as flights, one metric in the gate': {
    ...CONFIG,
    training: { ...CONFIG.training, trainer: 'baseline', acceptUltralyticsLicense: false },
    flight: { by: 'folder' },
    gate: { 'coco.AP': 1 },
  },
  '80 classes, one of them in quotes, time gaps as flights, no tags': {
    ...CONFIG,
    classes: ['a "b"', ...Array.from({ length: 79 }, (_, index) => `class ${index}`)],
    flight: { by: 'time-gap', minutes: 7.5 },
    split: { ...CONFIG.split, timeBlocks: true },
    tags: {},
  },
};

withSdk('the Python SDK', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'witness-'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  function sdk(script: string, ...args: string[]): unknown {
    const output = join(folder, 'sdk.json');
    execFileSync(python ?? '', [join(__dirname, '..', 'witness', script), ...args, output], { stdio: 'ignore' });
    return JSON.parse(readFileSync(output, 'utf8'));
  }

  test.each(Object.entries(VARIANTS))(
    'builds the same definition of %s',
    (_, config) => {
      const input = join(folder, 'input.json');
      writeFileSync(
        input,
        JSON.stringify({ config, environment: ENVIRONMENT, code: CODE, metrics: metricDefinitions() }),
      );

      const found = differences(asJson(definition(config, ENVIRONMENT, CODE)), sdk('pipeline_definition.py', input));

      expect(found).toEqual(KNOWN_DIFFERENCES.map(({ path, ours, sdk: theirs }) => ({ path, ours, sdk: theirs })));
    },
    TIMEOUT,
  );

  test(
    'writes every form of expression, condition and policy as the builder does',
    () => {
      expect(differences(asJson(forms()), sdk('pipeline_forms.py'))).toEqual([]);
    },
    TIMEOUT,
  );
});

test('a difference that is not listed is found', () => {
  expect(differences({ a: [1, { b: 2 }], c: null }, { c: null, a: [1, { b: '2' }, 3] })).toEqual([
    { path: 'a[1].b', ours: 2, sdk: '2' },
    { path: 'a[2]', ours: undefined, sdk: 3 },
  ]);
});

/** As it arrives at the service. */
function asJson(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
