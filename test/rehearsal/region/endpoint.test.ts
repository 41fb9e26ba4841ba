import { createReadStream, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import {
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  CreateModelCommand,
  CreateModelPackageCommand,
  CreateModelPackageGroupCommand,
  DeleteEndpointCommand,
  DeleteEndpointConfigCommand,
  DeleteModelCommand,
  DescribeEndpointCommand,
  UpdateModelPackageCommand,
  type SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import { InvokeEndpointCommand } from '@aws-sdk/client-sagemaker-runtime';
import { create } from 'tar';
import { BUCKET, IMAGE, ROLE, images, store } from './fixture';
import { runtimeOf, s3Of, sagemakerOf, start, temporaryFolder } from './start';

const EndpointName = 'rehearsal';
const MODEL = `s3://${BUCKET}/model.tar.gz`;

async function world(invocations?: string) {
  const stateDir = temporaryFolder();
  const region = await start({ stateDir, runtime: images(invocations) });
  const s3 = s3Of(region);
  await store(s3, {});
  const folder = join(temporaryFolder(), 'model');
  mkdirSync(folder);
  writeFileSync(join(folder, 'model.onnx'), 'weights');
  await create({ file: `${folder}.tar.gz`, gzip: true, cwd: folder }, ['.']);
  const Body = createReadStream(`${folder}.tar.gz`);
  const ContentLength = statSync(`${folder}.tar.gz`).size;
  await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'model.tar.gz', Body, ContentLength }));
  return { region, stateDir, sagemaker: sagemakerOf(region), runtime: runtimeOf(region) };
}

async function deploy(sagemaker: SageMakerClient, container: object = { Image: IMAGE, ModelDataUrl: MODEL }) {
  const ModelName = 'detector';
  const variant = {
    VariantName: 'AllTraffic',
    ModelName,
    InstanceType: 'ml.c5.xlarge' as const,
    InitialInstanceCount: 1,
  };
  const config = { EndpointConfigName: EndpointName, ProductionVariants: [variant] };
  await sagemaker.send(new CreateModelCommand({ ModelName, ExecutionRoleArn: ROLE, Containers: [container] }));
  await sagemaker.send(new CreateEndpointConfigCommand(config));
  await sagemaker.send(new CreateEndpointCommand({ EndpointName, EndpointConfigName: EndpointName }));
  return settled(sagemaker);
}

