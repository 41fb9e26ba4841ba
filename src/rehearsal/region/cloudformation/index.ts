// CloudFormation: stacks and change sets, for the resource types of the project's templates.
import { CLOUDFORMATION_MODEL } from '../model';
import { behavioursOfApi, type ApiDeclaration } from '../service';
import { CHANGE_SET_OPERATIONS } from './change-sets';
import { StackRecord } from './record';
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

/** What a stack is that was changing when the process was killed: it can be deleted, and made anew. */
const INTERRUPTED: Readonly<Record<string, string>> = {
  CREATE_IN_PROGRESS: 'ROLLBACK_FAILED',
  ROLLBACK_IN_PROGRESS: 'ROLLBACK_FAILED',
  UPDATE_IN_PROGRESS: 'UPDATE_ROLLBACK_FAILED',
  UPDATE_ROLLBACK_IN_PROGRESS: 'UPDATE_ROLLBACK_FAILED',
  UPDATE_COMPLETE_CLEANUP_IN_PROGRESS: 'UPDATE_COMPLETE',
  DELETE_IN_PROGRESS: 'DELETE_FAILED',
};

/** Ends what a process that was killed left under way. */
export function settleStacks(world: CloudFormation): void {
  for (const { id, status } of world.stacks.all()) {
    const after = INTERRUPTED[status];
    if (after !== undefined)
      new StackRecord(world, id).set({}, after, 'The rehearsal region was stopped before this had ended.');
  }
}
