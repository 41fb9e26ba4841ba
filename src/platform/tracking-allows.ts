// What tracking executions in MLflow takes of a project's roles, beside what they may do anyway.
import { JOBS, MODEL_PACKAGES, PIPELINES } from './allows';
import type { Allow } from './project-role';

/** Calls of our client on a tracking server of SageMaker. Source: Service Authorization Reference, SageMaker with MLflow. */
const SERVER_ACTIONS = [
  'CreateExperiment',
  'CreateModelVersion',
  'CreateRegisteredModel',
  'CreateRun',
  'DeleteRun',
  'GetExperimentByName',
  'GetRun',
  'LogBatch',
  'LogInputs',
  'SearchModelVersions',
  'SearchRuns',
  'SetRegisteredModelAlias',
  'UpdateRun',
].map((action) => `sagemaker-mlflow:${action}`);

/** SageMaker's MLflow may be spoken to; any other server asks IAM nothing. @param uri URL or ARN; none without tracking */
function reach(uri: string): Allow[] {
  if (!uri.startsWith('arn:')) return [];
  const actions = uri.includes(':mlflow-app/') ? ['sagemaker:CallMlflowAppApi'] : SERVER_ACTIONS;
  return [{ sid: 'Tracking', actions, resources: [uri] }];
}

/** Jobs tell of themselves: their own tags say about which execution, and to whom. */
export function jobTracking(uri: string | undefined): Allow[] {
  if (uri === undefined) return [];
  return [{ sid: 'TagsOfJobs', actions: ['sagemaker:ListTags'], resources: JOBS() }, ...reach(uri)];
}

/** A build that waits for its execution links it with its runs. */
export function buildTracking(uri: string | undefined): Allow[] {
  if (uri === undefined) return [];
  return [
    {
      sid: 'LinkExecution',
      actions: ['sagemaker:ListPipelineParametersForExecution', 'sagemaker:UpdatePipelineExecution'],
      resources: [PIPELINES()],
    },
    { sid: 'LinkJobs', actions: ['sagemaker:AddTags'], resources: JOBS() },
    { sid: 'ReadModelPackage', actions: ['sagemaker:DescribeModelPackage'], resources: [MODEL_PACKAGES()] },
    {
      sid: 'LinkModelPackage',
      actions: ['sagemaker:UpdateModelPackage'],
      resources: [MODEL_PACKAGES()],
      // Approving is a person's: the key is there when a call changes the approval.
      conditions: { Null: { 'sagemaker:ModelApprovalStatus': 'true' } },
    },
    ...reach(uri),
  ];
}
