// The one table of options. Its interface, the flags, the prompts, the documentation and projen's manifest come from it.
import { addedSteps, list, mapOf, number, oneOf, text, whole, yesOrNo } from './kind';
import { type Rule, defaulted, optional, required } from './option';

/** The metrics that a gate can name. */
export const GATE_METRICS = [
  'coco.AP',
  'coco.AP50',
  'coco.AP75',
  'coco.AR100',
  'ultralytics.P',
  'ultralytics.R',
  'ultralytics.mAP50',
  'ultralytics.mAP50_95',
  'live.better',
  'live.notWorse',
] as const;

/** Steps of the pipeline that another step can come after, in their order. */
export const PIPELINE_STEPS = ['split', 'preprocess', 'validate', 'train', 'evaluate'] as const;

/** Names that a step cannot have: those of the pipeline's own, of what else is bundled, and of what every step has. */
const TAKEN_STEPS: readonly string[] = [...PIPELINE_STEPS, 'gate', 'register', 'fail', 'serve', 'code', 'output'];

/**
 * Characters of a Lambda step's name, so that sagemaker-ID-step-NAME-HASH, with a project id of 14 and a hash of 8, is a
 * function's name of 64. Source: https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
 */
const LONGEST_LAMBDA_STEP = 25;

const between = (low: number, high: number): Rule<number> => ({
  holds: (value) => value >= low && value <= high,
  message: `is from ${low} to ${high}`,
});

const atLeast = (low: number): Rule<number> => ({ holds: (value) => value >= low, message: `is ${low} or more` });

const share: Rule<number> = { holds: (value) => value > 0 && value < 1, message: 'is more than 0 and less than 1' };

const instanceType: Rule<string> = {
  holds: (value) => /^ml\.[a-z0-9-]+\.[a-z0-9]+$/.test(value),
  message: 'is a SageMaker instance type such as ml.m5.xlarge',
};

/** With its digest: what a run ran on is then said for good. */
const OWN_IMAGE = /^\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(\.cn)?\/[a-z0-9][a-z0-9._/-]*@sha256:[0-9a-f]{64}$/;

const API = 'https://docs.aws.amazon.com/sagemaker/latest/APIReference';

const CODEBUILD = 'https://docs.aws.amazon.com/codebuild/latest/APIReference';

