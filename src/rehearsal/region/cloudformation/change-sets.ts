// Change sets: what a template would change, shown before it is done.
import { randomUUID } from 'node:crypto';
import { assumed, documented } from '../behaviour';
import { AwsError } from '../errors';
import type { Members } from '../service';
import { seconds } from '../time';
import { deploy } from './deployment';
import { API, onStack, operation, refuseOtherModes, refuseUnlessUpdatable } from './operation';
import { changesOf } from './plan';
import { existingStack, findStack, type Change, type ChangeSet, type CloudFormation } from './stack';
import { newStack, NOT_TAKEN, refuseTakenName } from './stacks';
import { targetOf, type StackRequest } from './target';

interface Named {
  readonly ChangeSetName: string;
  readonly StackName?: string;
}

const NO_CHANGES =
  "The submitted information didn't contain changes. Submit different information to create a change set.";

const createChangeSet = operation<
  StackRequest & { StackName: string; ChangeSetName: string; ChangeSetType?: 'CREATE' | 'UPDATE'; Description?: string }
>(
  'CreateChangeSet',
  {
    claims: [
      documented(
        'CREATE makes a stack in REVIEW_IN_PROGRESS, without resources.',
        `${API}, CreateChangeSet: ChangeSetType`,
      ),
      documented(
        'Nothing to change: the change set is FAILED, “The submitted information didn’t contain changes…”.',
        'aws-cdk 2.1148.1, deployments: changeSetHasNoChanges',
      ),
      assumed('A change set is complete at once.'),
      assumed('A value that is known only when another resource is made counts as a change.'),
    ],
    refuses: [...NOT_TAKEN.filter((name) => name !== 'NotificationARNs'), 'ResourcesToImport'],
    access: onStack('CreateChangeSet'),
  },
  async (input, world, caller) => {
    const { StackName, ChangeSetName: name, ChangeSetType: type = 'UPDATE', Description: description } = input;
    refuseUnheeded(input);
    refuseOtherModes(input.DeploymentConfig);
    const present = findStack(world, StackName);
    if (type === 'CREATE' && present?.status !== 'REVIEW_IN_PROGRESS') refuseTakenName(world, StackName);
    if (type === 'UPDATE') refuseUnlessUpdatable(existingStack(world, StackName));
    const { target, template } = await targetOf(world, input, type === 'UPDATE' ? present : undefined, caller);
    const live = present?.status === 'DELETE_COMPLETE' ? undefined : present;
    const stack = live ?? newStack(world, StackName, target, template.Description);
    if (changeSetOf(world, name, stack.id) !== undefined)
      throw new AwsError(
        'AlreadyExistsException',
        `ChangeSet ${name} cannot be created due to a mismatch with existing attribute`,
      );
    const changes = changesOf(world, stack, target, template);
    const same = changes.length === 0 && type === 'UPDATE';
    const id = `${stack.id.slice(0, stack.id.indexOf(':stack/'))}:changeSet/${name}/${randomUUID()}`;
    world.stacks.put(stack.id, { ...stack, changeSetId: id });
    world.changeSets.put(id, {
      id,
      name,
      stackId: stack.id,
      type,
      status: same ? 'FAILED' : 'CREATE_COMPLETE',
      ...(same && { reason: NO_CHANGES }),
      executionStatus: same ? 'UNAVAILABLE' : 'AVAILABLE',
      ...(description !== undefined && { description }),
      created: seconds(),
      after: target,
      changes,
    });
    return { Id: id, StackId: stack.id };
  },
);

const describeChangeSet = operation<Named>(
  'DescribeChangeSet',
  {
    claims: [assumed('All changes come on one page, without the values before and after.')],
    access: onStack('DescribeChangeSet'),
  },
  ({ ChangeSetName, StackName }, world) => {
    const set = existingChangeSet(world, ChangeSetName, StackName);
    return {
      ChangeSetName: set.name,
      ChangeSetId: set.id,
      StackId: set.stackId,
      StackName: existingStack(world, set.stackId).name,
      ...(set.description !== undefined && { Description: set.description }),
      Parameters: Object.entries(set.after.parameters).map(([ParameterKey, ParameterValue]) => ({
        ParameterKey,
        ParameterValue,
      })),
      CreationTime: set.created,
      ExecutionStatus: set.executionStatus,
      Status: set.status,
      ...(set.reason !== undefined && { StatusReason: set.reason }),
      Capabilities: set.after.capabilities,
      Tags: set.after.tags,
      Changes: set.changes.map(described),
    };
  },
);

