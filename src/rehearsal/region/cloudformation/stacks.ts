// Stacks: created, updated, deleted, and told of.
import { randomUUID } from 'node:crypto';
import { assumed, documented } from '../behaviour';
import { AwsError } from '../errors';
import type { Members } from '../service';
import { seconds } from '../time';
import { deploy, remove } from './deployment';
import { API, GUIDE, onStack, operation, refuseOtherModes, refuseUnlessUpdatable, stackArn } from './operation';
import { changesOf, plannedResources } from './plan';
import { existingStack, findStack, type CloudFormation, type Stack, type Target } from './stack';
import { refuseUnlessAssumable, targetOf, type StackRequest } from './target';
import { templateError } from './template';

/** Members that nothing here would heed. */
export const NOT_TAKEN = [
  'NotificationARNs',
  'RollbackConfiguration',
  'ResourceTypes',
  'StackPolicyBody',
  'StackPolicyURL',
];

const createStack = operation<StackRequest & { StackName: string }>(
  'CreateStack',
  {
    claims: [
      documented(
        'A name that a stack has which was not deleted: AlreadyExistsException.',
        `${API}, CreateStack: Errors`,
      ),
      documented('Capabilities must name what the template makes in IAM.', `${API}, CreateStack: Capabilities`),
      documented(
        'A role that is not there, or does not trust CloudFormation, is refused.',
        `${API}, CreateStack: RoleARN`,
      ),
      documented(
        'When a resource fails, what was made is deleted and the stack is ROLLBACK_COMPLETE.',
        `${API}, CreateStack: OnFailure`,
      ),
      assumed(
        'A region that is stopped while a stack changes takes it back when it starts again, and goes on deleting; a resource whose making was cut off may stay.',
      ),
      assumed('A type, property or function that the region has not is refused before anything is made.'),
      assumed(
        'A resource has its stack’s tags under its own; CloudFormation’s own three (aws:cloudformation:…) are not added.',
      ),
    ],
    refuses: [
      ...NOT_TAKEN,
      'OnFailure',
      'DisableRollback',
      'TimeoutInMinutes',
      'RetainExceptOnCreate',
      'EnableTerminationProtection',
    ],
    access: onStack('CreateStack'),
  },
  async (input, world, caller) => {
    refuseOtherModes(input.DeploymentConfig);
    refuseTakenName(world, input.StackName);
    const { target, template } = await targetOf(world, input, undefined, caller);
    const stack = newStack(world, input.StackName, target, template.Description);
    plannedResources(world, stack, template);
    world.stacks.put(stack.id, stack);
    deploy(world, stack.id, target, caller.principal);
    return { StackId: stack.id };
  },
);

const updateStack = operation<StackRequest & { StackName: string }>(
  'UpdateStack',
  {
    claims: [
      documented(
        'Nothing to change: ValidationError, “No updates are to be performed.”',
        `${GUIDE}, "Troubleshooting CloudFormation"`,
      ),
      documented('A stack in ROLLBACK_COMPLETE can only be deleted.', `${GUIDE}, "Stack status codes"`),
      documented(
        'When a resource fails, all go back to what they were: UPDATE_ROLLBACK_COMPLETE.',
        `${GUIDE}, "Stack status codes"`,
      ),
      documented(
        'What was replaced or removed is deleted after all else has succeeded.',
        `${GUIDE}, "Update behaviors of stack resources"`,
      ),
    ],
    refuses: [...NOT_TAKEN, 'DisableRollback', 'RetainExceptOnCreate'],
    access: onStack('UpdateStack'),
  },
  async (input, world, caller) => {
    refuseOtherModes(input.DeploymentConfig);
    const stack = existingStack(world, input.StackName);
    refuseUnlessUpdatable(stack);
    const { target, template } = await targetOf(world, input, stack, caller);
    if (changesOf(world, stack, target, template).length === 0) throw templateError('No updates are to be performed.');
    deploy(world, stack.id, target, caller.principal);
    return { StackId: stack.id };
  },
);

const deleteStack = operation<{
  StackName: string;
  RoleARN?: string;
  DeploymentConfig?: StackRequest['DeploymentConfig'];
}>(
  'DeleteStack',
  {
    claims: [
      documented(
        'Resources go in the order that their dependencies allow; those to be retained stay.',
        `${GUIDE}, "DeletionPolicy attribute"`,
      ),
      documented('A stack that is not there is no error.', `${API}, DeleteStack`),
      documented(
        'A resource that will not go: DELETE_FAILED, and deleting again goes on.',
        `${GUIDE}, "Stack status codes"`,
      ),
    ],
    refuses: ['RetainResources', 'DeletionMode'],
    access: onStack('DeleteStack'),
  },
  async ({ StackName, RoleARN, DeploymentConfig }, world, caller) => {
    refuseOtherModes(DeploymentConfig);
    const stack = findStack(world, StackName);
    if (stack === undefined || stack.status === 'DELETE_COMPLETE' || stack.status === 'DELETE_IN_PROGRESS') return {};
    if (stack.status.endsWith('_IN_PROGRESS') && stack.status !== 'REVIEW_IN_PROGRESS') {
      throw templateError(`Stack [${stack.id}] cannot be deleted while in status ${stack.status}`);
    }
    if (RoleARN !== undefined) await refuseUnlessAssumable(world, RoleARN);
    if (RoleARN !== undefined) world.stacks.put(stack.id, { ...stack, roleArn: RoleARN });
    remove(world, stack.id, caller.principal);
    return {};
  },
);

