// Every form of expression, condition and policy that the builder has; test/witness/pipeline_forms.py says the same in Python.
import {
  anyOf,
  asText,
  callbackStep,
  compare,
  conditionStep,
  execution,
  failStep,
  join,
  jsonGet,
  lambdaStep,
  not,
  oneOf,
  parameter,
  pipeline,
  processingStep,
  trainingStep,
} from '../../src/pipeline/builder';

const ROLE = 'arn:aws:iam::123456789012:role/pipeline';
const IMAGE = '123456789012.dkr.ecr.eu-west-1.amazonaws.com/image:1';

export function forms() {
  const text = parameter('String', 'Text', { default: 'a', values: ['a', 'b'] });
  const whole = parameter('Integer', 'Whole', { default: 3 });
  const real = parameter('Float', 'Real', { default: 0.5 });
  const truth = parameter('Boolean', 'Truth', { default: false });
  const required = parameter('String', 'Required');

  const measure = processingStep({
    name: 'Measure',
    image: IMAGE,
    entrypoint: ['node', 'main.js'],
    arguments: ['--name', execution.pipelineName],
    inputs: {
      images: {
        uri: required.reference,
        path: '/opt/ml/processing/input/images',
        type: 'ManifestFile',
        distribution: 'ShardedByS3Key',
      },
    },
    outputs: {
      out: { uri: join('/', 's3://bucket', execution.id, 'out'), path: '/opt/ml/processing/output/out' },
    },
    propertyFiles: { Report: { output: 'out', path: 'report.json' } },
    instances: { type: 'ml.m5.xlarge', count: whole.reference, volumeGb: 30 },
    role: ROLE,
    environment: { MODE: text.reference },
    cache: { expireAfter: 'PT2H' },
    retry: [
      { faults: ['Step.SERVICE_FAULT'], interval: 5, backoff: 2.5, until: { attempts: 3 } },
      {
        faults: ['SageMaker.CAPACITY_ERROR', 'SageMaker.RESOURCE_LIMIT'],
        interval: 60,
        backoff: 1.5,
        until: { minutes: 120 },
      },
    ],
  });

  const train = trainingStep({
    name: 'Train',
    dependsOn: [measure],
    image: IMAGE,
    channels: { train: measure.output('out') },
    hyperparameters: {
      text: text.reference,
      whole: asText(whole.reference),
      real: asText(real.reference),
      truth: asText(truth.reference),
      fixed: '1',
    },
    outputUri: 's3://bucket/models',
    instances: { type: text.reference, count: 1, volumeGb: 30 },
    maxRunSeconds: 3600,
    role: ROLE,
    spot: { checkpoints: 's3://bucket/checkpoints', maxWaitSeconds: 7200 },
  });

  const notify = lambdaStep({
    name: 'Notify',
    dependsOn: [train],
    functionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:notify',
    arguments: { place: join('/', measure.output('out'), 'x'), whole: whole.reference, text: text.reference, fixed: 1 },
    outputs: { ok: 'Boolean', count: 'Integer', share: 'Float', note: 'String' },
  });
  const review = callbackStep({
    name: 'Review',
    queueUrl: 'https://sqs.eu-west-1.amazonaws.com/123456789012/review',
    arguments: { note: notify.output('note'), real: real.reference },
    outputs: { verdict: 'String' },
  });

  const report = measure.propertyFile('Report');
  const fork = conditionStep({
    name: 'Fork',
    dependsOn: [train],
    conditions: [
      compare(notify.output('ok'), 'equals', true),
      compare(review.output('verdict'), 'equals', 'go'),
      anyOf(compare(jsonGet(report, 'a.b'), 'atLeast', real.reference), compare(truth.reference, 'equals', true)),
      not(oneOf(jsonGet(report, "status[0]['k']"), ['bad', text.reference])),
      compare(whole.reference, 'lessThan', 8),
      compare(jsonGet(join('/', measure.output('out'), 'report.json'), 'x'), 'greaterThan', 0),
      compare(real.reference, 'atMost', 0.9),
    ],
    ifTrue: [],
    ifFalse: [
      failStep({ name: 'Stop', message: join(' ', 'a.b is', jsonGet(report, 'a.b'), 'below', real.reference) }),
    ],
  });

  return pipeline([text, whole, real, truth, required], [measure, train, notify, review, fork]);
}
