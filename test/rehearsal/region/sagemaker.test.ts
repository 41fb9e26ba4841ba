import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import {
  AddTagsCommand,
  CreateModelPackageCommand,
  CreateModelPackageGroupCommand,
  CreatePipelineCommand,
  ListEndpointsCommand,
  DescribeModelPackageCommand,
  DescribeModelPackageGroupCommand,
  DescribePipelineCommand,
  DescribePipelineExecutionCommand,
  DescribeProcessingJobCommand,
  DescribeTrainingJobCommand,
  ListModelPackagesCommand,
  ListPipelineVersionsCommand,
  ListTagsCommand,
  UpdateModelPackageCommand,
  UpdatePipelineCommand,
  paginateListPipelineVersions,
} from '@aws-sdk/client-sagemaker';
import type { Region } from '../../../src/rehearsal/region';
import { BUCKET, IMAGE, ROLE, definition, store } from './fixture';
import { authorization, s3Of, sagemakerOf, start, temporaryFolder } from './start';

const PipelineName = 'detector';
const ARN = 'arn:aws:sagemaker:eu-west-1:000000000000';
const fail = (ErrorMessage: string) => definition([{ Name: 'Stop', Type: 'Fail', Arguments: { ErrorMessage } }]);
const create = (PipelineDefinition: string) =>
  new CreatePipelineCommand({ PipelineName, PipelineDefinition, RoleArn: ROLE });

describe('pipelines', () => {
  test('a pipeline is described as it was created, and each definition is a version of its own', async () => {
    const sagemaker = sagemakerOf(await start());
    expect(await sagemaker.send(create(fail('one')))).toMatchObject({ PipelineArn: `${ARN}:pipeline/${PipelineName}` });
    const update = { PipelineName, PipelineDefinition: fail('two'), PipelineDescription: 'Detects.' };
    expect(await sagemaker.send(new UpdatePipelineCommand(update))).toMatchObject({ PipelineVersionId: 2 });
    await sagemaker.send(new UpdatePipelineCommand({ PipelineName, PipelineDisplayName: 'Detector' }));

    const latest = await sagemaker.send(new DescribePipelineCommand({ PipelineName }));
    expect(latest).toMatchObject({
      PipelineDefinition: fail('two'),
      PipelineDescription: 'Detects.',
      PipelineDisplayName: 'Detector',
      PipelineStatus: 'Active',
      RoleArn: ROLE,
    });
    expect(latest.LastModifiedTime?.getTime()).toBeGreaterThanOrEqual(latest.CreationTime?.getTime() ?? NaN);
    const first = await sagemaker.send(new DescribePipelineCommand({ PipelineName, PipelineVersionId: 1 }));
    expect(first.PipelineDefinition).toBe(fail('one'));
    const newest = new ListPipelineVersionsCommand({ PipelineName, SortOrder: 'Descending', MaxResults: 1 });
    expect((await sagemaker.send(newest)).PipelineVersionSummaries).toMatchObject([{ PipelineVersionId: 2 }]);
  });

  test('lists come in pages that cover everything once', async () => {
    const sagemaker = sagemakerOf(await start());
    await sagemaker.send(create(fail('1')));
    for (let version = 2; version <= 5; version += 1) {
      await sagemaker.send(new UpdatePipelineCommand({ PipelineName, PipelineDefinition: fail(String(version)) }));
    }
    const versions: (number | undefined)[] = [];
    for await (const page of paginateListPipelineVersions({ client: sagemaker, pageSize: 2 }, { PipelineName })) {
      versions.push(...(page.PipelineVersionSummaries ?? []).map(({ PipelineVersionId }) => PipelineVersionId));
    }
    expect(versions).toEqual([5, 4, 3, 2, 1]);
  });

  test('a definition may lie in S3', async () => {
    const region = await start();
    const sagemaker = sagemakerOf(region);
    await store(s3Of(region), { 'pipelines/p.json': fail('from S3') });
    const at = (ObjectKey: string) => ({ PipelineDefinitionS3Location: { Bucket: BUCKET, ObjectKey } });
    const missing = new CreatePipelineCommand({ PipelineName, RoleArn: ROLE, ...at('none.json') });
    await expect(sagemaker.send(missing)).rejects.toMatchObject({
      name: 'ValidationException',
      message: `Unable to read the pipeline definition: There is no object at s3://${BUCKET}/none.json.`,
    });
    await sagemaker.send(new CreatePipelineCommand({ PipelineName, RoleArn: ROLE, ...at('pipelines/p.json') }));
    const { PipelineDefinition } = await sagemaker.send(new DescribePipelineCommand({ PipelineName }));
    expect(PipelineDefinition).toBe(fail('from S3'));
  });

  test('a name that is taken is refused as the SDKs expect it; the same request again is not', async () => {
    const sagemaker = sagemakerOf(await start());
    const ClientRequestToken = 't'.repeat(40);
    const request = { PipelineName, PipelineDefinition: fail('x'), RoleArn: ROLE, ClientRequestToken };
    const first = await sagemaker.send(new CreatePipelineCommand(request));
    expect((await sagemaker.send(new CreatePipelineCommand(request))).PipelineArn).toBe(first.PipelineArn);
    await expect(sagemaker.send(create(fail('x')))).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining('Pipeline names must be unique within an AWS account and region') as string,
    });
  });

  test('a step of a type that cannot be run is refused when the pipeline is created', async () => {
    const sagemaker = sagemakerOf(await start());
    const tuning = definition([{ Name: 'Tune', Type: 'Tuning', Arguments: {} }]);
    await expect(sagemaker.send(create(tuning))).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringMatching(/^Step "Tune" is of type Tuning, which a rehearsal cannot run/) as string,
    });
    await expect(sagemaker.send(new DescribePipelineCommand({ PipelineName }))).rejects.toMatchObject({
      name: 'ResourceNotFound',
      message: `Pipeline '${ARN}:pipeline/${PipelineName}' does not exist.`,
    });
  });

  test('a name of 256 characters, the longest there may be, is kept', async () => {
    const stateDir = temporaryFolder();
    const name = 'p'.repeat(256);
    const first = await start({ stateDir });
    const request = { PipelineName: name, PipelineDefinition: fail('x'), RoleArn: ROLE };
    await sagemakerOf(first).send(new CreatePipelineCommand(request));
    await first.close();
    const again = sagemakerOf(await start({ stateDir }));
    expect(await again.send(new DescribePipelineCommand({ PipelineName: name }))).toMatchObject({ PipelineName: name });
  });
});

