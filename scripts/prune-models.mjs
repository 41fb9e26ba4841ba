// Cuts botocore's service models down to the operations that the rehearsal region answers.
// Usage: node scripts/prune-models.mjs SOURCE_DIR, where SOURCE_DIR holds <service>.json.gz (botocore's service-2.json, gzipped).
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';

const TARGET = join(dirname(fileURLToPath(import.meta.url)), '..', 'src', 'rehearsal', 'region', 'model');

/** `Create*Job` are not answered to clients: the arguments of pipeline steps are validated against them. */
const OPERATIONS = {
  cloudformation: [
    'CreateChangeSet',
    'CreateStack',
    'DeleteChangeSet',
    'DeleteStack',
    'DescribeChangeSet',
    'DescribeStackEvents',
    'DescribeStackResources',
    'DescribeStacks',
    'ExecuteChangeSet',
    'GetTemplate',
    'GetTemplateSummary',
    'UpdateStack',
    'ValidateTemplate',
  ],
  codebuild: [
    'BatchGetBuilds',
    'BatchGetProjects',
    'CreateProject',
    'DeleteProject',
    'ListBuildsForProject',
    'StartBuild',
    'StopBuild',
    'UpdateProject',
  ],
  codecommit: ['CreateRepository', 'DeleteRepository', 'GetBranch', 'GetCommit', 'GetRepository'],
  codeconnections: ['GetConnection'],
  codepipeline: [
    'CreatePipeline',
    'DeletePipeline',
    'GetPipeline',
    'GetPipelineExecution',
    'GetPipelineState',
    'ListActionExecutions',
    'ListPipelineExecutions',
    'PutApprovalResult',
    'StartPipelineExecution',
    'StopPipelineExecution',
    'UpdatePipeline',
  ],
  ecr: [
    'CreateRepository',
    'DeleteLifecyclePolicy',
    'DeleteRepository',
    'DescribeImages',
    'DescribeRepositories',
    'GetLifecyclePolicy',
    'ListTagsForResource',
    'PutImageScanningConfiguration',
    'PutImageTagMutability',
    'PutLifecyclePolicy',
    'TagResource',
  ],
  events: [
    'DeleteRule',
    'DescribeRule',
    'ListTargetsByRule',
    'PutRule',
    'PutTargets',
    'RemoveTargets',
    'TestEventPattern',
  ],
  iam: [
    'AttachRolePolicy',
    'CreatePolicy',
    'CreatePolicyVersion',
    'CreateRole',
    'DeletePolicy',
    'DeletePolicyVersion',
    'DeleteRole',
    'DeleteRolePermissionsBoundary',
    'DeleteRolePolicy',
    'DetachRolePolicy',
    'GetPolicy',
    'GetPolicyVersion',
    'GetRole',
    'GetRolePolicy',
    'ListAttachedRolePolicies',
    'ListPolicyVersions',
    'ListRolePolicies',
    'ListRoleTags',
    'PutRolePermissionsBoundary',
    'PutRolePolicy',
    'TagRole',
    'UntagRole',
    'UpdateAssumeRolePolicy',
    'UpdateRole',
  ],
  kms: [
    'CreateAlias',
    'CreateKey',
    'DeleteAlias',
    'DescribeKey',
    'EnableKeyRotation',
    'PutKeyPolicy',
    'ScheduleKeyDeletion',
    'TagResource',
    'UpdateAlias',
  ],
  lambda: [
    'AddPermission',
    'CreateFunction',
    'DeleteFunction',
    'GetFunctionConfiguration',
    'GetPolicy',
    'Invoke',
    'ListFunctions',
    'RemovePermission',
    'UpdateFunctionCode',
    'UpdateFunctionConfiguration',
  ],
  logs: [
    'CreateLogGroup',
    'CreateLogStream',
    'DeleteLogGroup',
    'DescribeLogGroups',
    'GetLogEvents',
    'PutLogEvents',
    'PutRetentionPolicy',
  ],
  s3: [
    'CreateBucket',
    'DeleteBucket',
    'DeleteBucketPolicy',
    'DeleteObject',
    'GetBucketCors',
    'GetBucketEncryption',
    'GetBucketLocation',
    'GetBucketPolicy',
    'GetBucketTagging',
    'GetBucketVersioning',
    'GetObject',
    'GetObjectTagging',
    'HeadBucket',
    'HeadObject',
    'ListObjectsV2',
    'PutBucketCors',
    'PutBucketEncryption',
    'PutBucketLifecycleConfiguration',
    'PutBucketOwnershipControls',
    'PutBucketPolicy',
    'PutBucketTagging',
    'PutBucketVersioning',
    'PutObject',
    'PutObjectTagging',
    'PutPublicAccessBlock',
  ],
  servicecatalog: [
    'AssociatePrincipalWithPortfolio',
    'AssociateProductWithPortfolio',
    'CreateConstraint',
    'CreatePortfolio',
    'CreateProduct',
    'CreateProvisioningArtifact',
    'DeleteConstraint',
    'DeletePortfolio',
    'DeleteProduct',
    'DeleteProvisioningArtifact',
    'DescribePortfolio',
    'DescribeProduct',
    'DescribeProductAsAdmin',
    'DescribeProvisionedProduct',
    'DescribeRecord',
    'DisassociatePrincipalFromPortfolio',
    'DisassociateProductFromPortfolio',
    'ListConstraintsForPortfolio',
    'ListLaunchPaths',
    'ListPortfolios',
    'ListPortfoliosForProduct',
    'ListPrincipalsForPortfolio',
    'ListProvisioningArtifacts',
    'ProvisionProduct',
    'ScanProvisionedProducts',
    'SearchProducts',
    'SearchProductsAsAdmin',
    'TerminateProvisionedProduct',
    'UpdateConstraint',
    'UpdatePortfolio',
    'UpdateProduct',
    'UpdateProvisionedProduct',
    'UpdateProvisioningArtifact',
  ],
  'service-quotas': ['ListServiceQuotas'],
  sns: [
    'CreateTopic',
    'DeleteTopic',
    'GetTopicAttributes',
    'ListSubscriptionsByTopic',
    'Publish',
    'SetTopicAttributes',
    'Subscribe',
    'Unsubscribe',
  ],
  sqs: [
    'ChangeMessageVisibility',
    'CreateQueue',
    'DeleteMessage',
    'DeleteQueue',
    'GetQueueAttributes',
    'GetQueueUrl',
    'ListQueues',
    'ReceiveMessage',
    'SendMessage',
  ],
  ssm: [
    'AddTagsToResource',
    'DeleteParameter',
    'GetParameter',
    'GetParameters',
    'GetParametersByPath',
    'ListTagsForResource',
    'PutParameter',
  ],
  sts: ['AssumeRole', 'GetCallerIdentity'],
  sagemaker: [
    'AddTags',
    'CreateCodeRepository',
    'CreateEndpoint',
    'CreateEndpointConfig',
    'CreateModel',
    'CreateModelPackage',
    'CreateModelPackageGroup',
    'CreatePipeline',
    'CreateProcessingJob',
    'CreateProject',
    'CreateTrainingJob',
    'DeleteCodeRepository',
    'DeleteEndpoint',
    'DeleteEndpointConfig',
    'DeleteModel',
    'DeleteModelPackageGroup',
    'DeletePipeline',
    'DeleteProject',
    'DeleteTags',
    'DescribeCodeRepository',
    'DescribeDomain',
    'DescribeEndpoint',
    'DescribeEndpointConfig',
    'DescribeModel',
    'DescribeModelPackage',
    'DescribeModelPackageGroup',
    'DescribePipeline',
    'DescribePipelineDefinitionForExecution',
    'DescribePipelineExecution',
    'DescribeProcessingJob',
    'DescribeProject',
    'DescribeTrainingJob',
    'ListDomains',
    'ListModelPackages',
    'ListPipelineExecutionSteps',
    'ListPipelineExecutions',
    'ListPipelineParametersForExecution',
    'ListPipelineVersions',
    'ListPipelines',
    'ListProjects',
    'ListTags',
    'SendPipelineExecutionStepFailure',
    'SendPipelineExecutionStepSuccess',
    'StartPipelineExecution',
    'StopPipelineExecution',
    'UpdateCodeRepository',
    'UpdateModelPackage',
    'UpdatePipeline',
    'UpdatePipelineExecution',
    'UpdateProject',
  ],
  'sagemaker-runtime': ['InvokeEndpoint'],
};

