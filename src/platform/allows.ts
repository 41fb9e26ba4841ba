// What the roles of a project may do: the least that their services need, each statement with its reason in its name.
import { Fn } from 'aws-cdk-lib';
import { NAMES } from './names';
import { RUNTIME_IMAGES, platformNames } from './platform-names';
import type { Allow } from './project-role';
import { arn, s3Arn } from './substitute';
import type { TemplateOptions } from './template-options';

const ID = '${SageMakerProjectId}';
const BUCKET = NAMES.artifactBucket.text;

// SageMaker writes names in ARNs in lower case; the id is in lower case anyway.
export const PIPELINES = () => arn('sagemaker', `pipeline/*-${ID}*`);
const MODEL_PACKAGE_GROUPS = () => arn('sagemaker', `model-package-group/*-${ID}*`);
export const MODEL_PACKAGES = () => arn('sagemaker', `model-package/*-${ID}*/*`);
/** Jobs that pipelines start; see `Execution.ProcessingJobName`. */
export const JOBS = () => [
  arn('sagemaker', 'processing-job/pipelines-*'),
  arn('sagemaker', 'training-job/pipelines-*'),
];

/** What Lambda and callback steps need is made by builds; model-build's `src/pipeline/step-resources.ts` names it. */
const STEPS = `sagemaker-${ID}-step-*`;
const STEP_FUNCTIONS = () => arn('lambda', `function:${STEPS}`);
const STEP_QUEUES = () => arn('sqs', STEPS);

/** Objects of the artifact bucket may be read and written. */
export function artifacts(): Allow[] {
  return [
    {
      sid: 'Artifacts',
      actions: ['s3:AbortMultipartUpload', 's3:GetObject', 's3:GetObjectVersion', 's3:PutObject'],
      resources: [s3Arn(`${BUCKET}/*`)],
    },
    {
      sid: 'ArtifactBucket',
      actions: ['s3:GetBucketLocation', 's3:GetBucketVersioning', 's3:ListBucket'],
      resources: [s3Arn(BUCKET)],
    },
  ];
}

/** A KMS key may be used for what it encrypts. */
export function encryption(keyArn: string | undefined): Allow[] {
  if (keyArn === undefined) return [];
  return [
    {
      sid: 'Key',
      actions: ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'],
      resources: [keyArn],
    },
  ];
}

/** A log group may be written. @param logGroup text for `Fn::Sub` */
export function logs(logGroup: string): Allow {
  return {
    sid: 'Logs',
    actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    resources: [arn('logs', `log-group:${logGroup}:*`)],
  };
}

/** SageMaker runs pipelines and their jobs. @param roleArn the role itself, which it hands to jobs */
export function execution(options: TemplateOptions, roleArn: string): Allow[] {
  const names = platformNames(options.platform);
  return [
    ...artifacts(),
    {
      sid: 'StartJobs',
      actions: ['sagemaker:CreateProcessingJob', 'sagemaker:CreateTrainingJob'],
      resources: JOBS(),
      conditions: { StringEquals: { 'aws:RequestTag/sagemaker:project-id': Fn.ref('SageMakerProjectId') } },
    },
    {
      sid: 'Jobs',
      actions: [
        'sagemaker:AddTags',
        'sagemaker:DescribeProcessingJob',
        'sagemaker:DescribeTrainingJob',
        'sagemaker:StopProcessingJob',
        'sagemaker:StopTrainingJob',
      ],
      resources: JOBS(),
    },
    {
      sid: 'Register',
      actions: [
        'sagemaker:AddTags',
        'sagemaker:CreateModelPackage',
        'sagemaker:DescribeModelPackage',
        'sagemaker:DescribeModelPackageGroup',
      ],
      resources: [MODEL_PACKAGE_GROUPS(), MODEL_PACKAGES()],
    },
    passRole('PassToJobs', roleArn, 'sagemaker'),
    { sid: 'LambdaSteps', actions: ['lambda:InvokeFunction'], resources: [STEP_FUNCTIONS()] },
    { sid: 'CallbackSteps', actions: ['sqs:SendMessage'], resources: [STEP_QUEUES()] },
    {
      sid: 'Images',
      actions: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
      resources: [names.imageRepository, ...(options.imageRepositories ?? [])].map((name) =>
        arn('ecr', `repository/${name}`),
      ),
    },
    { sid: 'Registry', actions: ['ecr:GetAuthorizationToken'], resources: ['*'] },
    {
      sid: 'JobLogs',
      actions: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
      resources: [arn('logs', 'log-group:/aws/sagemaker/*')],
    },
    {
      sid: 'JobMetrics',
      actions: ['cloudwatch:PutMetricData'],
      resources: ['*'],
      conditions: { StringLike: { 'cloudwatch:namespace': ['/aws/sagemaker/*', 'aws/sagemaker/*'] } },
    },
  ];
}

/** Functions of Lambda steps read what the step before left, and leave theirs. */
export function stepFunctions(): Allow[] {
  return [logs(NAMES.stepLogs.text), ...artifacts()];
}

/** Roles that a build hands on. */
export interface HandedOn {
  readonly executionRoleArn: string;
  readonly stepRoleArn: string;
}

