import { createHash } from 'node:crypto';
import type { Config } from '../../src/config';
import { definition, type Outcome } from '../../src/pipeline';
import { flatten, type StepJson } from '../../src/pipeline/builder';
import { CODE, CONFIG, ENVIRONMENT } from './example';

type Json = { readonly [key: string]: Json | undefined } & { readonly length?: number };

/** The step called `name`, as the service reads it. */
function step(name: string, config: Config = CONFIG, code = CODE): Json {
  const found = flatten(definition(config, ENVIRONMENT, code).Steps).find(({ Name }) => Name === name);
  // Tests look into it by keys; a wrong one yields undefined.
  return JSON.parse(JSON.stringify(found)) as Json;
}

test('the steps run in the order of the table in ARCHITECTURE.md', () => {
  const { Steps } = definition(CONFIG, ENVIRONMENT, CODE);

  expect(flatten(Steps).map(({ Name, Type }: StepJson) => `${Name} ${Type}`)).toEqual([
    'Split Processing',
    'Preprocess Processing',
    'Validate Processing',
    'Train Training',
    'Evaluate Processing',
    'Gate Condition',
    'Register RegisterModel',
    'Fail Fail',
  ]);
  expect(step('Train').DependsOn).toEqual(['Validate']);
});

test('the same input gives the same bytes', () => {
  const hash = () =>
    createHash('sha256')
      .update(JSON.stringify(definition(CONFIG, ENVIRONMENT, CODE)))
      .digest('hex');

  expect(hash()).toBe(hash());
});

test('images are sharded over the instances, the split with its labels goes to each', () => {
  const inputs = step('Preprocess').Arguments?.ProcessingInputs as unknown as { InputName: string; S3Input: object }[];

  expect(inputs.map(({ InputName, S3Input }) => ({ InputName, ...S3Input }))).toMatchObject([
    { InputName: 'code', S3Uri: `s3://drone-artifacts/code/preprocess/${CODE.preprocess}` },
    { InputName: 'split', S3DataType: 'S3Prefix', S3DataDistributionType: 'FullyReplicated' },
    {
      InputName: 'images',
      S3DataType: 'ManifestFile',
      S3DataDistributionType: 'ShardedByS3Key',
      S3Uri: {
        'Std:Join': {
          On: '/',
          Values: [{ Get: "Steps.Split.ProcessingOutputConfig.Outputs['split'].S3Output.S3Uri" }, 'training.manifest'],
        },
      },
    },
  ]);
});

