import {
  compare,
  conditionStep,
  DefinitionError,
  failStep,
  jsonGet,
  lambdaStep,
  parameter,
  pipeline,
  processingStep,
  trainingStep,
  type Step,
} from '../../../src/pipeline/builder';
import { reference } from '../../../src/pipeline/builder/expression';

/** A processing step with one output `out`. */
function step(
  name: string,
  uri: Parameters<typeof processingStep>[0]['image'] = 's3://bucket/in',
  dependsOn: Step[] = [],
) {
  return processingStep({
    name,
    dependsOn,
    image: 'image',
    entrypoint: ['node'],
    inputs: { in: { uri, path: '/opt/ml/processing/input/in' } },
    outputs: { out: { uri: 's3://bucket/out', path: '/opt/ml/processing/output/out' } },
    propertyFiles: { Report: { output: 'out', path: 'report.json' } },
    instances: { type: 'ml.m5.large', count: 1, volumeGb: 30 },
    role: 'role',
  });
}

describe('a definition is refused when', () => {
  test('an output parameter is referred to that a step does not declare', () => {
    const ask = lambdaStep({ name: 'Ask', functionArn: 'arn', arguments: {}, outputs: { word: 'String' } });
    const say = (path: string) =>
      failStep({ name: 'Say', message: reference<string>(`Steps.Ask.OutputParameters['${path}']`) });
    expect(() => pipeline([], [ask, say('word')])).not.toThrow();
    expect(() => pipeline([], [ask, say('other')])).toThrow(
      new DefinitionError(
        "Step Say refers to Steps.Ask.OutputParameters['other'], which is not an output of that step.",
      ),
    );
    const outputs = Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`o${n}`, 'String' as const]));
    expect(() => lambdaStep({ name: 'Ask', functionArn: 'arn', arguments: {}, outputs })).toThrow(
      /51 output parameters/,
    );
  });

  test('a name is not one that SageMaker takes', () => {
    expect(() => pipeline([], [step('a b')])).toThrow(
      new DefinitionError('The step name "a b" is not 1 to 64 letters, digits, "-" or "_".'),
    );
    expect(() => pipeline([], [step('s'.repeat(65))])).toThrow(/is not 1 to 64/);
    expect(() => pipeline([], [step('s'.repeat(64))])).not.toThrow();
    expect(() => pipeline([parameter('String', 'ü')], [])).toThrow(/The parameter name "ü"/);
  });

  test('a step inside a branch has the name of another', () => {
    const gate = conditionStep({
      name: 'Gate',
      conditions: [compare(1, 'equals', 1)],
      ifTrue: [step('One')],
      ifFalse: [],
    });

    expect(() => pipeline([], [step('One'), gate])).toThrow('Two steps have the name One.');
  });

  test('a parameter, a step, an output or a variable that is referred to does not exist', () => {
    const refer = (path: string) => () => pipeline([], [step('One'), step('Two', reference<string>(path))]);

    expect(refer('Parameters.Epochs')).toThrow('Step Two refers to Parameters.Epochs, which is not a parameter.');
    expect(refer('Steps.Three.ProcessingJobArn')).toThrow('which is not a step.');
    expect(refer("Steps.One.ProcessingOutputConfig.Outputs['aus'].S3Output.S3Uri")).toThrow(
      'which is not an output of that step.',
    );
    expect(refer('Steps.One.ModelArtifacts.S3ModelArtifacts')).toThrow('which a Processing step does not have.');
    expect(refer('Execution.Id')).toThrow('Step Two refers to Execution.Id, which is not known.');
    expect(refer('Steps.One.ProcessingJobArn')).not.toThrow();
  });

  test('a property file is not declared, or is read by anything but JsonGet', () => {
    const gate = (file: string) =>
      conditionStep({
        name: 'Gate',
        conditions: [compare(jsonGet({ reference: reference(`Steps.One.PropertyFiles.${file}`) }, 'a'), 'atLeast', 1)],
        ifTrue: [],
        ifFalse: [],
      });

    expect(() => pipeline([], [step('One'), gate('Report')])).not.toThrow();
    expect(() => pipeline([], [step('One'), gate('Other')])).toThrow('which is not a property file of that step.');
    expect(() => pipeline([], [step('One'), step('Two', reference<string>('Steps.One.PropertyFiles.Report'))])).toThrow(
      'a property file can only be read by JsonGet.',
    );
  });

  test('a step depends on a fail step, or on one that is not in the pipeline', () => {
    const fail = failStep({ name: 'Fail', message: 'no' });

    expect(() => pipeline([], [fail, step('One', undefined, [fail])])).toThrow(
      'Step One depends on Fail, a fail step.',
    );
    expect(() => pipeline([], [step('One', undefined, [step('Two')])])).toThrow('depends on Two, which is not a step.');
  });

  test('steps wait for each other', () => {
    const one = step('One', reference<string>('Steps.Two.ProcessingJobArn'));

    expect(() => pipeline([], [one, step('Two', undefined, [one])])).toThrow(
      'Steps wait for each other: One → Two → One.',
    );
  });

  test('an argument is longer than the API takes', () => {
    const long = (length: number) => () =>
      processingStep({ ...LONG, arguments: [`--a=${'x'.repeat(length - '--a='.length)}`] });

    expect(long(256)).not.toThrow();
    expect(long(257)).toThrow(/has 257 characters; SageMaker takes 256/);
  });

  test('a step has more inputs, or hyperparameters, than the API takes', () => {
    const many = <T>(length: number, value: T) =>
      Object.fromEntries(Array.from({ length }, (_, i) => [`n${i}`, value]));
    const input = { uri: 's3://bucket/in', path: '/opt/ml/processing/input/in' };
    const train = { ...LONG, outputUri: 's3://b/o', channels: {}, maxRunSeconds: 60 };

    expect(() => processingStep({ ...LONG, inputs: many(11, input) })).toThrow(
      'Step Long has 11 inputs; SageMaker takes 10.',
    );
    expect(() => trainingStep({ ...train, hyperparameters: many(101, '1') })).toThrow(
      /101 hyperparameters; SageMaker takes 100/,
    );
    expect(() => trainingStep({ ...train, hyperparameters: { classes: 'x'.repeat(2501) } })).toThrow(
      'Step Long: hyperparameter classes has 2501 characters; SageMaker takes 2500.',
    );
    expect(() => trainingStep({ ...train, hyperparameters: many(100, 'x'.repeat(2500)) })).not.toThrow();
  });
});

const LONG = {
  name: 'Long',
  image: 'image',
  entrypoint: ['node'],
  inputs: {},
  outputs: {},
  instances: { type: 'ml.m5.large', count: 1, volumeGb: 30 },
  role: 'role',
};