/** Waits for the endpoint to be in service, or failed. */
async function settled(sagemaker: SageMakerClient) {
  for (;;) {
    const endpoint = await sagemaker.send(new DescribeEndpointCommand({ EndpointName }));
    if (endpoint.EndpointStatus !== 'Creating') return endpoint;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

test('an endpoint serves its model, until it is deleted', async () => {
  const { sagemaker, runtime } = await world(`
    const { 'content-type': type, accept, 'x-amzn-sagemaker-custom-attributes': attributes } = request.headers;
    const weights = require('node:fs').readFileSync(process.env.DRONE_MLOPS_ROOT + '/model/model.onnx', 'utf8');
    response.setHeader('content-type', 'application/json');
    response.setHeader('x-amzn-sagemaker-custom-attributes', 'model=1');
    response.end(JSON.stringify({ weights, type, accept, attributes, bytes: [...body] }));`);
  expect(await deploy(sagemaker)).toMatchObject({
    EndpointStatus: 'InService',
    ProductionVariants: [{ VariantName: 'AllTraffic', CurrentInstanceCount: 1 }],
  });
  const invoke = {
    EndpointName,
    Body: Uint8Array.of(255, 0, 216),
    ContentType: 'image/jpeg',
    Accept: 'application/json',
    CustomAttributes: 'trace=7',
  };
  const answer = await runtime.send(new InvokeEndpointCommand(invoke));
  expect(answer).toMatchObject({
    ContentType: 'application/json',
    InvokedProductionVariant: 'AllTraffic',
    CustomAttributes: 'model=1',
  });
  expect(JSON.parse(Buffer.from(answer.Body).toString())).toEqual({
    weights: 'weights',
    type: 'image/jpeg',
    accept: 'application/json',
    attributes: 'trace=7',
    bytes: [255, 0, 216],
  });

  await sagemaker.send(new DeleteEndpointCommand({ EndpointName }));
  await sagemaker.send(new DeleteEndpointConfigCommand({ EndpointConfigName: EndpointName }));
  await sagemaker.send(new DeleteModelCommand({ ModelName: 'detector' }));
  const gone = async () => {
    while ((await sagemaker.send(new DescribeEndpointCommand({ EndpointName }))).EndpointStatus === 'Deleting');
  };
  await expect(gone()).rejects.toThrow(
    'Could not find endpoint "arn:aws:sagemaker:eu-west-1:000000000000:endpoint/rehearsal".',
  );
  await expect(runtime.send(new InvokeEndpointCommand(invoke))).rejects.toMatchObject({ name: 'ValidationError' });
});

test('what a container refuses is a ModelError with its status and its words', async () => {
  const { sagemaker, runtime } = await world(`response.writeHead(415).end('This is no image.');`);
  await deploy(sagemaker);
  await expect(runtime.send(new InvokeEndpointCommand({ EndpointName, Body: 'x' }))).rejects.toMatchObject({
    name: 'ModelError',
    OriginalStatusCode: 415,
    OriginalMessage: 'This is no image.',
    message: 'Received client error (415) from AllTraffic with message "This is no image.".',
  });
});

test('a body over the service’s limit is refused', async () => {
  const { sagemaker, runtime } = await world();
  await deploy(sagemaker);
  const most = await runtime.send(new InvokeEndpointCommand({ EndpointName, Body: new Uint8Array(6_291_456) }));
  expect(most.Body).toHaveLength(6_291_456);
  const more = new InvokeEndpointCommand({ EndpointName, Body: new Uint8Array(6_291_457) });
  await expect(runtime.send(more)).rejects.toMatchObject({ name: 'ValidationError' });
});

test('a container that ends fails its endpoint, and the reason is what it said', async () => {
  const { sagemaker, runtime } = await world(`console.error('Out of weights.'); process.exit(9);`);
  await deploy(sagemaker);
  await expect(runtime.send(new InvokeEndpointCommand({ EndpointName, Body: 'x' }))).rejects.toMatchObject({
    name: 'ModelError',
  });
  for (;;) {
    const { EndpointStatus, FailureReason } = await settled(sagemaker);
    if (EndpointStatus === 'InService') continue;
    expect(FailureReason).toBe('The container ended with exit code 9: Out of weights.');
    break;
  }
  await sagemaker.send(new DeleteEndpointCommand({ EndpointName }));
  await expect(settled(sagemaker)).rejects.toThrow(/Could not find endpoint/);
});

test('a model that is not there fails the endpoint', async () => {
  const { sagemaker } = await world();
  const endpoint = await deploy(sagemaker, { Image: IMAGE, ModelDataUrl: `s3://${BUCKET}/none.tar.gz` });
  expect(endpoint).toMatchObject({
    EndpointStatus: 'Failed',
    FailureReason: expect.stringContaining('none.tar.gz') as string,
  });
});

test('a package makes a model once it is approved', async () => {
  const { sagemaker } = await world();
  const ModelPackageGroupName = 'detectors';
  await sagemaker.send(new CreateModelPackageGroupCommand({ ModelPackageGroupName }));
  const register = {
    ModelPackageGroupName,
    InferenceSpecification: { Containers: [{ Image: IMAGE, ModelDataUrl: MODEL }] },
  };
  const { ModelPackageArn } = await sagemaker.send(new CreateModelPackageCommand(register));
  const container = { ModelPackageName: ModelPackageArn };
  await expect(deploy(sagemaker, container)).rejects.toThrow(/is not approved: it is PendingManualApproval/);
  await sagemaker.send(new UpdateModelPackageCommand({ ModelPackageArn, ModelApprovalStatus: 'Approved' }));
  expect((await deploy(sagemaker, container)).EndpointStatus).toBe('InService');
});

test('what would not be served as asked is refused', async () => {
  const { sagemaker } = await world();
  await sagemaker.send(new CreateModelCommand({ ModelName: 'm', Containers: [{ Image: IMAGE, ModelDataUrl: MODEL }] }));
  const config = (ModelName: string, more: object = {}) =>
    sagemaker.send(
      new CreateEndpointConfigCommand({
        EndpointConfigName: 'c',
        ProductionVariants: [{ VariantName: 'v', ModelName, ...more }],
      }),
    );
  await expect(config('none')).rejects.toThrow(/Could not find model/);
  await expect(config('m', { ServerlessConfig: { MemorySizeInMB: 1024, MaxConcurrency: 1 } })).rejects.toThrow(
    /serves one production variant/,
  );
  const captured = new CreateEndpointConfigCommand({
    EndpointConfigName: 'c',
    ProductionVariants: [{ VariantName: 'v', ModelName: 'm' }],
    DataCaptureConfig: {
      InitialSamplingPercentage: 100,
      DestinationS3Uri: `s3://${BUCKET}/capture`,
      CaptureOptions: [{ CaptureMode: 'Input' }],
    },
  });
  await expect(sagemaker.send(captured)).rejects.toThrow(/does not take DataCaptureConfig/);
});

test('a region that is started again serves no endpoint of before, and says so', async () => {
  const { region, sagemaker, stateDir } = await world();
  await deploy(sagemaker);
  await region.close();
  const again = sagemakerOf(await start({ stateDir, runtime: images() }));
  expect(await settled(again)).toMatchObject({
    EndpointStatus: 'Failed',
    FailureReason: expect.stringContaining('region was stopped') as string,
  });
  await again.send(new DeleteEndpointCommand({ EndpointName }));
  await expect(settled(again)).rejects.toThrow(/Could not find endpoint/);
});