describe('the model registry', () => {
  const ModelPackageGroupName = 'detectors';
  const InferenceSpecification = {
    Containers: [{ Image: IMAGE, ModelDataUrl: `s3://${BUCKET}/model.tar.gz` }],
    SupportedContentTypes: ['image/jpeg'],
    SupportedResponseMIMETypes: ['application/json'],
  };

  async function registry() {
    const region = await start();
    const sagemaker = sagemakerOf(region);
    await store(s3Of(region), { 'model.tar.gz': 'model' });
    await sagemaker.send(
      new CreateModelPackageGroupCommand({ ModelPackageGroupName, Tags: [{ Key: 'team', Value: 'survey' }] }),
    );
    const register = async (more: object = {}) => {
      const request = { ModelPackageGroupName, InferenceSpecification, ...more };
      return (await sagemaker.send(new CreateModelPackageCommand(request))).ModelPackageArn;
    };
    return { sagemaker, register };
  }

  test('versions of a group wait for approval, and are approved one by one', async () => {
    const { sagemaker, register } = await registry();
    const [one, two] = [
      await register(),
      await register({ CustomerMetadataProperties: { commit: 'abc', data: 'v1' } }),
    ];
    expect([one, two]).toEqual([1, 2].map((version) => `${ARN}:model-package/detectors/${version}`));
    const approve = {
      ModelPackageArn: two,
      ModelApprovalStatus: 'Approved' as const,
      ApprovalDescription: 'Tried on site.',
      CustomerMetadataProperties: { data: 'v2' },
      CustomerMetadataPropertiesToRemove: ['commit'],
    };
    await sagemaker.send(new UpdateModelPackageCommand(approve));
    expect(await sagemaker.send(new DescribeModelPackageCommand({ ModelPackageName: two }))).toMatchObject({
      ModelPackageGroupName,
      ModelPackageVersion: 2,
      ModelPackageStatus: 'Completed',
      ModelApprovalStatus: 'Approved',
      ApprovalDescription: 'Tried on site.',
      InferenceSpecification,
      CustomerMetadataProperties: { data: 'v2' },
    });
    const list = async (more: object) =>
      (await sagemaker.send(new ListModelPackagesCommand({ ModelPackageGroupName, ...more }))).ModelPackageSummaryList;
    expect(await list({})).toMatchObject([{ ModelPackageArn: two }, { ModelPackageArn: one }]);
    expect(await list({ ModelApprovalStatus: 'PendingManualApproval' })).toMatchObject([{ ModelPackageArn: one }]);
  });

  test('what cannot be registered is refused: no group, no model data, tags of its own', async () => {
    const { sagemaker, register } = await registry();
    const group = new CreateModelPackageGroupCommand({ ModelPackageGroupName });
    await expect(sagemaker.send(group)).rejects.toThrow(/already exists/);
    await expect(register({ ModelPackageGroupName: 'others' })).rejects.toThrow(
      'ModelPackageGroup others does not exist.',
    );
    const nowhere = { Containers: [{ Image: IMAGE, ModelDataUrl: `s3://${BUCKET}/none.tar.gz` }] };
    await expect(register({ InferenceSpecification: { ...InferenceSpecification, ...nowhere } })).rejects.toThrow(
      `Could not find model data at s3://${BUCKET}/none.tar.gz.`,
    );
    await expect(register({ Tags: [{ Key: 'a', Value: 'b' }] })).rejects.toThrow(/does not take Tags/);
    const { ModelPackageGroupStatus } = await sagemaker.send(
      new DescribeModelPackageGroupCommand({ ModelPackageGroupName }),
    );
    expect(ModelPackageGroupStatus).toBe('Completed');
  });

  test('a version has the tags of its group; more can be added', async () => {
    const { sagemaker, register } = await registry();
    const ResourceArn = await register();
    const Tags = [
      { Key: 'team', Value: 'delivery' },
      { Key: 'stage', Value: 'trial' },
    ];
    expect((await sagemaker.send(new ListTagsCommand({ ResourceArn }))).Tags).toEqual([
      { Key: 'team', Value: 'survey' },
    ]);
    await sagemaker.send(new AddTagsCommand({ ResourceArn, Tags }));
    expect((await sagemaker.send(new ListTagsCommand({ ResourceArn }))).Tags).toEqual(Tags);
    const other = new ListTagsCommand({ ResourceArn: `${ARN}:pipeline/none` });
    await expect(sagemaker.send(other)).rejects.toMatchObject({ name: 'ValidationException' });
  });
});