const SHAPE_KEYS = [
  'type',
  'required',
  'members',
  'member',
  'key',
  'value',
  'enum',
  'min',
  'max',
  'pattern',
  'payload',
];
const MEMBER_KEYS = ['shape', 'location', 'locationName', 'flattened'];
/** Of the metadata: how requests name the service, and how XML answers are written. */
const METADATA_KEYS = ['apiVersion', 'targetPrefix', 'jsonVersion', 'xmlNamespace'];
/** botocore spells some types by their size. */
const TYPES = { long: 'integer', double: 'float', character: 'string' };

/** Patterns are written for Java; what JavaScript spells differently, and two that Java itself would read as nonsense. */
const SPELLINGS = [
  ['\\p{Alnum}', 'a-zA-Z0-9'],
  ['\\p{Print}', '\\x20-\\x7E'],
  ['\\_', '_'],
  ['([a-z]|\\-)', '([a-z]|-)'],
  ['\\A', '^'],
  ['\\z', '$'],
  ['${1,128}', ''],
  ['${1,256}', ''],
];
/** Matches every text, and takes exponential time to say so where a line separator is in the way. */
const ANY_TEXT = '.*(?:[ \\r\\n\\t].*)*';

const source = process.argv[2];
if (source === undefined) {
  process.stderr.write('Usage: node scripts/prune-models.mjs SOURCE_DIR\n');
  process.exit(2);
}
mkdirSync(TARGET, { recursive: true });
for (const [service, operations] of Object.entries(OPERATIONS)) {
  const whole = JSON.parse(gunzipSync(readFileSync(join(source, `${service}.json.gz`))).toString('utf8'));
  writeFileSync(join(TARGET, `${service}.json`), render(prune(whole, operations)));
}

