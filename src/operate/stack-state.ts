// What the state of a stack permits, and what to do where it permits nothing.
import { DescribeStacksCommand, DescribeStackEventsCommand, type Stack } from '@aws-sdk/client-cloudformation';
import type { Aws } from './aws';
import { until, type Work } from './work';

/** A stack is in a state that nothing can be deployed on; the message says how to get it out of there. */
export class StackStateError extends Error {
  override readonly name = 'StackStateError';
}

/** @returns undefined when there is none */
export async function describeStack(
  { cloudformation }: Pick<Aws, 'cloudformation'>,
  name: string,
): Promise<Stack | undefined> {
  try {
    const { Stacks = [] } = await cloudformation.send(new DescribeStacksCommand({ StackName: name }));
    return Stacks[0];
  } catch (error) {
    if (error instanceof Error && error.name === 'ValidationError' && error.message.includes('does not exist'))
      return undefined;
    throw error;
  }
}

/** The stack, once nobody is deploying it any more: this process's last run perhaps, which was killed. */
export async function settledStack(
  aws: Pick<Aws, 'cloudformation'>,
  name: string,
  work: Work,
): Promise<Stack | undefined> {
  let said = false;
  return until(work, async () => {
    const stack = await describeStack(aws, name);
    const { StackStatus: status = '' } = stack ?? {};
    if (!status.endsWith('_IN_PROGRESS') || NOTHING.has(status)) return { stack };
    if (!said) work.say(`The stack ${name} is ${status}: waiting until that has ended.`);
    said = true;
    return undefined;
  }).then(({ stack }) => stack);
}

/** The value of a stack's output; undefined when the stack has none of this name. */
export function outputOf(stack: Stack | undefined, key: string): string | undefined {
  return stack?.Outputs?.find(({ OutputKey }) => OutputKey === key)?.OutputValue;
}

/** States that a stack is deployed on. */
const STANDING = new Set(['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE', 'IMPORT_COMPLETE']);
/** What a change set leaves that was never executed is as good as nothing. */
const NOTHING = new Set(['DELETE_COMPLETE', 'REVIEW_IN_PROGRESS']);

/** The remedy by state; `aws cloudformation` and the stack's name are put around it. */
const REMEDIES: Readonly<Record<string, string>> = {
  ROLLBACK_COMPLETE: 'delete-stack',
  CREATE_FAILED: 'delete-stack',
  ROLLBACK_FAILED: 'delete-stack',
  DELETE_FAILED: 'delete-stack',
  UPDATE_ROLLBACK_FAILED: 'continue-update-rollback',
};

/**
 * Whether a stack stands.
 * @param reason why it came to be what it is, where that is known
 * @throws StackStateError for a state that nothing can be deployed on
 */
export function stands(name: string, region: string, status: string | undefined, reason?: string): boolean {
  if (status === undefined || NOTHING.has(status)) return false;
  if (STANDING.has(status)) return true;
  const because = reason === undefined ? '' : ` (${reason.replace(/\.$/, '')})`;
  const remedy = REMEDIES[status];
  const line = `aws cloudformation ${remedy ?? 'describe-stack-events'} --stack-name ${name} --region ${region}`;
  const then = remedy === undefined ? 'says why' : 'gets it out of there; then run this again';
  throw new StackStateError(
    `The stack ${name} is ${status}${because}, and nothing can be deployed on that: \`${line}\` ${then}.`,
  );
}

/** Why the last operation on a stack failed: the first failure that was not another's consequence. */
export async function failureOf(
  { cloudformation }: Pick<Aws, 'cloudformation'>,
  stack: string,
): Promise<string | undefined> {
  const { StackEvents = [] } = await cloudformation.send(new DescribeStackEventsCommand({ StackName: stack }));
  const failed = StackEvents.filter(
    ({ ResourceStatus = '', ResourceStatusReason: reason = '' }) =>
      ResourceStatus.endsWith('_FAILED') && !/cancelled|^The following resource\(s\) failed/i.test(reason),
  );
  const first = failed.at(-1); // events come newest first
  return first && `${first.LogicalResourceId ?? stack}: ${first.ResourceStatusReason ?? 'no reason was given'}`;
}
