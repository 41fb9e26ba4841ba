// CloudFormation: stacks and change sets, for the resource types of the project's templates.
import { CLOUDFORMATION_MODEL } from '../model';
import { behavioursOfApi, type ApiDeclaration } from '../service';
import { CHANGE_SET_OPERATIONS } from './change-sets';
import { resume } from './deployment';
import { STACK_OPERATIONS } from './stacks';
import { TEMPLATE_OPERATIONS } from './templates';
import type { CloudFormation } from './stack';

export { createCloudFormation, type CloudFormation } from './stack';

export const CLOUDFORMATION_API: ApiDeclaration<CloudFormation> = {
  name: 'cloudformation',
  model: CLOUDFORMATION_MODEL,
  operations: [...STACK_OPERATIONS, ...CHANGE_SET_OPERATIONS, ...TEMPLATE_OPERATIONS],
  invalid: 'ValidationError',
};

export const CLOUDFORMATION_BEHAVIOURS = behavioursOfApi(CLOUDFORMATION_API);

/** Takes up what a process that was killed left under way. */
export function settleStacks(world: CloudFormation): void {
  for (const { id } of world.stacks.all()) resume(world, id);
}
