// Events as AWS's documentation shows them, shortened where nothing listens; the accounts and ids are the documentation's.

import type { JsonRecord } from '../../../../src/rehearsal/region/eventbridge/json';

const ACCOUNT = '123456789012';

function sample<D extends JsonRecord>(source: string, type: string, resources: readonly string[], detail: D) {
  return {
    version: '0',
    id: '01234567-0123-0123-0123-0123456789ab',
    'detail-type': type,
    source,
    account: ACCOUNT,
    time: '2026-01-24T22:03:44Z',
    region: 'us-east-1',
    resources,
    detail,
  };
}

const pipelineArn = `arn:aws:sagemaker:us-east-1:${ACCOUNT}:pipeline/wing-p-abc123def456`;
const executionArn = `${pipelineArn}/execution/p4jn9xou8a8s`;

export const SAMPLES = {
  /** CodeCommit User Guide, "Monitoring CodeCommit events in Amazon EventBridge": referenceUpdated. */
  commit: sample(
    'aws.codecommit',
    'CodeCommit Repository State Change',
    [`arn:aws:codecommit:us-east-1:${ACCOUNT}:myRepository`],
    {
      event: 'referenceUpdated',
      repositoryName: 'myRepository',
      repositoryId: '12345678-1234-5678-abcd-12345678abcd',
      referenceType: 'branch',
      referenceName: 'main',
      referenceFullName: 'refs/heads/main',
      commitId: '7f5e2f1a4b3c0f3f36d02ba7e1c6dde0e3e60a34',
      oldCommitId: '3e5983EXAMPLE',
      callerUserArn: `arn:aws:iam::${ACCOUNT}:user/Mary_Major`,
    },
  ),
  /** CodePipeline User Guide, "Monitoring CodePipeline events". */
  build: sample(
    'aws.codepipeline',
    'CodePipeline Pipeline Execution State Change',
    [`arn:aws:codepipeline:us-east-1:${ACCOUNT}:myPipeline`],
    {
      pipeline: 'myPipeline',
      'execution-id': '12345678-1234-5678-abcd-12345678abcd',
      'start-time': '2023-10-26T13:49:39.208Z',
      'execution-trigger': {
        'trigger-type': 'StartPipelineExecution',
        'trigger-detail': `arn:aws:sts::${ACCOUNT}:assumed-role/Admin/my-user`,
      },
      state: 'FAILED',
      version: 3.0,
      'pipeline-execution-attempt': 1.0,
    },
  ),
  /** SageMaker Developer Guide, "Events that Amazon SageMaker AI sends to Amazon EventBridge": pipeline execution. */
  execution: sample(
    'aws.sagemaker',
    'SageMaker Model Building Pipeline Execution Status Change',
    [pipelineArn, executionArn],
    {
      pipelineExecutionDisplayName: 'SomeDisplayName',
      currentPipelineExecutionStatus: 'Succeeded',
      previousPipelineExecutionStatus: 'Executing',
      executionStartTime: '2021-03-15T16:03:13Z',
      executionEndTime: '2021-03-15T16:10:10Z',
      pipelineExecutionDescription: 'SomeDescription',
      pipelineArn,
      pipelineExecutionArn: executionArn,
    },
  ),
  /** The same page: pipeline step. */
  step: sample(
    'aws.sagemaker',
    'SageMaker Model Building Pipeline Execution Step Status Change',
    [pipelineArn, executionArn],
    {
      metadata: {
        processingJob: { arn: `arn:aws:sagemaker:us-east-1:${ACCOUNT}:processing-job/pipelines-p4jn9xou8a8s-evaluate` },
      },
      stepStartTime: '2021-03-15T16:09:45Z',
      stepEndTime: '2021-03-15T16:10:10Z',
      stepName: 'Evaluate',
      stepType: 'Processing',
      previousStepStatus: 'Executing',
      currentStepStatus: 'Failed',
      failureReason: 'ClientError: nothing to evaluate',
      pipelineArn,
      pipelineExecutionArn: executionArn,
    },
  ),
  /** The same page: model package; container lists are shortened. */
  modelPackage: sample(
    'aws.sagemaker',
    'SageMaker Model Package State Change',
    [`arn:aws:sagemaker:us-east-1:${ACCOUNT}:model-package/versioned-p-idy6c3e1fiqj/2`],
    {
      ModelPackageGroupName: 'versioned-p-idy6c3e1fiqj',
      ModelPackageVersion: 2,
      ModelPackageArn: `arn:aws:sagemaker:us-east-1:${ACCOUNT}:model-package/versioned-p-idy6c3e1fiqj/2`,
      CreationTime: '2021-02-24T17:00:14Z',
      InferenceSpecification: {
        Containers: [
          { Image: 'one', ModelDataUrl: 's3://bucket/one' },
          { Image: 'two', ModelDataUrl: 's3://bucket/two' },
        ],
        SupportedContentTypes: ['text/csv', 'image/jpeg'],
      },
      ModelPackageStatus: 'Completed',
      ModelPackageStatusDetails: { ValidationStatuses: [], ImageScanStatuses: [] },
      CertifyForMarketplace: false,
      ModelApprovalStatus: 'Approved',
      MetadataProperties: { GeneratedBy: executionArn },
      LastModifiedTime: '2021-02-24T17:00:14Z',
    },
  ),
} as const;
