// What the CloudFormation operations share.
import { AwsError } from '../errors';
import { operationsOf, type Access } from '../service';
import { findStack, type CloudFormation, type Stack } from './stack';

export const operation = operationsOf<CloudFormation>();

export const API = 'CloudFormation API Reference';
export const GUIDE = 'CloudFormation User Guide';

/** The permission to do something to a stack. */
export function onStack(action: string) {
  return ({ StackName }: { readonly StackName?: string }, world: CloudFormation): Access[] => {
    const name = StackName ?? '*';
    const id = findStack(world, name)?.id ?? stackArn(world, name, '*');
    return [{ action: `cloudformation:${action}`, resources: [id] }];
  };
}

export function stackArn({ region, account }: CloudFormation, name: string, id: string): string {
  return `arn:aws:cloudformation:${region}:${account}:stack/${name}/${id}`;
}

/** @throws AwsError ValidationError for a way of deploying that the region has not */
export function refuseOtherModes(config: { readonly Mode?: string; readonly DisableRollback?: boolean } = {}): void {
  if ((config.Mode ?? 'STANDARD') === 'STANDARD' && config.DisableRollback !== true) return;
  throw new AwsError(
    'ValidationError',
    `The rehearsal region does not take the DeploymentConfig ${JSON.stringify(config)}.`,
  );
}

/** @throws AwsError ValidationError while something is under way, or when the stack can only be deleted */
export function refuseUnlessUpdatable({ id, status }: Stack): void {
  if (status.endsWith('_IN_PROGRESS') || status.endsWith('FAILED') || status === 'ROLLBACK_COMPLETE') {
    throw new AwsError('ValidationError', `Stack:${id} is in ${status} state and can not be updated.`);
  }
}