/** Days that CloudWatch Logs can keep logs for. */
const RETENTIONS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/** Every option of a project, in the order in which a person meets them. */
export const OPTIONS = {
  projectName: required(text, {
    doc: 'Name of the SageMaker project; the names of everything on AWS begin with it.',
    prompt: 'What is the project called?',
    asked: 'first',
    rules: [
      {
        holds: (value) => value.length <= 32 && /^[a-zA-Z](-*[a-zA-Z0-9])*$/.test(value),
        message: 'is 1 to 32 letters, digits and inner hyphens, and begins with a letter',
      },
    ],
    aws: {
      limit: '32 characters, so that sagemaker-NAME-ID-model, with a project id of 14, is a resource name of 63',
      source: `${API}/API_CreateModel.html`,
    },
  }),
  region: defaulted(text, 'us-east-1', {
    doc: 'AWS region that the project lives in.',
    prompt: 'Which AWS region?',
    asked: 'first',
    rules: [
      {
        holds: (value) => /^[a-z]{2}(-[a-z]+)+-\d$/.test(value),
        message: 'is the code of a region such as eu-central-1',
      },
    ],
  }),
  classes: defaulted(list, ['vehicle', 'person'], {
    doc: 'Classes of objects to detect, in the order of their numbers in the labels.',
    prompt: 'Which classes of objects? (separated by commas)',
    asked: 'first',
    rules: [
      { holds: (value) => value.length > 0, message: 'names at least one class' },
      { holds: (value) => value.every((name) => name.trim() !== ''), message: 'gives every class a name' },
      { holds: (value) => new Set(value).size === value.length, message: 'names every class once' },
    ],
  }),
  trainer: defaulted(oneOf('baseline', 'ultralytics'), 'baseline', {
    doc: 'What trains the model: `baseline` is a small detector for smoke runs, on a CPU; `ultralytics` is YOLO11.',
    prompt: 'Which trainer? (baseline: a small detector for smoke runs; ultralytics: YOLO11)',
    asked: 'first',
  }),
  acceptUltralyticsLicense: defaulted(yesOrNo, false, {
    doc: 'Whether you accept the licence of Ultralytics YOLO11 (AGPL-3.0, or an enterprise licence that you have).',
    prompt:
      'Do you accept its licence (AGPL-3.0, or an enterprise licence that you have)? Without it, the trainer is baseline.',
    asked: 'first',
  }),
  modelSize: defaulted(oneOf('n', 's', 'm', 'l', 'x'), 'n', {
    doc: 'Size of the YOLO11 model, from nano to extra large.',
    prompt: 'Which size of YOLO11?',
  }),
  imageSize: defaulted(whole, 640, {
    doc: 'Side of the square image that the model sees, in pixels.',
    prompt: 'Image size of the model, in pixels?',
    rules: [
      between(32, 4096),
      { holds: (value) => value % 32 === 0, message: 'is a multiple of 32, the model’s stride' },
    ],
  }),
  epochs: defaulted(whole, 50, {
    doc: 'Passes over the training tiles.',
    prompt: 'How many epochs?',
    rules: [atLeast(1)],
  }),
  batch: defaulted(whole, 4, {
    doc: 'Images in one training step.',
    prompt: 'How many images in a batch?',
    rules: [atLeast(1)],
  }),
  hyperparameters: defaulted(
    mapOf(text),
    {},
    {
      doc: 'More settings of YOLO11’s training, by name: `seed`, `optimiser`, `learningRate`, `augmentation`, `patience`, `freeze`, `fraction`, `classes`, `weights`, `onnxBatch`, `mapFloor`, `floorEpochs`; model-build’s `src/training/settings.ts` says what each takes.',
      prompt: 'Which other settings of training? (such as optimiser=AdamW, learningRate=0.002)',
      rules: [
        {
          holds: (value) => Object.keys(value).every((name) => /^[a-z][A-Za-z]*$/.test(name)),
          message: 'has names of letters, such as learningRate',
        },
      ],
    },
  ),
  tileSize: defaulted(whole, 640, {
    doc: 'Side of the tiles that frames are cut into, in pixels.',
    prompt: 'Side of a tile, in pixels?',
    rules: [between(64, 4096)],
  }),
  tileOverlap: defaulted(number, 0.2, {
    doc: 'Share of a tile that its neighbour covers as well.',
    prompt: 'Which share of a tile does its neighbour cover as well?',
    rules: [{ holds: (value) => value >= 0 && value < 1, message: 'is 0 or more and less than 1' }],
  }),
  flight: defaulted(oneOf('folder', 'pattern', 'time-gap'), 'folder', {
    doc: 'How the flight of an image is told: by its folder, by a pattern in its path, or by gaps in capture time (EXIF).',
    prompt: 'How is the flight of an image told?',
    asked: 'first',
  }),
  flightPattern: optional(text, 'only `flight: pattern` needs it', {
    doc: 'Regular expression over an image’s path; its first group, else its match, is the flight.',
    prompt: 'Which pattern in the path names the flight?',
    asked: 'first',
    rules: [{ holds: isPattern, message: 'is a regular expression' }],
  }),
  flightGapMinutes: defaulted(number, 30, {
    doc: 'Minutes without an image after which, with `flight: time-gap`, another flight begins.',
    prompt: 'After how many minutes without an image does another flight begin?',
    rules: [{ holds: (value) => value > 0, message: 'is more than 0' }],
  }),
  timeBlocks: defaulted(yesOrNo, false, {
    doc: 'Whether fewer than three flights may be split into blocks of time, which is weaker than a split by flight.',
    prompt: 'May fewer than three flights be split into blocks of time?',
  }),
  validationShare: defaulted(number, 0.15, {
    doc: 'Share of the images that choose the operating point.',
    prompt: 'Which share of the images is for validation?',
    rules: [share],
  }),
  testShare: defaulted(number, 0.15, {
    doc: 'Share of the images that the gate is measured on.',
    prompt: 'Which share of the images is for the test?',
    rules: [share],
  }),
  maxDroppedShare: defaulted(number, 0.02, {
    doc: 'Share of the images that training may drop for faulty labels before the pipeline fails.',
    prompt: 'Which share of the images may be dropped for faulty labels?',
    rules: [between(0, 1)],
  }),
  gate: defaulted(
    mapOf(number),
    { 'coco.AP50': 0.5 },
    {
      doc: `What a model has to reach to be registered, by metric: ${GATE_METRICS.map((name) => `\`${name}\``).join(', ')}. Those of \`live\` are 1 or 0 by comparison with the newest approved model, resampled over flights: \`live.better\` is 1 where it is shown to be better, \`live.notWorse\` unless it is shown to be worse; under five test flights nothing is shown, and beside no approved model both are 1.`,
      prompt: 'What does a model have to reach? (such as coco.AP50=0.5)',
      asked: 'first',
      rules: [
        { holds: (value) => Object.keys(value).length > 0, message: 'names at least one metric' },
        {
          holds: (value) => Object.keys(value).every((name) => (GATE_METRICS as readonly string[]).includes(name)),
          message: `names metrics out of ${GATE_METRICS.join(', ')}`,
        },
        {
          holds: (value) => Object.values(value).every((threshold) => threshold >= 0 && threshold <= 1),
          message: 'has thresholds from 0 to 1',
        },
      ],
    },
  ),
  processingInstanceType: defaulted(text, 'ml.m5.xlarge', {
    doc: 'Instance type of the processing steps.',
    prompt: 'Which instance type for processing?',
    rules: [instanceType],
  }),
  processingInstanceCount: defaulted(whole, 2, {
    doc: 'Instances that preprocessing is spread over.',
    prompt: 'How many instances for preprocessing?',
    rules: [between(1, 100)],
    aws: { limit: '1 to 100 instances in a processing job', source: `${API}/API_ProcessingClusterConfig.html` },
  }),
  trainingInstanceType: defaulted(text, 'ml.m5.xlarge', {
    doc: 'Instance type of training; Ultralytics wants a GPU, such as ml.g4dn.xlarge.',
    prompt: 'Which instance type for training?',
    rules: [instanceType],
  }),
  inferenceInstanceType: defaulted(text, 'ml.m5.large', {
    doc: 'Instance type of the endpoint.',
    prompt: 'Which instance type for inference?',
    rules: [instanceType],
  }),
  spot: defaulted(yesOrNo, false, {
    doc: 'Whether training runs on spot capacity, which is cheaper, may be interrupted, and has a quota of its own.',
    prompt: 'Train on spot capacity?',
  }),
  images: defaulted(
    mapOf(text),
    {},
    {
      doc: 'Images in the place of the runtime images that the platform builds, for a team that needs a native library: `node`, `training`, or both, each built from the platform’s, in a repository of `imageRepositories`.',
      prompt: 'Which images of your own? (such as node=URI@sha256:…)',
      asked: 'never',
      rules: [
        {
          holds: (value) => Object.keys(value).every((name) => name === 'node' || name === 'training'),
          message: 'names node, training, or both',
        },
        {
          holds: (value) => Object.values(value).every((uri) => OWN_IMAGE.test(uri)),
          message:
            'has URIs of ECR with the digest, such as 123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/node@sha256:…',
        },
      ],
    },
  ),
  steps: defaulted(addedSteps, [], {
    doc: 'Steps that the team has added to the pipeline; `npx drone-mlops add step` writes them.',
    prompt: 'Which steps does the team add?',
    asked: 'never',
    rules: [
      {
        holds: (value) => value.every(({ name }) => /^[a-z](-?[a-z0-9])*$/.test(name) && name.length <= 32),
        message: 'has names of 1 to 32 lower-case letters, digits and inner hyphens, which begin with a letter',
      },
      {
        holds: (value) => value.every(({ name, kind }) => kind !== 'lambda' || name.length <= LONGEST_LAMBDA_STEP),
        message: `has names of ${LONGEST_LAMBDA_STEP} characters at most for Lambda steps`,
      },
      {
        holds: (value) =>
          new Set([...TAKEN_STEPS, ...value.map(({ name }) => name)]).size === TAKEN_STEPS.length + value.length,
        message: `names each step once, and none ${TAKEN_STEPS.join(', ')}`,
      },
      {
        holds: (value) =>
          value.every(({ after }, index) =>
            [...PIPELINE_STEPS, ...value.slice(0, index).map(({ name }) => name)].includes(after),
          ),
        message: `puts each step after one of ${PIPELINE_STEPS.join(', ')}, or one that was added before it`,
      },
    ],
  }),
  environments: defaulted(list, ['staging', 'production'], {
    doc: 'Stages that a model is deployed to, in the order of promotion; model-deploy, which joins later, takes them.',
    prompt: 'Which stages is a model deployed to? (in order, separated by commas)',
    scope: 'platform',
    rules: [
      { holds: (value) => value.length > 0, message: 'names at least one stage' },
      {
        holds: (value) => value.every((name) => /^[a-z](-?[a-z0-9])*$/.test(name) && name.length <= 16),
        message: 'has names of 1 to 16 lower-case letters, digits and inner hyphens, which begin with a letter',
      },
      { holds: (value) => new Set(value).size === value.length, message: 'names every stage once' },
    ],
  }),
  endpoint: defaulted(oneOf('real-time', 'serverless', 'asynchronous'), 'real-time', {
    doc: 'Kind of endpoint that serves the model.',
    prompt: 'Which kind of endpoint?',
  }),
  repositoryProvider: defaulted(oneOf('CodeConnections', 'CodeCommit'), 'CodeConnections', {
    doc: 'Where the repositories live: GitHub, GitLab or Bitbucket through CodeConnections, or AWS CodeCommit.',
    prompt: 'Where will the repositories live?',
    asked: 'first',
    scope: 'platform',
  }),
  waitForTraining: defaulted(yesOrNo, false, {
    doc: 'Whether a build waits for the training that it starts, and fails with it; build minutes are paid for.',
    prompt: 'Does a build wait for the training that it starts?',
  }),
  studioRoles: defaulted(list, ['service-role/AmazonSageMaker-ExecutionRole-*'], {
    doc: 'Roles of people in Studio who may launch projects: names with their paths, which may hold `*`.',
    prompt: 'Which roles of Studio may launch projects? (separated by commas)',
    scope: 'platform',
    rules: [
      {
        holds: (value) => value.length > 0 && value.every((name) => /^[\w+=,.@/*-]+$/.test(name) && name !== '*'),
        message: 'names roles, none of which is * alone',
      },
    ],
  }),
  roles: defaulted(oneOf('create', 'existing'), 'create', {
    doc: 'Whether a launch creates the roles of the project, or takes existing ones as parameters, where creating roles is forbidden.',
    prompt: 'Are the roles of a project created, or do they exist?',
    scope: 'platform',
  }),
  permissionsBoundary: optional(text, 'the catalog makes one of what the roles need', {
    doc: 'Name of a managed policy that bounds the roles of projects.',
    prompt: 'Which managed policy bounds the roles of projects?',
    scope: 'platform',
    rules: [{ holds: (value) => /^[\w+=,.@/-]{1,128}$/.test(value), message: 'is the name of a managed policy' }],
  }),
  imageRepositories: defaulted(list, [], {
    doc: 'Repositories of ECR, in this account and region, whose images projects may run beside the runtime images: names, which may end in `*`.',
    prompt: 'From which repositories of ECR may projects run images of their own? (separated by commas)',
    scope: 'platform',
    rules: [
      {
        holds: (value) => value.every((name) => /^[a-z0-9][a-z0-9._/-]*\*?$/.test(name)),
        message: 'names repositories of ECR, which may end in * and are not * alone',
      },
    ],
  }),
  encryption: defaulted(oneOf('aws', 'project'), 'aws', {
    doc: 'Whose keys encrypt a project: keys that AWS holds, or a KMS key for each project.',
    prompt: 'Whose keys encrypt a project?',
    scope: 'platform',
  }),
  vpcId: optional(text, 'builds reach the network from outside a VPC', {
    doc: 'VPC that builds run in; `subnetIds` and `securityGroupIds` go with it.',
    prompt: 'Which VPC do builds run in?',
    scope: 'platform',
    rules: [{ holds: (value) => /^vpc-[0-9a-f]+$/.test(value), message: 'is the id of a VPC' }],
  }),
  subnetIds: defaulted(list, [], {
    doc: 'Subnets of the VPC that builds run in.',
    prompt: 'Which subnets? (separated by commas)',
    scope: 'platform',
    rules: [
      { holds: (value) => value.every((id) => /^subnet-[0-9a-f]+$/.test(id)), message: 'names subnets by their ids' },
    ],
    aws: { limit: '16 subnets of a build', source: `${CODEBUILD}/API_VpcConfig.html` },
  }),
  securityGroupIds: defaulted(list, [], {
    doc: 'Security groups of builds in the VPC.',
    prompt: 'Which security groups? (separated by commas)',
    scope: 'platform',
    rules: [
      {
        holds: (value) => value.every((id) => /^sg-[0-9a-f]+$/.test(id)),
        message: 'names security groups by their ids',
      },
    ],
    aws: { limit: '5 security groups of a build', source: `${CODEBUILD}/API_VpcConfig.html` },
  }),
  npmRegistry: optional(text, 'builds install from npm', {
    doc: 'URL of the npm registry that builds install from.',
    prompt: 'Which npm registry do builds install from?',
    scope: 'platform',
    rules: [{ holds: (value) => /^https:\/\/\S+$/.test(value), message: 'is an https URL' }],
  }),
  logRetentionDays: defaulted(whole, 90, {
    doc: 'Days that logs of builds and functions are kept.',
    prompt: 'How many days are logs kept?',
    scope: 'platform',
    rules: [{ holds: (value) => RETENTIONS.includes(value), message: `is one of ${RETENTIONS.join(', ')}` }],
    aws: {
      limit: 'CloudWatch Logs keeps logs for these numbers of days',
      source: 'https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html',
    },
  }),
  supportedReleases: defaulted(whole, 3, {
    doc: 'Newest releases that projects may be launched from; older ones are marked as deprecated.',
    prompt: 'From how many of the newest releases may projects be launched?',
    scope: 'platform',
    rules: [atLeast(1)],
  }),
  tracking: defaulted(oneOf('none', 'mlflow-app', 'mlflow-server'), 'none', {
    doc: 'Experiment tracking: none, an MLflow App, or an MLflow tracking server.',
    prompt: 'Which experiment tracking?',
    scope: 'platform',
  }),
  trackingUri: optional(text, 'nothing is tracked', {
    doc: 'MLflow server that executions of launched projects are tracked on: an https URL, or the ARN of an MLflow App or tracking server.',
    prompt: 'On which MLflow server are executions tracked (a URL or an ARN)?',
    scope: 'platform',
    rules: [
      {
        holds: (value) =>
          /^https:\/\/\S+$|^arn:(aws|aws-us-gov):sagemaker:[a-z0-9-]+:\d{12}:mlflow-(app|tracking-server)\/[\w-]+$/.test(
            value,
          ),
        message: 'is an https URL, or the ARN of an MLflow App or tracking server',
      },
    ],
  }),
  alertEmail: optional(text, 'no alert is sent', {
    doc: 'Address that alerts are sent to.',
    prompt: 'Which address are alerts sent to?',
    scope: 'platform',
    rules: [{ holds: (value) => /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value), message: 'is an e-mail address' }],
  }),
  monthlyBudget: optional(number, 'no budget is set', {
    doc: 'Monthly budget of the project in US dollars; an alert is sent before it is spent.',
    prompt: 'What is the monthly budget, in US dollars?',
    scope: 'platform',
    rules: [{ holds: (value) => value > 0, message: 'is more than 0' }],
  }),
  tags: defaulted(
    mapOf(text),
    {},
    {
      doc: 'Tags on everything that the project creates, beside those of SageMaker projects.',
      prompt: 'Which tags? (such as team=survey)',
      rules: [
        { holds: (value) => Object.keys(value).length <= 41, message: 'has at most 41 tags' },
        {
          holds: (value) => Object.entries(value).every(([key, item]) => isTagPart(key, 128) && isTagPart(item, 256)),
          message: 'has keys of 1 to 128 and values of up to 256 letters, digits, spaces and _ . : / = + - @',
        },
        {
          holds: (value) => Object.keys(value).every((key) => key !== '' && !/^(aws|sagemaker):/i.test(key)),
          message: 'has no empty key, and none that begins with aws: or sagemaker:',
        },
      ],
      aws: {
        limit:
          '50 tags a resource, of which SageMaker projects have three, the platform one, tracked jobs five; key 128 and value 256 characters',
        source: 'https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html',
      },
    },
  ),
};

function isPattern(value: string): boolean {
  try {
    new RegExp(value);
    return value !== '';
  } catch {
    return false;
  }
}

function isTagPart(value: string, most: number): boolean {
  return value.length <= most && /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u.test(value);
}