test('images of the team’s own take the place of the platform’s, for steps and for what is registered', () => {
  const node = `123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/node@sha256:${'1'.repeat(64)}`;
  const images = (config: Config) =>
    Object.fromEntries(
      ['Split', 'Evaluate', 'Train', 'Register'].map((name) => {
        const text = JSON.stringify(step(name, config));
        return [name, [...new Set(text.match(/[\w.]+\.dkr\.ecr[^"\\]+/g))]];
      }),
    );
  const { nodeImage, trainingImage } = ENVIRONMENT;
  const own = images({ ...CONFIG, images: { node } });

  expect(images(CONFIG)).toMatchObject({ Split: [nodeImage], Evaluate: [nodeImage], Train: [trainingImage] });
  expect(own).toMatchObject({ Split: [node], Evaluate: [node], Train: [trainingImage] });
  expect(own.Register?.sort()).toEqual([node, trainingImage].sort());
});

test('every output and every checkpoint stands under the id of the execution', () => {
  const spot = { ...CONFIG, training: { ...CONFIG.training, spot: true } };
  const id = { Get: 'Execution.PipelineExecutionId' };

  expect(step('Evaluate').Arguments?.ProcessingOutputConfig?.Outputs).toMatchObject([
    {
      S3Output: {
        S3Uri: { 'Std:Join': { Values: ['s3://drone-artifacts', 'executions', id, 'evaluate', 'evaluation'] } },
      },
    },
    {
      S3Output: { S3Uri: { 'Std:Join': { Values: ['s3://drone-artifacts', 'executions', id, 'evaluate', 'model'] } } },
    },
  ]);
  expect(step('Train', spot).Arguments?.CheckpointConfig).toMatchObject({
    LocalPath: '/opt/ml/checkpoints',
    S3Uri: { 'Std:Join': { Values: ['s3://drone-artifacts', 'executions', id, 'train', 'checkpoints'] } },
  });
});

test('training is cached on demand, and never on spot capacity', () => {
  const spot = step('Train', { ...CONFIG, training: { ...CONFIG.training, spot: true } });

  expect(step('Train').CacheConfig).toEqual({ Enabled: true, ExpireAfter: 'P30D' });
  expect(spot.CacheConfig).toBeUndefined();
  expect(spot.Arguments).toMatchObject({ EnableManagedSpotTraining: true });
});

test('nothing in the cache key of an on-demand step changes from one execution to the next', () => {
  // Keys: SageMaker Developer Guide, "Caching pipeline steps".
  const processing = ['AppSpecification', 'Environment', 'ProcessingInputs'];
  const training = [
    'AlgorithmSpecification',
    'CheckpointConfig',
    'DebugHookConfig',
    'HyperParameters',
    'InputDataConfig',
  ];

  for (const name of ['Split', 'Preprocess', 'Validate', 'Train', 'Evaluate']) {
    const { Arguments = {} as Json } = step(name);
    const key = [...processing, ...training].map((field) => JSON.stringify(Arguments[field]));

    expect(key.join()).not.toMatch(/"Execution\.|Parameters\.Commit/);
  }
});

test('a change of evaluate leaves the cache key of train as it is', () => {
  const changed = { ...CODE, evaluate: 'f'.repeat(64) };

  expect(step('Train', CONFIG, changed)).toEqual(step('Train'));
  expect(step('Evaluate', CONFIG, changed)).not.toEqual(step('Evaluate'));
});

test('the gate asks for every metric, and its refusal names value and threshold', () => {
  const value = (metric: string) => ({
    'Std:JsonGet': { PropertyFile: { Get: 'Steps.Evaluate.PropertyFiles.Evaluation' }, Path: `sliced.${metric}` },
  });

  expect(step('Gate').Arguments?.Conditions).toEqual([
    { Type: 'GreaterThanOrEqualTo', LeftValue: value('coco.AP50'), RightValue: 0.5 },
    { Type: 'GreaterThanOrEqualTo', LeftValue: value('ultralytics.R'), RightValue: 0.4 },
  ]);
  expect(step('Fail').Arguments?.ErrorMessage).toEqual({
    'Std:Join': {
      On: '',
      Values: [
        'The quality gate is not passed: coco.AP50 is ',
        value('coco.AP50'),
        ' and must be at least 0.5',
        '; ultralytics.R is ',
        value('ultralytics.R'),
        ' and must be at least 0.4',
        '.',
      ],
    },
  });
});

test('a gate on the live model reads the comparison that evaluation makes with it, where one is live', () => {
  const config = { ...CONFIG, gate: { 'live.better': 1 } };
  const live = 's3://drone-artifacts/executions/abc/evaluate/model/model.tar.gz';
  const inputs = (outcome?: Outcome) => {
    const found = definition(config, ENVIRONMENT, CODE, outcome).Steps.find(
      ({ Name }: StepJson) => Name === 'Evaluate',
    );
    return (found?.Arguments as { ProcessingInputs: { InputName: string; S3Input: object }[] }).ProcessingInputs;
  };

  expect(step('Gate', config).Arguments?.Conditions).toMatchObject([
    { LeftValue: { 'Std:JsonGet': { Path: 'comparison.better' } }, RightValue: 1 },
  ]);
  expect(inputs({ register: true, live }).at(-1)).toMatchObject({
    InputName: 'live',
    S3Input: { S3Uri: live, LocalPath: '/opt/ml/processing/input/live' },
  });
  expect(inputs().map(({ InputName }) => InputName)).not.toContain('live');
});

test('80 classes with long names stay within what the API takes', () => {
  const classes = Array.from({ length: 80 }, (_, index) => `${'a long name of a class '.repeat(4)}${index}`);
  const text = step('Register', { ...CONFIG, classes }).Arguments?.ModelCard?.ModelCardContent;
  const pieces = (text?.['Std:Join']?.Values as unknown as unknown[]).map((value) =>
    typeof value === 'string' ? value : 'x',
  );
  const card = JSON.parse(pieces.join('')) as { intended_uses: { purpose_of_model: string } };

  expect(card.intended_uses.purpose_of_model).toHaveLength(2048);
});

test('a flight pattern that does not fit into an argument is refused', () => {
  const flight = { by: 'pattern', pattern: 'x'.repeat(256) } as const;

  expect(() => definition({ ...CONFIG, flight }, ENVIRONMENT, CODE)).toThrow(
    /Step Split: the argument "--flight-pattern=/,
  );
});

test('a step that the team has added gets what the one before it left, and is waited for', () => {
  const config: Config = { ...CONFIG, steps: [{ name: 'count-tiles', after: 'preprocess', kind: 'processing' }] };
  const code = { ...CODE, 'count-tiles': '6'.repeat(64) };

  const added = step('CountTiles', config, code);
  const inputs = added.Arguments?.ProcessingInputs as unknown as { InputName: string; S3Input: { S3Uri: unknown } }[];
  expect(inputs.map(({ InputName, S3Input }) => [InputName, S3Input.S3Uri])).toEqual([
    ['code', `s3://drone-artifacts/code/count-tiles/${'6'.repeat(64)}`],
    ['train', { Get: "Steps.Preprocess.ProcessingOutputConfig.Outputs['train'].S3Output.S3Uri" }],
    ['validation', { Get: "Steps.Preprocess.ProcessingOutputConfig.Outputs['validation'].S3Output.S3Uri" }],
  ]);
  expect(added.DependsOn).toEqual(['Preprocess']);
  expect(step('Validate', config, code).DependsOn).toEqual(['CountTiles']);
});

test('Lambda and callback steps are asked with places, and leave one for the step after them', () => {
  const config: Config = {
    ...CONFIG,
    steps: [
      { name: 'look-up', after: 'evaluate', kind: 'lambda' },
      { name: 'review', after: 'look-up', kind: 'callback' },
      { name: 'sum-up', after: 'review', kind: 'processing' },
    ],
  };
  const code = { ...CODE, 'look-up': '6'.repeat(64), 'sum-up': '7'.repeat(64) };

  const [lookUp, review, sumUp] = ['LookUp', 'Review', 'SumUp'].map((name) => step(name, config, code));

  expect(lookUp).toMatchObject({
    Type: 'Lambda',
    FunctionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:sagemaker-p-abc123-step-look-up-66666666',
    Arguments: { evaluation: { Get: "Steps.Evaluate.ProcessingOutputConfig.Outputs['evaluation'].S3Output.S3Uri" } },
    OutputParameters: [{ OutputName: 'output', OutputType: 'String' }],
  });
  expect(review).toMatchObject({
    Type: 'Callback',
    SqsQueueUrl: 'https://sqs.eu-west-1.amazonaws.com/123456789012/sagemaker-p-abc123-step-review',
    Arguments: { 'look-up': { Get: "Steps.LookUp.OutputParameters['output']" } },
    DependsOn: ['LookUp'],
  });
  expect(JSON.stringify(sumUp.Arguments)).toContain(`"S3Uri":{"Get":"Steps.Review.OutputParameters['output']"}`);
  expect(step('Gate', config, code).DependsOn).toEqual(['SumUp']);
});

describe('with a tracking server', () => {
  const tracked = { ...ENVIRONMENT, tracking: 'arn:aws:sagemaker:eu-west-1:123456789012:mlflow-app/app-ABC' };
  const jobs = definition(CONFIG, tracked, CODE)
    .Steps.filter(({ Type }) => Type === 'Processing' || Type === 'Training')
    .map(({ Arguments }) => JSON.parse(JSON.stringify(Arguments)) as Json);

  test('a job is told of its execution by its tags', () => {
    expect(jobs).toHaveLength(5);
    for (const { Tags } of jobs) {
      expect(Tags).toEqual(
        expect.arrayContaining([
          { Key: 'drone-mlops:tracking', Value: tracked.tracking },
          { Key: 'drone-mlops:execution', Value: { Get: 'Execution.PipelineExecutionArn' } },
          { Key: 'drone-mlops:commit', Value: { Get: 'Parameters.Commit' } },
        ]),
      );
    }
  });

  test('neither execution, commit nor server is in a cache key', () => {
    for (const { AppSpecification, AlgorithmSpecification, Environment, HyperParameters } of jobs) {
      const key = JSON.stringify({ AppSpecification, AlgorithmSpecification, Environment, HyperParameters });
      expect(key).not.toMatch(/Execution\.|Parameters\.Commit|mlflow-app/);
      expect(Environment).toEqual({ DRONE_MLOPS_TRACKING: 'job-tags' });
    }
  });

  test('what could not be sent has a place among the outputs', () => {
    const outputs = jobs.flatMap(({ ProcessingOutputConfig }) => {
      const { Outputs = [] } = (ProcessingOutputConfig ?? {}) as { Outputs?: { OutputName: string }[] };
      return Outputs.filter(({ OutputName }) => OutputName === 'tracking');
    });
    expect(outputs).toHaveLength(4);
  });
});
