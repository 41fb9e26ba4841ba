// What tracking executions takes of a project's roles, judged by an independent simulator.
import { synthesizeTemplate, type Statement } from '../../src/catalog';
import { ACCOUNT, filled, REGION, verdict } from './account';
import { OPTIONS } from './options';

const SERVER = `arn:aws:sagemaker:${REGION}:${ACCOUNT}:mlflow-tracking-server/drone`;
const APP = `arn:aws:sagemaker:${REGION}:${ACCOUNT}:mlflow-app/app-1`;
const PACKAGE = `arn:aws:sagemaker:${REGION}:${ACCOUNT}:model-package/survey-north-p-abcdefghij12/1`;
const EXECUTION = `arn:aws:sagemaker:${REGION}:${ACCOUNT}:pipeline/survey-north-p-abcdefghij12/execution/abc`;
const JOB = `arn:aws:sagemaker:${REGION}:${ACCOUNT}:training-job/pipelines-abc-Train-def`;

interface Role {
  readonly Properties: {
    readonly Policies: readonly [{ readonly PolicyDocument: { readonly Statement: Statement[] } }];
  };
}

/** Statements of a role, by its purpose, in a template for this server. */
function statements(trackingUri: string | undefined, purpose: RegExp): Statement[] {
  const { template } = synthesizeTemplate({ ...OPTIONS, ...(trackingUri !== undefined && { trackingUri }) });
  const text = JSON.stringify(filled(template)).replace(/\{"Fn::Sub":("(?:[^"\\]|\\.)*")\}/g, '$1');
  const { Resources } = JSON.parse(text) as { Resources: Record<string, Role & { Type: string }> };
  const role = Object.values(Resources).find(
    (one) => one.Type === 'AWS::IAM::Role' && purpose.test(JSON.stringify(one.Properties)),
  );
  const tracking = /^(Tracking|TagsOfJobs|Link|ReadModelPackage)/;
  return (role?.Properties.Policies[0].PolicyDocument.Statement ?? []).filter(({ Sid }) => tracking.test(Sid));
}
const JOBS = /runs the training pipeline/i;
const BUILDS = /tests and bundles/i;

test('jobs read their own tags, and tell the one server', async () => {
  const allowed = statements(SERVER, JOBS);
  expect(await verdict(allowed, { action: 'sagemaker:ListTags', resource: JOB })).toBe('Allowed');
  expect(await verdict(allowed, { action: 'sagemaker-mlflow:LogBatch', resource: SERVER })).toBe('Allowed');
  const other = SERVER.replace('/drone', '/other');
  expect(await verdict(allowed, { action: 'sagemaker-mlflow:LogBatch', resource: other })).toBe('ImplicitlyDenied');
  expect(await verdict(allowed, { action: 'sagemaker-mlflow:DeleteExperiment', resource: SERVER })).toBe(
    'ImplicitlyDenied',
  );
});

test('an MLflow App is asked by its own action', async () => {
  const allowed = statements(APP, JOBS);
  expect(await verdict(allowed, { action: 'sagemaker:CallMlflowAppApi', resource: APP })).toBe('Allowed');
});

test('a build links executions, jobs and packages, and approves nothing', async () => {
  const allowed = statements(SERVER, BUILDS);
  for (const [action, resource] of [
    ['sagemaker:UpdatePipelineExecution', EXECUTION],
    ['sagemaker:ListPipelineParametersForExecution', EXECUTION],
    ['sagemaker:AddTags', JOB],
    ['sagemaker:UpdateModelPackage', PACKAGE],
  ] as const) {
    expect([action, await verdict(allowed, { action, resource })]).toEqual([action, 'Allowed']);
  }
  const approval = { 'sagemaker:ModelApprovalStatus': 'Approved' };
  const approve = { action: 'sagemaker:UpdateModelPackage', resource: PACKAGE, context: approval };
  expect(await verdict(allowed, approve)).toBe('ImplicitlyDenied');
});

test('without tracking no role has any of it; with a plain server nothing of SageMaker’s MLflow', () => {
  expect([...statements(undefined, JOBS), ...statements(undefined, BUILDS)]).toEqual([]);
  const sids = statements('https://mlflow.example.com', JOBS).map(({ Sid }) => Sid);
  expect(sids).toEqual(['TagsOfJobs']);
});

test('builds learn of the server by their environment', () => {
  const { template } = synthesizeTemplate({ ...OPTIONS, trackingUri: SERVER });
  expect(JSON.stringify(template)).toContain(JSON.stringify({ Name: 'MLFLOW_TRACKING_URI', Value: SERVER }));
});
