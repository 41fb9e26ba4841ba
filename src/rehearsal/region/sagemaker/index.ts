// SageMaker: all its operations, as one service of the region.
import { SAGEMAKER_MODEL } from '../model';
import { behavioursOfApi, type ApiDeclaration } from '../service';
import { CALLBACK_OPERATIONS } from './callbacks';
import { CODE_REPOSITORY_OPERATIONS } from './code-repositories';
import { DOMAIN_OPERATIONS } from './domains';
import { ENDPOINT_OPERATIONS, failInterruptedEndpoints } from './endpoints';
import { EXECUTION_OPERATIONS, failInterruptedExecutions } from './executions';
import { failInterruptedJobs, JOB_OPERATIONS } from './jobs';
import { PIPELINE_OPERATIONS } from './pipelines';
import { PROJECT_OPERATIONS } from './projects';
import { REGISTRY_OPERATIONS } from './registry';
import { TAG_OPERATIONS } from './tags';
import type { World } from './world';

export { setUpDomain } from './domains';
export { createWorld, type World } from './world';

export const SAGEMAKER_API: ApiDeclaration<World> = {
  name: 'sagemaker',
  model: SAGEMAKER_MODEL,
  operations: [
    ...PIPELINE_OPERATIONS,
    ...EXECUTION_OPERATIONS,
    ...CALLBACK_OPERATIONS,
    ...JOB_OPERATIONS,
    ...REGISTRY_OPERATIONS,
    ...ENDPOINT_OPERATIONS,
    ...CODE_REPOSITORY_OPERATIONS,
    ...PROJECT_OPERATIONS,
    ...DOMAIN_OPERATIONS,
    ...TAG_OPERATIONS,
  ],
};

export const SAGEMAKER_BEHAVIOURS = behavioursOfApi(SAGEMAKER_API);

/** Ends what a process that was killed left under way. */
export function settle(world: World): void {
  const reason = 'InternalServerError: The rehearsal region was stopped before this had ended.';
  failInterruptedJobs(world, reason);
  failInterruptedExecutions(world, reason);
  failInterruptedEndpoints(world, reason);
}
