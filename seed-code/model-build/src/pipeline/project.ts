// The project's pipeline: split → preprocess → validate → train → evaluate → gate → register | fail.
import { bundlePrefix, type BundleHashes } from '../bundle/steps';
import type { AddedStep, Config, FlightRule } from '../config';
import { toHyperparameters } from '../training/settings';
import { metricDefinitions } from '../training/sink';
import { LICENSE, licenseFault } from '../training/ultralytics/license';
import {
  asText,
  callbackStep,
  conditionStep,
  DefinitionError,
  execution,
  failStep,
  join,
  lambdaStep,
  parameter,
  pipeline,
  processingStep,
  registerModelStep,
  trainingStep,
  type Cache,
  type Definition,
  type JobFault,
  type Join,
  type ProcessingInput,
  type ProcessingOutput,
  type Retry,
  type Step,
  type StepFault,
} from './builder';
import { JOB_TAGS, TRACKING_ENVIRONMENT, TRACKING_OUTPUT } from '../tracking/job-tags';
import type { Environment } from './environment';
import { gateConditions, gateMessage, thresholds } from './gate';
import { modelCard } from './model-card';
import { functionArn, queueUrl } from './step-resources';
import { weave } from './weave';

/** Names of the steps that others ask about. */
export const STEP = {
  split: 'Split',
  preprocess: 'Preprocess',
  validate: 'Validate',
  train: 'Train',
  evaluate: 'Evaluate',
  gate: 'Gate',
  register: 'Register',
  fail: 'Fail',
} as const;

/** Parameters that each execution must be given. */
export const REQUIRED_PARAMETERS = { dataVersion: 'DataVersion', commit: 'Commit' } as const;

/** What the serving bundle takes and returns. */
const CONTENT_TYPES = [
  'image/jpeg',
  'image/png',
  'image/tiff',
  'image/webp',
  'application/json',
  'application/jsonlines',
];
const RESPONSE_TYPES = ['application/json', 'application/jsonlines'];

/** SPDX expressions of the licence that a trainer's weights come under. */
const LICENSES: Readonly<Record<Config['training']['trainer'], string>> = {
  baseline: 'Apache-2.0',
  ultralytics: LICENSE,
};

/** Boxes cut by a tile's edge keep their label where at least this share of them shows. */
export const VISIBLE_SHARE = 0.3;
/** How detections of overlapping tiles become one. */
const MERGE = 'nms';

/** Characters. Source: CreatePipeline, SageMaker API Reference. */
const LONGEST_PIPELINE_NAME = 256;

const DAY = 86_400;
/** Everything that a step reads is immutable and in its cache key, so an old result is as good as a new one. */
const CACHE: Cache = { expireAfter: 'P30D' };
const STEP_RETRY: Retry<StepFault> = {
  faults: ['Step.SERVICE_FAULT', 'Step.THROTTLING'],
  interval: 10,
  backoff: 2,
  until: { attempts: 5 },
};
const JOB_RETRY: Retry<JobFault> = {
  faults: ['SageMaker.JOB_INTERNAL_ERROR', 'SageMaker.CAPACITY_ERROR'],
  interval: 60,
  backoff: 1.5,
  until: { attempts: 5 },
};

/** Tags of everything that the project creates: the team's own, and those by which SageMaker knows the project. */
export function projectTags(config: Config, environment: Environment): Record<string, string> {
  return {
    ...config.tags,
    'sagemaker:project-name': environment.projectName,
    'sagemaker:project-id': environment.projectId,
  };
}

/** What a trained model meets. */
export interface Outcome {
  /** Whether what passes the gate is registered, to wait for a person's approval; an experiment's is not. */
  readonly register: boolean;
  /** `model.tar.gz` of the model that serves today, where the gate compares with it and there is one. */
  readonly live?: string | undefined;
}

/**
 * An experiment's own pipeline, beside the project's.
 * @throws DefinitionError for a name that a pipeline cannot bear
 */
