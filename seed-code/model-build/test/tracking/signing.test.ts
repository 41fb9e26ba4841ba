// Signatures against botocore's, which aws/sagemaker-mlflow signs with. DRONE_MLOPS_SAGEMAKER_PYTHON names a Python that has it.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { signedHeaders, trackingAddress, type Credentials } from '../../src/tracking';

const python = process.env.DRONE_MLOPS_SAGEMAKER_PYTHON;
const APP = 'arn:aws:sagemaker:eu-west-1:123456789012:mlflow-app/app-ABC123';
const SERVER = 'arn:aws:sagemaker:us-east-2:123456789012:mlflow-tracking-server/drones';
const DATE = '2026-11-28T21:04:05+00:00';
const KEY: Credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };

const CASES = [
  { arn: APP, method: 'POST', path: '/api/2.0/mlflow/runs/create', query: '', body: '{"run_name":"Flug 7 über Köln"}' },
  { arn: SERVER, method: 'GET', path: '/api/2.0/mlflow/runs/get', query: '?run_id=0a1b', body: '' },
  {
    arn: SERVER,
    method: 'GET',
    path: '/api/2.0/mlflow/experiments/get-by-name',
    query: '?experiment_name=a%20b%2Bc%2F%C3%BC~%27%28',
    body: '',
  },
  { arn: APP, method: 'GET', path: '/api/2.0/mlflow/x', query: '?b=2&a=1&B=3', body: '' },
  {
    arn: APP,
    method: 'PUT',
    path: '/api/2.0/mlflow-artifacts/artifacts/1/curves%20of%20%C3%BC/a%2Bb.svg',
    query: '',
    body: '<svg/>',
  },
  {
    arn: APP,
    method: 'POST',
    path: '/api/2.0/mlflow/runs/log-batch',
    query: '',
    body: '{}',
    sessionToken: 'a/session+token==',
  },
] as const;

(python === undefined ? describe.skip : describe)('a signature', () => {
  test('is botocore’s, for both kinds of servers, with blanks, umlauts, no body, and a session token', async () => {
    const requests = CASES.map((one) => {
      const address = trackingAddress(one.arn);
      if (address.kind === 'plain') throw new Error('An ARN is no plain server.');
      const credentials = { ...KEY, ...('sessionToken' in one && { sessionToken: one.sessionToken }) };
      return { ...one, address, url: new URL(address.baseUrl + one.path + one.query), credentials };
    });
    const ours = await Promise.all(
      requests.map(({ method, url, body, address, credentials }) =>
        signedHeaders(
          { method, url, headers: {}, ...(body !== '' && { body }) },
          address,
          () => Promise.resolve(credentials),
          new Date(DATE),
        ),
      ),
    );
    const input = requests.map(({ method, url, body, credentials, address: { arn, header, service, region } }) => ({
      ...{ method, url: url.href, body, credentials, service, region, date: DATE },
      headers: { [header]: arn },
    }));
    const script = join(__dirname, '..', 'witness', 'signature.py');
    const answer = execFileSync(python ?? '', [script], { input: JSON.stringify(input) });
    const theirs = JSON.parse(answer.toString()) as Record<string, string>[];
    const signature = (headers: Record<string, string>) => ({
      authorization: headers.authorization,
      hash: headers['x-amz-content-sha256'],
      date: headers['x-amz-date'],
    });
    expect(ours.map(signature)).toEqual(theirs.map(signature));
  }, 60_000);
});