describe('requests', () => {
  async function post(region: Region, operation: string, body: string, accessKey?: string) {
    const headers = {
      authorization: authorization(region, 'sagemaker', accessKey),
      'x-amz-target': `SageMaker.${operation}`,
      'content-type': 'application/x-amz-json-1.1',
    };
    const answer = await fetch(region.url, { method: 'POST', headers, body });
    return { status: answer.status, ...((await answer.json()) as Record<string, unknown>) };
  }

  test('an operation that the region does not have is named, with those that it has', async () => {
    const sagemaker = sagemakerOf(await start());
    await expect(sagemaker.send(new ListEndpointsCommand({}))).rejects.toMatchObject({
      name: 'UnknownOperationException',
      message: expect.stringMatching(/no operation ListEndpoints; it has CreatePipeline, .*, DeleteTags\.$/) as string,
    });
  });

  test('a request that does not fit the model is refused in AWS’s words', async () => {
    const region = await start();
    expect(await post(region, 'DescribePipeline', '{}')).toEqual({
      status: 400,
      __type: 'ValidationException',
      message:
        "1 validation error detected: Value null at 'pipelineName' failed to satisfy constraint: Member must not be null",
    });
    expect(
      await post(region, 'DescribePipeline', '{"PipelineName":"p","Colour":1,"PipelineVersionId":0}'),
    ).toMatchObject({
      message: expect.stringMatching(/^2 validation errors detected: Unknown member 'colour'; Value '0' at/) as string,
    });
    for (const body of ['{', '[]', '{"PipelineName":7}']) {
      expect(await post(region, 'DescribePipeline', body)).toMatchObject({
        status: 400,
        __type: 'SerializationException',
      });
    }
  });

  test('what the region does not do is refused, not passed over', async () => {
    const body = JSON.stringify({ PipelineName, PipelineVersionAlias: 'live' });
    expect(await post(await start(), 'DescribePipeline', body)).toMatchObject({
      __type: 'ValidationException',
      message: 'The rehearsal region does not take PipelineVersionAlias in DescribePipeline.',
    });
  });

  test('real credentials, another region, another service and no signature are refused', async () => {
    const region = await start();
    expect(await post(region, 'ListTags', '{}', 'AKIAIOSFODNN7EXAMPLE')).toMatchObject({
      status: 403,
      __type: 'InvalidAccessKeyId',
    });
    const elsewhere = { ...region, environment: { ...region.environment, AWS_REGION: 'us-east-1' } };
    expect(await post(elsewhere, 'ListTags', '{}')).toMatchObject({ status: 403, __type: 'SignatureDoesNotMatch' });
    const headers = { authorization: authorization(region, 'dynamodb') };
    expect(await (await fetch(region.url, { headers })).text()).toMatch(/has no dynamodb; it has s3, sagemaker/);
    expect((await fetch(region.url)).status).toBe(403);
    const s3 = s3Of(elsewhere);
    await expect(s3.send(new CreateBucketCommand({ Bucket: BUCKET }))).rejects.toMatchObject({
      name: 'SignatureDoesNotMatch',
    });
    await expect(s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'k', Body: 'x' }))).rejects.toThrow(
      /valid region/,
    );
  });

  test('jobs and executions that are not there are ResourceNotFound', async () => {
    const sagemaker = sagemakerOf(await start());
    const missing = { name: 'ResourceNotFound' };
    await expect(sagemaker.send(new DescribeProcessingJobCommand({ ProcessingJobName: 'none' }))).rejects.toMatchObject(
      missing,
    );
    await expect(sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: 'none' }))).rejects.toMatchObject(
      missing,
    );
    const PipelineExecutionArn = `${ARN}:pipeline/p/execution/abc`;
    const describe = new DescribePipelineExecutionCommand({ PipelineExecutionArn });
    await expect(sagemaker.send(describe)).rejects.toMatchObject(missing);
  });
});