export function experimentOf(environment: Environment, name: string): Environment {
  const pipelineName = `${environment.pipelineName}-${name}`;
  if (!/^[a-zA-Z0-9](-*[a-zA-Z0-9])*$/.test(name) || pipelineName.length > LONGEST_PIPELINE_NAME) {
    throw new DefinitionError(
      `An experiment cannot be called ${JSON.stringify(name)}: take letters, digits and inner hyphens, ${LONGEST_PIPELINE_NAME - environment.pipelineName.length - 1} at most.`,
    );
  }
  return { ...environment, pipelineName };
}

/**
 * The pipeline's definition; the same input gives the same bytes.
 * @param config the project's options
 * @param environment the account's names
 * @param code content hashes of the bundles, which stand at `s3://BUCKET/code/<step>/<hash>`
 * @param outcome what a trained model is compared with, and what becomes of one that passes the gate
 */
export function definition(
  config: Config,
  environment: Environment,
  code: BundleHashes,
  outcome: Outcome = { register: true },
): Definition {
  const { tiling, training, instances } = config;
  const fault = training.trainer === 'ultralytics' ? licenseFault(training.acceptUltralyticsLicense) : undefined;
  if (fault !== undefined) throw new DefinitionError(fault);
  const bucket = `s3://${environment.bucket}`;

  const dataVersion = parameter('String', REQUIRED_PARAMETERS.dataVersion);
  const commit = parameter('String', REQUIRED_PARAMETERS.commit);
  const epochs = parameter('Integer', 'Epochs', { default: training.epochs });
  const seed = parameter('Integer', 'Seed', { default: training.seed });
  const processingType = parameter('String', 'ProcessingInstanceType', { default: instances.processing.type });
  const processingCount = parameter('Integer', 'ProcessingInstanceCount', { default: instances.processing.count });
  const trainingType = parameter('String', 'TrainingInstanceType', { default: instances.training.type });
  const volumeGb = parameter('Integer', 'VolumeSizeInGB', { default: 100 });

  const dataUri = join('/', bucket, 'data', 'versions', dataVersion.reference);
  // A job is told of its execution by its tags alone: they are in no cache key, so a new execution reuses what is unchanged.
  // Images of the team's own come before those that the platform built.
  const images = { node: environment.nodeImage, training: environment.trainingImage, ...config.images };
  const tracking = environment.tracking !== undefined;
  const tags = {
    ...projectTags(config, environment),
    ...(environment.tracking !== undefined && {
      [JOB_TAGS.tracking]: environment.tracking,
      [JOB_TAGS.execution]: execution.arn,
      [JOB_TAGS.commit]: commit.reference,
      [JOB_TAGS.data]: dataUri,
    }),
  };
  const codeUri = (step: string) => `${bucket}/${bundlePrefix(step, code[step] ?? '')}`;
  // Outputs stand under the execution's id, so nothing that an execution wrote is ever written again.
  const outputUri = (step: string, ...names: string[]): Join =>
    join('/', bucket, 'executions', execution.id, step, ...names);
  /** Outputs by name, with a place for what a tracking server could not be told. */
  const outputs = <Name extends string>(step: string, ...names: Name[]) => {
    const all = [...names, ...(tracking ? [TRACKING_OUTPUT] : [])];
    const entries = all.map((name) => [
      name,
      { uri: outputUri(step, name), path: `/opt/ml/processing/output/${name}` },
    ]);
    return Object.fromEntries(entries) as Record<Name, ProcessingOutput>; // and one more, that no step refers to
  };
  const input = (name: string, uri: ProcessingInput['uri'], rest: Partial<ProcessingInput> = {}) => ({
    [name]: { uri, path: `/opt/ml/processing/input/${name}`, ...rest },
  });
  const processing = (step: string, count: number | typeof processingCount.reference = 1) => ({
    name: stepName(step),
    image: images.node,
    entrypoint: ['node', `/opt/ml/processing/input/code/${step}.js`],
    instances: { type: processingType.reference, count, volumeGb: volumeGb.reference },
    role: environment.roleArn,
    ...(tracking && { environment: TRACKING_ENVIRONMENT }),
    tags,
    cache: CACHE,
    retry: [STEP_RETRY, JOB_RETRY],
  });

  const split = processingStep({
    ...processing('split'),
    inputs: { ...input('code', codeUri('split')), ...input('data', dataUri) },
    arguments: settings({
      train: config.split.train,
      validation: config.split.validation,
      test: config.split.test,
      ...flightSettings(config.flight),
      'time-blocks': config.split.timeBlocks,
      objects: `${bucket}/data/objects`,
    }),
    outputs: outputs('split', 'split'),
  });

  const preprocess = processingStep({
    ...processing('preprocess', processingCount.reference),
    inputs: {
      ...input('code', codeUri('preprocess')),
      // Every instance gets the whole split, labels included, and its share of the images.
      ...input('split', split.output('split')),
      ...input('images', join('/', split.output('split'), 'training.manifest'), {
        type: 'ManifestFile',
        distribution: 'ShardedByS3Key',
      }),
    },
    arguments: settings({ 'tile-size': tiling.size, overlap: tiling.overlap, 'visible-share': VISIBLE_SHARE }),
    outputs: outputs('preprocess', 'train', 'validation', 'report'),
  });

  const validate = processingStep({
    ...processing('validate'),
    inputs: {
      ...input('code', codeUri('validate')),
      ...input('split', split.output('split')),
      ...input('train', preprocess.output('train')),
      ...input('validation', preprocess.output('validation')),
      ...input('report', preprocess.output('report')),
    },
    arguments: settings({ 'max-dropped-share': config.validation.maxDroppedShare }),
    outputs: outputs('validate', 'validation-report'),
  });

  const train = trainingStep({
    name: STEP.train,
    dependsOn: [validate],
    image: images.training,
    channels: {
      code: codeUri('train'),
      train: preprocess.output('train'),
      validation: preprocess.output('validation'),
      ...(training.weights !== 'random' && { weights: training.weights }),
    },
    hyperparameters: {
      trainer: training.trainer,
      ...toHyperparameters(training),
      epochs: asText(epochs.reference),
      seed: asText(seed.reference),
      'tile-size': String(tiling.size),
      overlap: String(tiling.overlap),
      'data-version': dataVersion.reference,
    },
    metrics: metricDefinitions(),
    outputUri: outputUri('train'),
    instances: { type: trainingType.reference, count: 1, volumeGb: volumeGb.reference },
    role: environment.roleArn,
    maxRunSeconds: DAY,
    ...(tracking && { environment: TRACKING_ENVIRONMENT }),
    tags,
    retry: [STEP_RETRY, JOB_RETRY],
    // Checkpoints stand under the execution's id: its own retries resume, no other run does. That id is in the cache key,
    // so spot training could never hit the cache.
    ...(training.spot
      ? { spot: { checkpoints: outputUri('train', 'checkpoints'), maxWaitSeconds: 2 * DAY } }
      : { cache: CACHE }),
  });

  const evaluate = processingStep({
    ...processing('evaluate'),
    inputs: {
      ...input('code', codeUri('evaluate')),
      ...input('model', train.modelArtifacts),
      ...input('split', split.output('split')),
      ...input('images', join('/', split.output('split'), 'heldout.manifest'), { type: 'ManifestFile' }),
      ...(outcome.live !== undefined && input('live', outcome.live)),
    },
    arguments: [
      ...thresholds(config.gate).map(([metric, least]) => `--gate=${metric}=${least}`),
      ...settings({ 'tile-size': tiling.size, overlap: tiling.overlap, merge: MERGE }),
    ],
    outputs: outputs('evaluate', 'evaluation', 'model'),
    propertyFiles: { Evaluation: { output: 'evaluation', path: 'evaluation.json' } },
  });
  const evaluation = evaluate.propertyFile('Evaluation');
  const evaluationUri = join('/', evaluate.output('evaluation'), 'evaluation.json');
  const modelUri = join('/', evaluate.output('model'), 'model.tar.gz');
  const license = LICENSES[training.trainer];

  const register = registerModelStep({
    name: STEP.register,
    group: environment.modelPackageGroup,
    description: `Object detector of ${environment.projectName}, trained by ${training.trainer}.`,
    approval: 'PendingManualApproval',
    modelUri,
    image: images.node,
    contentTypes: CONTENT_TYPES,
    responseTypes: RESPONSE_TYPES,
    realtimeInstances: [instances.inference.type],
    transformInstances: [instances.inference.type],
    qualityUri: evaluationUri,
    metadata: {
      commit: commit.reference,
      generatedBy: execution.arn,
      projectId: environment.projectId,
    },
    properties: {
      dataVersion: dataVersion.reference,
      license,
      trainer: training.trainer,
      split: split.output('split'),
      ...Object.fromEntries(Object.entries(code).map(([step, hash]) => [`code.${step}`, hash])),
    },
    card: modelCard({
      config,
      trainingImage: images.training,
      license,
      modelUri,
      dataUri,
      commit: commit.reference,
      trainingJobArn: train.jobArn,
      evaluationJobArn: evaluate.jobArn,
      evaluationUri,
    }),
    retry: [STEP_RETRY],
  });

  const gate = conditionStep({
    name: STEP.gate,
    conditions: gateConditions(config.gate, evaluation),
    ifTrue: outcome.register ? [register] : [],
    ifFalse: [failStep({ name: STEP.fail, message: gateMessage(config.gate, evaluation) })],
  });

  const leaves = new Map<string, Results>([
    ['split', { split: split.output('split') }],
    ['preprocess', { train: preprocess.output('train'), validation: preprocess.output('validation') }],
    ['validate', { 'validation-report': validate.output('validation-report') }],
    ['train', { model: train.modelArtifacts }],
    ['evaluate', { evaluation: evaluate.output('evaluation'), model: evaluate.output('model') }],
  ]);
  const added = config.steps.map((addition) => {
    const { name, after } = addition;
    const { step, result } = addedStep(addition, leaves.get(after) ?? {});
    leaves.set(name, { [name]: result });
    return { after: stepName(after), step };
  });

  return pipeline(
    [dataVersion, commit, epochs, seed, processingType, processingCount, trainingType, volumeGb],
    weave([split, preprocess, validate, train, evaluate, gate], added),
  );

  /** A step that the team has added, and where its result is. */
  function addedStep({ name, kind }: AddedStep, given: Results): { step: Step; result: ProcessingInput['uri'] } {
    if (kind === 'processing') {
      const step = processingStep({
        ...processing(name),
        inputs: {
          ...input('code', codeUri(name)),
          ...Object.fromEntries(Object.entries(given).flatMap(([result, uri]) => Object.entries(input(result, uri)))),
        },
        outputs: outputs(name, name),
      });
      return { step, result: step.output(name) };
    }
    const asked = {
      name: stepName(name),
      arguments: { ...given, output: outputUri(name) },
      outputs: { output: 'String' },
    } as const;
    const step =
      kind === 'lambda'
        ? lambdaStep({ ...asked, functionArn: functionArn(environment, name, code[name] ?? '') })
        : callbackStep({ ...asked, queueUrl: queueUrl(environment, name) });
    return { step, result: step.output('output') };
  }
}

/** What a step leaves for the next: URIs by name. */
type Results = Readonly<Record<string, ProcessingInput['uri']>>;

/** Names of the added steps that have bundles; a callback's worker runs from its sources. */
export function addedBundles({ steps }: Config): string[] {
  return steps.filter(({ kind }) => kind !== 'callback').map(({ name }) => name);
}

/** `count-vehicles` → `CountVehicles`, as steps are called in the pipeline. */
function stepName(step: string): string {
  return step
    .split('-')
    .map((word) => `${word[0]?.toUpperCase() ?? ''}${word.slice(1)}`)
    .join('');
}

function settings(values: Readonly<Record<string, string | number | boolean>>): string[] {
  return Object.entries(values).map(([name, value]) => `--${name}=${value}`);
}

function flightSettings(rule: FlightRule): Record<string, string | number> {
  switch (rule.by) {
    case 'pattern':
      return { 'flight-by': rule.by, 'flight-pattern': rule.pattern };
    case 'time-gap':
      return { 'flight-by': rule.by, 'flight-minutes': rule.minutes };
    case 'folder':
      return { 'flight-by': rule.by };
  }
}