/** CodeBuild tests, bundles, upserts the pipeline with what its steps need, and starts it. */
export function build(options: TemplateOptions, { executionRoleArn, stepRoleArn }: HandedOn): Allow[] {
  return [
    ...artifacts(),
    logs(NAMES.buildLogs.text),
    {
      sid: 'TrainingPipeline',
      actions: [
        'sagemaker:AddTags',
        'sagemaker:CreatePipeline',
        'sagemaker:DescribePipeline',
        'sagemaker:DescribePipelineExecution',
        'sagemaker:ListPipelineExecutionSteps',
        'sagemaker:ListPipelineVersions',
        'sagemaker:StartPipelineExecution',
        'sagemaker:UpdatePipeline',
      ],
      resources: [PIPELINES()],
    },
    {
      sid: 'ModelPackageGroup',
      actions: ['sagemaker:AddTags', 'sagemaker:CreateModelPackageGroup'],
      resources: [MODEL_PACKAGE_GROUPS()],
    },
    { sid: 'LiveModel', actions: ['sagemaker:DescribeModelPackage'], resources: [MODEL_PACKAGES()] },
    // Which resource a list is asked for, when it names a group, is not documented.
    { sid: 'FindLiveModel', actions: ['sagemaker:ListModelPackages'], resources: ['*'] },
    passRole('PassToPipeline', executionRoleArn, 'sagemaker'),
    {
      sid: 'StepFunctions',
      actions: [
        'lambda:CreateFunction',
        'lambda:GetFunctionConfiguration',
        'lambda:TagResource',
        'lambda:UpdateFunctionConfiguration',
      ],
      resources: [STEP_FUNCTIONS()],
    },
    passRole('PassToFunctions', stepRoleArn, 'lambda'),
    { sid: 'StepQueues', actions: ['sqs:CreateQueue', 'sqs:TagQueue'], resources: [STEP_QUEUES()] },
    {
      sid: 'ImageDigests',
      actions: ['ssm:GetParameters'],
      resources: RUNTIME_IMAGES.map((image) =>
        arn('ssm', `parameter${platformNames(options.platform).imageParameter(options.release, image)}`),
      ),
    },
    ...network(options),
  ];
}

/** CodePipeline reads the repository and starts the build. @param source what reading the repository takes */
export function deliver(source: readonly Allow[]): Allow[] {
  return [
    ...artifacts(),
    ...source,
    {
      sid: 'Build',
      actions: ['codebuild:BatchGetBuilds', 'codebuild:StartBuild'],
      resources: [arn('codebuild', `project/${NAMES.buildProject.text}`)],
    },
  ];
}

/** The small function that keeps the status record and writes mails. */
export function notify(topicArn: string): Allow[] {
  return [
    logs(NAMES.notifyLogs.text),
    { sid: 'Record', actions: ['s3:PutObject'], resources: [s3Arn(`${BUCKET}/status/*`)] },
    { sid: 'Mail', actions: ['sns:Publish'], resources: [topicArn] },
  ];
}

/** The stack's own hook clears away what builds made: pipelines, and the functions and queues of their steps. */
export function hook(): Allow[] {
  return [
    logs(NAMES.hookLogs.text),
    { sid: 'FindPipelines', actions: ['sagemaker:ListPipelines'], resources: ['*'] },
    {
      sid: 'ClearPipelines',
      actions: ['sagemaker:DeletePipeline', 'sagemaker:ListPipelineExecutions', 'sagemaker:StopPipelineExecution'],
      resources: [PIPELINES()],
    },
    { sid: 'FindSteps', actions: ['lambda:ListFunctions', 'sqs:ListQueues'], resources: ['*'] },
    { sid: 'ClearFunctions', actions: ['lambda:DeleteFunction'], resources: [STEP_FUNCTIONS()] },
    { sid: 'ClearQueues', actions: ['sqs:DeleteQueue'], resources: [STEP_QUEUES()] },
  ];
}

/** A role may be handed to one service. */
export function passRole(sid: string, roleArn: string, service: string): Allow {
  return {
    sid,
    actions: ['iam:PassRole'],
    resources: [roleArn],
    conditions: { StringEquals: { 'iam:PassedToService': `${service}.amazonaws.com` } },
  };
}

/** CodeBuild attaches its builds to the VPC. Source: "Create a CodeBuild service role", CodeBuild User Guide. */
function network({ vpc }: TemplateOptions): Allow[] {
  if (!vpc) return [];
  return [
    {
      sid: 'Network',
      actions: [
        'ec2:CreateNetworkInterface',
        'ec2:DeleteNetworkInterface',
        'ec2:DescribeDhcpOptions',
        'ec2:DescribeNetworkInterfaces',
        'ec2:DescribeSecurityGroups',
        'ec2:DescribeSubnets',
        'ec2:DescribeVpcs',
      ],
      resources: ['*'],
    },
    {
      sid: 'NetworkOfBuilds',
      actions: ['ec2:CreateNetworkInterfacePermission'],
      resources: [arn('ec2', 'network-interface/*')],
      conditions: {
        StringEquals: { 'ec2:AuthorizedService': 'codebuild.amazonaws.com' },
        ArnEquals: { 'ec2:Subnet': vpc.subnetIds.map((subnet) => arn('ec2', `subnet/${subnet}`)) },
      },
    },
  ];
}
