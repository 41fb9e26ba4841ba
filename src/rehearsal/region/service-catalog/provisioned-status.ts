// How what was launched stands: read from its stack.
import { existing, type Catalog, type Provisioned } from './world';

export interface ProvisionedStatus {
  /** As DescribeProvisionedProduct has it. */
  readonly status: 'AVAILABLE' | 'UNDER_CHANGE' | 'TAINTED' | 'ERROR';
  readonly message?: string;
  /** Of the last record. */
  readonly record: 'IN_PROGRESS' | 'IN_PROGRESS_IN_ERROR' | 'SUCCEEDED' | 'FAILED';
  /** Of the stack. */
  readonly outputs: readonly { readonly OutputKey: string; readonly OutputValue: string }[];
}

interface DescribedStack {
  readonly StackStatus: string;
  readonly StackStatusReason?: string;
  readonly Outputs?: ProvisionedStatus['outputs'];
}

/** The words of a stack's status with what they mean; the first that fits holds. */
const STATUSES: readonly (readonly [RegExp, ProvisionedStatus['status'], ProvisionedStatus['record']])[] = [
  [/^(CREATE|UPDATE)_COMPLETE$/, 'AVAILABLE', 'SUCCEEDED'],
  [/ROLLBACK_.*IN_PROGRESS$/, 'UNDER_CHANGE', 'IN_PROGRESS_IN_ERROR'],
  [/_IN_PROGRESS$/, 'UNDER_CHANGE', 'IN_PROGRESS'],
  [/^UPDATE_ROLLBACK_COMPLETE$/, 'TAINTED', 'FAILED'],
];

/** Undefined once it was terminated. */
export async function statusOf(world: Catalog, provisioned: Provisioned): Promise<ProvisionedStatus | undefined> {
  const { refused, RecordType } = existing(world.records, 'Record', provisioned.lastRecord);
  if (provisioned.stackId === undefined) {
    return { status: 'ERROR', record: 'FAILED', outputs: [], ...(refused !== undefined && { message: refused }) };
  }
  const { apis, principals } = world;
  const by = apis.as(principals.role(provisioned.launchRole ?? provisioned.owner, 'servicecatalog'));
  const { Stacks } = await by.call('cloudformation', 'DescribeStacks', { StackName: provisioned.stackId });
  const [stack] = Stacks as readonly [DescribedStack]; // the answer was checked against its model, and names one stack
  const { StackStatus, StackStatusReason: reason, Outputs: outputs = [] } = stack;
  if (StackStatus === 'DELETE_COMPLETE') return undefined;
  const [, status, record] = STATUSES.find(([pattern]) => pattern.test(StackStatus)) ?? [/$/, 'ERROR', 'FAILED'];
  const message = refused ?? [StackStatus, reason].filter((word) => word !== undefined).join(': ');
  if (refused !== undefined && RecordType === 'UPDATE_PROVISIONED_PRODUCT')
    return { status: status === 'AVAILABLE' ? 'TAINTED' : status, record: 'FAILED', message, outputs };
  return { status, record, outputs, message };
}
