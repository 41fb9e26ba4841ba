import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { createEndpoint, deleteEndpoint, latestPackage } from '../../src/endpoint';
import { clientOptions, ServiceError, startAwsStub, type AwsStub, type Operations } from '../aws-stub';

let stub: AwsStub;
afterEach(() => stub.close());

async function client(operations: Operations): Promise<SageMakerClient> {
  stub = await startAwsStub(operations);
  return new SageMakerClient(clientOptions(stub));
}

const OPTIONS = {
  name: 'try-it',
  packageArn: 'arn:aws:sagemaker:eu-west-1:123456789012:model-package/drone/3',
  roleArn: 'arn:aws:iam::123456789012:role/pipeline',
  instanceType: 'ml.c5.xlarge',
  tags: [{ Key: 'team', Value: 'survey' }],
  pollSeconds: 0,
};

const CONTAINER = { Image: 'image', ModelDataUrl: 's3://bucket/model.tar.gz', Environment: { OWN: 'x' } };

const CREATED: Operations = {
  DescribeModelPackage: () => ({ InferenceSpecification: { Containers: [{ ...CONTAINER, ImageDigest: 'sha256:1' }] } }),
  CreateModel: () => ({ ModelArn: 'arn' }),
  CreateEndpointConfig: () => ({ EndpointConfigArn: 'arn' }),
  CreateEndpoint: () => ({ EndpointArn: 'arn' }),
};

test('an endpoint serves what a package holds, approved or not, and is waited for', async () => {
  let looks = 0;
  const sagemaker = await client({
    ...CREATED,
    DescribeEndpoint: () => ({ EndpointStatus: (looks += 1) < 3 ? 'Creating' : 'InService' }),
  });

  await createEndpoint(sagemaker, OPTIONS);

  expect(looks).toBe(3);
  expect(stub.calls[1]).toMatchObject({
    operation: 'CreateModel',
    input: { ModelName: 'try-it', Containers: [CONTAINER], Tags: OPTIONS.tags },
  });
});

test("an endpoint that does not come up is told with SageMaker's reason", async () => {
  const sagemaker = await client({
    ...CREATED,
    DescribeEndpoint: () => ({ EndpointStatus: 'Failed', FailureReason: 'the ping health check did not pass' }),
  });

  await expect(createEndpoint(sagemaker, OPTIONS)).rejects.toThrow(
    'The endpoint try-it is Failed: the ping health check did not pass.',
  );
});

test('deleting takes what there is, and fails for any other reason than that there is nothing', async () => {
  const gone = () => {
    throw new ServiceError('ValidationException', 'Could not find endpoint "try-it".');
  };
  const sagemaker = await client({ DeleteEndpoint: gone, DeleteEndpointConfig: () => ({}), DeleteModel: () => ({}) });
  expect(await deleteEndpoint(sagemaker, 'try-it')).toEqual(['endpoint configuration', 'model']);
  await stub.close();

  const denied = () => {
    throw new ServiceError('AccessDeniedException', 'not authorized');
  };
  await expect(deleteEndpoint(await client({ DeleteEndpoint: denied }), 'try-it')).rejects.toThrow('not authorized');
});

test('an empty model package group is told as such', async () => {
  const sagemaker = await client({ ListModelPackages: () => ({ ModelPackageSummaryList: [] }) });

  await expect(latestPackage(sagemaker, 'drone')).rejects.toThrow('The model package group drone is empty');
});
