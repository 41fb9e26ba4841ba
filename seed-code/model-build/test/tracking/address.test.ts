import { trackingAddress, TrackingAddressError } from '../../src/tracking';

test.each([
  [
    'arn:aws:sagemaker:eu-west-1:123456789012:mlflow-tracking-server/drones',
    'https://eu-west-1.experiments.sagemaker.aws',
    'sagemaker-mlflow',
    'x-mlflow-sm-tracking-server-arn',
  ],
  [
    'arn:aws-us-gov:sagemaker:us-gov-west-1:123456789012:mlflow-app/app-ABC',
    'https://mlflow.sagemaker.us-gov-west-1.app.aws',
    'sagemaker',
    'x-sm-mlflow-app-arn',
  ],
])('%s leads to its own host, service and header', (arn, baseUrl, service, header) => {
  expect(trackingAddress(arn)).toMatchObject({ kind: 'sagemaker', baseUrl, service, header, arn });
});

test('a plain server is taken as it is, a custom endpoint stands for SageMaker’s', () => {
  expect(trackingAddress('http://127.0.0.1:5000/')).toEqual({ kind: 'plain', baseUrl: 'http://127.0.0.1:5000' });
  const arn = 'arn:aws:sagemaker:eu-west-1:123456789012:mlflow-app/app-ABC';
  expect(trackingAddress(arn, 'http://127.0.0.1:1/')).toMatchObject({
    baseUrl: 'http://127.0.0.1:1',
    region: 'eu-west-1',
  });
});

test.each([
  '',
  'mlruns',
  'file:///tmp/mlruns',
  'arn:aws-cn:sagemaker:cn-north-1:123456789012:mlflow-app/a',
  'arn:aws:s3:::bucket',
])('%j is refused with what would do', (uri) => {
  expect(() => trackingAddress(uri)).toThrow(TrackingAddressError);
  expect(() => trackingAddress(uri)).toThrow(/give an http\(s\) URL, or the ARN/);
});