const describeStacks = operation<{ StackName?: string }>(
  'DescribeStacks',
  {
    claims: [
      documented(
        'A name that no stack has: ValidationError, “Stack with id … does not exist”.',
        `${API}, DescribeStacks`,
      ),
      documented('A deleted stack is found by its id alone.', `${API}, DescribeStacks: StackName`),
      assumed('All stacks come on one page.'),
    ],
    access: onStack('DescribeStacks'),
  },
  ({ StackName }, world) => {
    const stacks =
      StackName === undefined
        ? world.stacks.all().filter(({ status }) => status !== 'DELETE_COMPLETE')
        : [existingStack(world, StackName)];
    return { Stacks: stacks.map(described) };
  },
);

const describeStackEvents = operation<{ StackName: string }>(
  'DescribeStackEvents',
  {
    claims: [
      documented('The latest event comes first.', `${API}, DescribeStackEvents`),
      assumed('All events come on one page.'),
    ],
    access: onStack('DescribeStackEvents'),
  },
  ({ StackName }, world) => ({
    StackEvents: (world.events.get(existingStack(world, StackName).id) ?? []).toReversed(),
  }),
);

const describeStackResources = operation<{ StackName?: string; LogicalResourceId?: string }>(
  'DescribeStackResources',
  {
    claims: [documented('Deleted resources are told of too.', `${API}, DescribeStackResources`)],
    refuses: ['PhysicalResourceId'],
    access: onStack('DescribeStackResources'),
  },
  ({ StackName = '', LogicalResourceId }, world) => {
    const { id: StackId, name, resources } = existingStack(world, StackName);
    const wanted = Object.values(resources).filter(
      ({ logicalId }) => LogicalResourceId === undefined || logicalId === LogicalResourceId,
    );
    const StackResources = wanted.map((resource) => ({
      StackName: name,
      StackId,
      LogicalResourceId: resource.logicalId,
      ...(resource.physicalId !== undefined && { PhysicalResourceId: resource.physicalId }),
      ResourceType: resource.type,
      Timestamp: resource.changed,
      ResourceStatus: resource.status,
      ...(resource.reason !== undefined && { ResourceStatusReason: resource.reason }),
    }));
    return { StackResources };
  },
);

const getTemplate = operation<{ StackName?: string }>(
  'GetTemplate',
  {
    claims: [documented('The template as it was given.', `${API}, GetTemplate: TemplateStage`)],
    refuses: ['ChangeSetName'],
    access: onStack('GetTemplate'),
  },
  ({ StackName = '' }, world) => ({
    TemplateBody: existingStack(world, StackName).templateBody,
    StagesAvailable: ['Original', 'Processed'],
  }),
);

export const STACK_OPERATIONS = [
  createStack,
  updateStack,
  deleteStack,
  describeStacks,
  describeStackEvents,
  describeStackResources,
  getTemplate,
];

/** A stack that nothing has been made of yet. */
export function newStack(world: CloudFormation, name: string, target: Target, description: string | undefined): Stack {
  return {
    ...target,
    id: stackArn(world, name, randomUUID()),
    name,
    status: 'REVIEW_IN_PROGRESS',
    ...(description !== undefined && { description }),
    outputs: [],
    resources: {},
    created: seconds(),
  };
}

/** @throws AwsError AlreadyExistsException */
export function refuseTakenName(world: CloudFormation, name: string): void {
  const taken = findStack(world, name);
  if (taken !== undefined && taken.status !== 'DELETE_COMPLETE')
    throw new AwsError('AlreadyExistsException', `Stack [${name}] already exists`);
}

function described(stack: Stack): Members {
  return {
    StackId: stack.id,
    StackName: stack.name,
    ...(stack.changeSetId !== undefined && { ChangeSetId: stack.changeSetId }),
    ...(stack.description !== undefined && { Description: stack.description }),
    Parameters: Object.entries(stack.parameters).map(([ParameterKey, ParameterValue]) => ({
      ParameterKey,
      ParameterValue,
      ...(stack.resolved[ParameterKey] !== undefined && { ResolvedValue: stack.resolved[ParameterKey] }),
    })),
    CreationTime: stack.created,
    ...(stack.updated !== undefined && { LastUpdatedTime: stack.updated }),
    ...(stack.deleted !== undefined && { DeletionTime: stack.deleted }),
    StackStatus: stack.status,
    ...(stack.reason !== undefined && { StackStatusReason: stack.reason }),
    Capabilities: stack.capabilities,
    Outputs: stack.outputs,
    ...(stack.roleArn !== undefined && { RoleARN: stack.roleArn }),
    Tags: stack.tags,
  };
}