function prune(whole, names) {
  const operations = Object.fromEntries(
    names.map((name) => {
      const { http, input, output } = whole.operations[name];
      return [
        name,
        {
          http: pick(http, ['method', 'requestUri', 'responseCode']),
          input: input?.shape,
          output: output?.shape,
          resultWrapper: output?.resultWrapper,
        },
      ];
    }),
  );
  const shapes = {};
  const add = (name) => {
    if (name === undefined || name in shapes) return;
    const shape = (shapes[name] = pruneShape(whole.shapes[name]));
    for (const { shape: next } of references(shape)) add(next);
  };
  for (const { input, output } of Object.values(operations)) [input, output].forEach(add);
  const metadata = pick(whole.metadata, METADATA_KEYS);
  return {
    metadata,
    operations,
    shapes: Object.fromEntries(Object.entries(shapes).sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

function pruneShape(whole) {
  const shape = pick(whole, SHAPE_KEYS);
  shape.type = TYPES[shape.type] ?? shape.type;
  if (whole.flattened) shape.flattened = true;
  if (shape.pattern === ANY_TEXT) delete shape.pattern;
  if (shape.pattern !== undefined) {
    for (const [java, javascript] of SPELLINGS) shape.pattern = shape.pattern.replaceAll(java, javascript);
    new RegExp(shape.pattern, 'u'); // throws where one more spelling is needed
  }
  if (shape.members) {
    shape.members = Object.fromEntries(
      Object.entries(shape.members).map(([name, member]) => [name, pick(member, MEMBER_KEYS)]),
    );
  }
  for (const key of ['member', 'key', 'value']) if (shape[key]) shape[key] = pick(shape[key], MEMBER_KEYS);
  return shape;
}

function references(shape) {
  return [...Object.values(shape.members ?? {}), shape.member, shape.key, shape.value].filter(Boolean);
}

function pick(object, keys) {
  return Object.fromEntries(keys.filter((key) => key in object).map((key) => [key, object[key]]));
}

/** One line a shape, so that a newer model reads as a difference. */
function render({ metadata, operations, shapes }) {
  const lines = (entries) =>
    Object.entries(entries)
      .map(([name, value]) => `    ${JSON.stringify(name)}: ${JSON.stringify(value)}`)
      .join(',\n');
  return `{\n  "metadata": ${JSON.stringify(metadata)},\n  "operations": {\n${lines(operations)}\n  },\n  "shapes": {\n${lines(shapes)}\n  }\n}\n`;
}