const executeChangeSet = operation<Named>(
  'ExecuteChangeSet',
  {
    claims: [
      documented('The stack’s other change sets go, since they no longer fit it.', `${API}, ExecuteChangeSet`),
      documented('One that is not AVAILABLE: InvalidChangeSetStatus.', `${API}, ExecuteChangeSet: Errors`),
    ],
    refuses: ['RetainExceptOnCreate'],
    access: onStack('ExecuteChangeSet'),
  },
  (input, world, caller) => {
    const set = existingChangeSet(world, input.ChangeSetName, input.StackName);
    if (input.DisableRollback === true)
      throw new AwsError('ValidationError', 'The rehearsal region does not take DisableRollback.');
    if (set.executionStatus !== 'AVAILABLE') {
      const message = `ChangeSet [${set.id}] cannot be executed in its current status of [${set.status}]`;
      throw new AwsError('InvalidChangeSetStatus', message);
    }
    if (set.type === 'UPDATE') refuseUnlessUpdatable(existingStack(world, set.stackId));
    for (const other of world.changeSets.all()) {
      if (other.stackId === set.stackId && other.id !== set.id) world.changeSets.delete(other.id);
    }
    world.changeSets.put(set.id, { ...set, executionStatus: 'EXECUTE_COMPLETE' });
    deploy(world, set.stackId, set.after, caller.principal);
    return {};
  },
);

const deleteChangeSet = operation<Named>(
  'DeleteChangeSet',
  {
    claims: [documented('The stack stays as it is.', `${API}, DeleteChangeSet`)],
    access: onStack('DeleteChangeSet'),
  },
  ({ ChangeSetName, StackName }, world) => {
    const set = changeSetOf(
      world,
      ChangeSetName,
      StackName === undefined ? undefined : findStack(world, StackName)?.id,
    );
    if (set !== undefined) world.changeSets.delete(set.id);
    return {};
  },
);

export const CHANGE_SET_OPERATIONS = [createChangeSet, describeChangeSet, executeChangeSet, deleteChangeSet];

/** Members that are heeded only in the values that change nothing; there are no nested stacks that could be left out. */
function refuseUnheeded(input: Members): void {
  const asked = ['NotificationARNs', 'ImportExistingResources'].filter((name) => {
    const value = input[name];
    return value !== undefined && value !== false && !(Array.isArray(value) && value.length === 0);
  });
  if (asked.length > 0)
    throw new AwsError('ValidationError', `The rehearsal region does not take ${asked.join(', ')} in CreateChangeSet.`);
}

function changeSetOf(world: CloudFormation, nameOrId: string, stackId: string | undefined): ChangeSet | undefined {
  const named = ({ name, stackId: of }: ChangeSet): boolean => name === nameOrId && of === stackId;
  return world.changeSets.get(nameOrId) ?? world.changeSets.all().find(named);
}

function existingChangeSet(world: CloudFormation, nameOrId: string, stackName: string | undefined): ChangeSet {
  const set = changeSetOf(world, nameOrId, stackName === undefined ? undefined : existingStack(world, stackName).id);
  if (set === undefined) throw new AwsError('ChangeSetNotFound', `ChangeSet [${nameOrId}] does not exist`, 404);
  return set;
}

function described({ action, logicalId, type, physicalId, replacement, properties }: Change): Members {
  return {
    Type: 'Resource',
    ResourceChange: {
      Action: action,
      LogicalResourceId: logicalId,
      ...(physicalId !== undefined && { PhysicalResourceId: physicalId }),
      ResourceType: type,
      ...(replacement !== undefined && { Replacement: replacement }),
      Scope: action === 'Modify' ? [properties.length > 0 ? 'Properties' : 'Tags'] : [],
      Details: properties.map((Name) => ({
        Target: { Attribute: Name === 'Tags' ? 'Tags' : 'Properties', ...(Name !== 'Tags' && { Name }) },
        Evaluation: 'Static',
        ChangeSource: 'DirectModification',
      })),
    },
  };
}
