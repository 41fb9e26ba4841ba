// Names of everything that a launched project creates. They are CloudFormation `Fn::Sub` texts over the two parameters that SageMaker gives.

const NAME = '${SageMakerProjectName}';
const ID = '${SageMakerProjectId}';

/** How a name is made, and what the service accepts. */
export interface ResourceName {
  /** Text for `Fn::Sub`. */
  readonly text: string;
  /** Characters that the service accepts at most. */
  readonly limit: number;
  /** What the service accepts. */
  readonly pattern: RegExp;
  /** Where AWS says so. */
  readonly source: string;
}

const API = 'https://docs.aws.amazon.com';
const ROLE = {
  limit: 64,
  pattern: /^[\w+=,.@-]+$/,
  source: `${API}/IAM/latest/APIReference/API_CreateRole.html`,
};
const FUNCTION = {
  limit: 64,
  pattern: /^[a-zA-Z0-9-_]+$/,
  source: `${API}/lambda/latest/api/API_CreateFunction.html`,
};
const RULE = {
  limit: 64,
  pattern: /^[.\-_A-Za-z0-9]+$/,
  source: `${API}/eventbridge/latest/APIReference/API_PutRule.html`,
};
const LOG_GROUP = {
  limit: 512,
  pattern: /^[.\-_/#A-Za-z0-9]+$/,
  source: `${API}/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html`,
};
const BUILD = {
  limit: 150,
  pattern: /^[A-Za-z0-9][A-Za-z0-9\-_]+$/,
  source: `${API}/codebuild/latest/APIReference/API_CreateProject.html`,
};

/**
 * The names, by what they name. A person gives the project's name, in any case; SageMaker its id, in lower case. What has to
 * be short, or in lower case, is named after the id alone.
 */
export const NAMES = {
  artifactBucket: {
    text: `sagemaker-project-${ID}`,
    limit: 63,
    pattern: /^[a-z0-9][a-z0-9-]+[a-z0-9]$/,
    source: `${API}/AmazonS3/latest/userguide/bucketnamingrules.html`,
  },
  modelPackageGroup: {
    text: `${NAME}-${ID}`,
    limit: 63,
    pattern: /^[a-zA-Z0-9](-*[a-zA-Z0-9])*$/,
    source: `${API}/sagemaker/latest/APIReference/API_CreateModelPackageGroup.html`,
  },
  trainingPipeline: {
    text: `${NAME}-${ID}`,
    limit: 256,
    pattern: /^[a-zA-Z0-9](-*[a-zA-Z0-9])*$/,
    source: `${API}/sagemaker/latest/APIReference/API_CreatePipeline.html`,
  },
  codeRepository: {
    text: `${NAME}-${ID}-modelbuild`,
    limit: 63,
    pattern: /^[a-zA-Z0-9](-*[a-zA-Z0-9])*$/,
    source: `${API}/sagemaker/latest/APIReference/API_CreateCodeRepository.html`,
  },
  repository: {
    text: `sagemaker-${NAME}-${ID}-modelbuild`,
    limit: 100,
    pattern: /^[\w.-]+$/,
    source: `${API}/codecommit/latest/APIReference/API_CreateRepository.html`,
  },
  buildPipeline: {
    text: `sagemaker-${NAME}-${ID}-modelbuild`,
    limit: 100,
    pattern: /^[A-Za-z0-9.@\-_]+$/,
    source: `${API}/codepipeline/latest/APIReference/API_PipelineDeclaration.html`,
  },
  buildProject: { text: `sagemaker-${NAME}-${ID}-modelbuild`, ...BUILD },
  seedProject: { text: `sagemaker-${NAME}-${ID}-git-seedcodecheckin`, ...BUILD },
  buildLogs: { text: `/aws/codebuild/sagemaker-${NAME}-${ID}-modelbuild`, ...LOG_GROUP },
  seedLogs: { text: `/aws/codebuild/sagemaker-${NAME}-${ID}-git-seedcodecheckin`, ...LOG_GROUP },
  commitRule: { text: `sagemaker-${ID}-modelbuild-commit`, ...RULE },
  buildRule: { text: `sagemaker-${ID}-modelbuild-state`, ...RULE },
  executionRule: { text: `sagemaker-${ID}-execution-state`, ...RULE },
  stepRule: { text: `sagemaker-${ID}-step-failed`, ...RULE },
  notifyFunction: { text: `sagemaker-${ID}-notify`, ...FUNCTION },
  notifyLogs: { text: `/aws/lambda/sagemaker-${ID}-notify`, ...LOG_GROUP },
  hookFunction: { text: `sagemaker-${ID}-hook`, ...FUNCTION },
  hookLogs: { text: `/aws/lambda/sagemaker-${ID}-hook`, ...LOG_GROUP },
  stepLogs: { text: `/aws/lambda/sagemaker-${ID}-steps`, ...LOG_GROUP },
  topic: {
    text: `sagemaker-${ID}-notifications`,
    limit: 256,
    pattern: /^[A-Za-z0-9\-_]+$/,
    source: `${API}/sns/latest/api/API_CreateTopic.html`,
  },
  keyAlias: {
    text: `alias/sagemaker-${ID}`,
    limit: 256,
    pattern: /^alias\/[a-zA-Z0-9/_-]+$/,
    source: `${API}/kms/latest/APIReference/API_CreateAlias.html`,
  },
  executionRole: { text: `sagemaker-${ID}-execution`, ...ROLE },
  buildRole: { text: `sagemaker-${ID}-codebuild`, ...ROLE },
  seedRole: { text: `sagemaker-${ID}-seedcode`, ...ROLE },
  pipelineRole: { text: `sagemaker-${ID}-codepipeline`, ...ROLE },
  eventsRole: { text: `sagemaker-${ID}-events`, ...ROLE },
  notifyRole: { text: `sagemaker-${ID}-notify`, ...ROLE },
  stepRole: { text: `sagemaker-${ID}-steps`, ...ROLE },
  hookRole: { text: `sagemaker-${ID}-hook`, ...ROLE },
} as const satisfies Record<string, ResourceName>;

/** What is named in {@link NAMES}. */
export type Named = keyof typeof NAMES;
