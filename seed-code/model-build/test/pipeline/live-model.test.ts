import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { findLiveModel } from '../../src/pipeline';
import { clientOptions, ServiceError, startAwsStub, type Operations } from '../aws-stub';

const ARN = 'arn:aws:sagemaker:eu-west-1:123456789012:model-package/drone-team/4';
const URI = 's3://drone-artifacts/executions/abc/evaluate/model/model.tar.gz';

const holding = (uri: string): Operations => ({
  ListModelPackages: () => ({ ModelPackageSummaryList: [{ ModelPackageArn: ARN }] }),
  DescribeModelPackage: () => ({ InferenceSpecification: { Containers: [{ ModelDataUrl: uri }] } }),
});

async function live(operations: Operations) {
  const stub = await startAwsStub(operations);
  try {
    return { found: await findLiveModel(new SageMakerClient(clientOptions(stub)), 'drone-team'), calls: stub.calls };
  } finally {
    await stub.close();
  }
}

test('the live model is that of the newest approved package, whatever else the group holds', async () => {
  const { found, calls } = await live(holding(URI));

  expect(found).toBe(URI);
  expect(calls).toMatchObject([
    {
      operation: 'ListModelPackages',
      input: {
        ModelPackageGroupName: 'drone-team',
        ModelApprovalStatus: 'Approved',
        SortBy: 'CreationTime',
        SortOrder: 'Descending',
      },
    },
    { operation: 'DescribeModelPackage', input: { ModelPackageName: ARN } },
  ]);
});

test('without an approved package, and before there is a group, no model is live', async () => {
  expect((await live({ ListModelPackages: () => ({ ModelPackageSummaryList: [] }) })).found).toBeUndefined();
  const noGroup = () => {
    throw new ServiceError('ValidationException', 'ModelPackageGroup drone-team does not exist');
  };
  expect((await live({ ListModelPackages: noGroup })).found).toBeUndefined();
});

test('what cannot be asked, or is no archive of this pipeline, is an error and not a model that is missing', async () => {
  const denied = () => {
    throw new ServiceError('AccessDeniedException', 'not authorized');
  };
  await expect(live({ ListModelPackages: denied })).rejects.toThrow('not authorized');
  await expect(live(holding('s3://elsewhere/model.zip'))).rejects.toThrow(
    `${ARN}, but its model is "s3://elsewhere/model.zip", no model.tar.gz: approve one that this pipeline registered`,
  );
});
