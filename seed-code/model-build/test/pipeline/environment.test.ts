import { EnvironmentError, readEnvironment } from '../../src/pipeline';

const SET = {
  AWS_REGION: 'eu-west-1',
  ARTIFACT_BUCKET: 'bucket',
  SAGEMAKER_PROJECT_NAME: 'name',
  SAGEMAKER_PROJECT_ID: 'p-1',
  SAGEMAKER_PIPELINE_NAME: 'pipeline',
  SAGEMAKER_PIPELINE_ROLE_ARN: 'arn',
  MODEL_PACKAGE_GROUP_NAME: 'group',
  NODE_IMAGE_URI: 'node',
  TRAINING_IMAGE_URI: 'training',
};

test('the environment is read under the names that the code uses', () => {
  expect(readEnvironment({ ...SET, PATH: '/bin' })).toEqual({
    region: 'eu-west-1',
    bucket: 'bucket',
    projectName: 'name',
    projectId: 'p-1',
    pipelineName: 'pipeline',
    roleArn: 'arn',
    modelPackageGroup: 'group',
    nodeImage: 'node',
    trainingImage: 'training',
  });
});

test('a tracking server is named by MLflow’s own variable, and need not be', () => {
  expect(readEnvironment({ ...SET, MLFLOW_TRACKING_URI: 'http://127.0.0.1:5000' }).tracking).toBe(
    'http://127.0.0.1:5000',
  );
  expect(readEnvironment({ ...SET, MLFLOW_TRACKING_URI: '' })).not.toHaveProperty('tracking');
});

test('every variable that is missing or empty is named in one sentence', () => {
  expect(() => readEnvironment({ ...SET, ARTIFACT_BUCKET: '', NODE_IMAGE_URI: undefined })).toThrow(
    new EnvironmentError(
      'Set ARTIFACT_BUCKET, NODE_IMAGE_URI in the environment: the build of a launched project sets them, and so does a rehearsal.',
    ),
  );
});
