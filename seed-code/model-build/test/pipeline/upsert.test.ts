import { S3Client } from '@aws-sdk/client-s3';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { s3Store } from '../../src/dataset';
import { definition, ensureModelPackageGroup, plan, upsert, type Definition } from '../../src/pipeline';
import { clientOptions, ServiceError, startAwsStub, type AwsStub } from '../aws-stub';
import { CODE, CONFIG, ENVIRONMENT } from './example';

const ARN = 'arn:aws:sagemaker:eu-west-1:123456789012:pipeline/drone-team-build';

/** A pipeline as the service keeps it. */
interface Kept {
  readonly definition: unknown;
  readonly roleArn: unknown;
}

let stub: AwsStub;
/** Versions of the pipeline, oldest first. */
let versions: Kept[];
let group: boolean;
/** Whether another build updates the pipeline just after it was created. */
let otherBuild: boolean;

beforeEach(async () => {
  versions = [];
  otherBuild = false;
  group = false;
  const keep = (input: Readonly<Record<string, unknown>>) => {
    versions.push({ definition: input.PipelineDefinition, roleArn: input.RoleArn });
  };
  const missing = () => {
    if (versions.length === 0) throw new ServiceError('ResourceNotFound', 'Pipeline does not exist.');
  };
  stub = await startAwsStub({
    ListPipelineVersions: ({ SortOrder }) => {
      missing();
      return { PipelineVersionSummaries: [{ PipelineVersionId: SortOrder === 'Ascending' ? 1 : versions.length }] };
    },
    DescribePipeline: ({ PipelineVersionId }) => {
      missing();
      const version = versions[Number(PipelineVersionId) - 1];
      return { PipelineArn: ARN, PipelineDefinition: version.definition, RoleArn: version.roleArn };
    },
    CreatePipeline: (input) => {
      keep(input);
      if (otherBuild) keep({});
      return { PipelineArn: ARN };
    },
    UpdatePipeline: (input) => {
      keep(input);
      return { PipelineArn: ARN, PipelineVersionId: versions.length };
    },
    CreateModelPackageGroup: () => {
      if (group) throw new ServiceError('ValidationException', 'Model Package Group already exists: arn');
      group = true;
      return { ModelPackageGroupArn: 'arn' };
    },
  });
});
afterEach(() => stub.close());

function options(wanted: Definition = definition(CONFIG, ENVIRONMENT, CODE)) {
  const client = clientOptions(stub);
  return {
    clients: { sagemaker: new SageMakerClient(client), store: s3Store(new S3Client(client), ENVIRONMENT.bucket) },
    definition: wanted,
    environment: ENVIRONMENT,
    tags: { team: 'survey' },
  };
}

const OTHER = definition({ ...CONFIG, tiling: { ...CONFIG.tiling, overlap: 0.25 } }, ENVIRONMENT, CODE);

test('the first upsert creates the pipeline, the second changes nothing', async () => {
  expect(await upsert(options())).toEqual({ action: 'created', arn: ARN, version: 1, changes: [] });
  expect(await upsert(options())).toEqual({ action: 'unchanged', arn: ARN, version: 1, changes: [] });
  expect(stub.calls.filter(({ operation }) => operation.startsWith('Update'))).toEqual([]);
  expect(stub.calls.find(({ operation }) => operation === 'CreatePipeline')?.input).toMatchObject({
    PipelineName: 'drone-team-build',
    RoleArn: ENVIRONMENT.roleArn,
    Tags: [{ Key: 'team', Value: 'survey' }],
  });
});

test('the version is that of this upsert, also when another build comes right after it', async () => {
  otherBuild = true;

  expect(await upsert(options())).toMatchObject({ action: 'created', version: 1 });
  expect(versions).toHaveLength(2);
});

test('a changed definition makes a version of its own, and every change is told', async () => {
  await upsert(options());

  expect(await upsert(options(OTHER))).toEqual({
    action: 'updated',
    arn: ARN,
    version: 2,
    changes: [
      'Steps.Preprocess.Arguments.AppSpecification.ContainerArguments[1]: "--overlap=0.2" → "--overlap=0.25"',
      'Steps.Train.Arguments.HyperParameters.overlap: "0.2" → "0.25"',
      'Steps.Evaluate.Arguments.AppSpecification.ContainerArguments[3]: "--overlap=0.2" → "--overlap=0.25"',
    ],
  });
});

test('another role is a change as well', async () => {
  await upsert(options());

  const changed = { ...options(), environment: { ...ENVIRONMENT, roleArn: 'arn:aws:iam::123456789012:role/other' } };

  expect((await upsert(changed)).changes).toEqual([
    `RoleArn: "${ENVIRONMENT.roleArn}" → "arn:aws:iam::123456789012:role/other"`,
  ]);
});

test('a plan tells what an upsert would do and does nothing', async () => {
  await upsert(options());
  const before = stub.calls.length;

  expect((await plan(options(OTHER))).action).toBe('updated');
  expect(stub.calls.slice(before).map(({ operation }) => operation)).toEqual([
    'ListPipelineVersions',
    'DescribePipeline',
  ]);
});

test('a definition of 100 KiB goes to S3, one byte less does not', async () => {
  const small = definition(CONFIG, ENVIRONMENT, CODE);
  const room = 100 * 1024 - JSON.stringify({ ...small, Metadata: { x: '' } }).length;
  // Metadata is where a definition can grow without another meaning.
  const sized = (bytes: number) => ({ ...small, Metadata: { x: 'x'.repeat(bytes) } }) as unknown as Definition;

  await upsert(options(sized(room - 1)));
  expect(stub.objects.size).toBe(0);
  await upsert(options(sized(room)));

  const [[path, bytes]] = stub.objects;
  expect(bytes).toHaveLength(100 * 1024);
  const [bucket, ...key] = path.split('/');
  expect(stub.calls.at(-1)).toMatchObject({
    operation: 'UpdatePipeline',
    input: { PipelineDefinitionS3Location: { Bucket: bucket, ObjectKey: key.join('/') } },
  });
  expect(path).toMatch(/^drone-artifacts\/pipelines\/drone-team-build\/[0-9a-f]{64}\.json$/);
});

test('the model package group is created once', async () => {
  expect(await ensureModelPackageGroup(options())).toBe(true);
  expect(await ensureModelPackageGroup(options())).toBe(false);
});
