// What the region keeps of a stack, and the names that its template's functions see.
import type { Principal } from '../access';
import type { Base } from '../base';
import type { Collection } from '../collection';
import { templateError, type Template } from './template';
import type { Properties, Resource, Tag } from './resource';
import { evaluate, NO_VALUE, type Scope } from './intrinsics';

/** A resource that a stack has. */
export interface StackResource {
  readonly logicalId: string;
  readonly type: string;
  /** Undefined until it is there, and when making it failed. */
  readonly physicalId?: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** As they were when it was last made or changed. */
  readonly properties: Properties;
  /** Logical ids of the stack's resources that have to be there before this one. */
  readonly dependsOn: readonly string[];
  readonly deletionPolicy: string;
  readonly status: string;
  readonly reason?: string;
  /** Seconds since 1970. */
  readonly changed: number;
}

/** A resource that gave way to another, and goes when the update has succeeded. */
export interface Superseded {
  readonly resource: StackResource;
  readonly policy: string;
}

/** What a change of a stack needs to go back, or on, when the process is killed. */
export interface Underway {
  readonly principal: Principal;
  /** The stack when the change began. */
  readonly before: Stack;
  readonly superseded: readonly Superseded[];
}

export interface Stack {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly reason?: string;
  readonly templateBody: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** What parameters that name something in Parameter Store stand for. */
  readonly resolved: Readonly<Record<string, string>>;
  readonly tags: readonly Tag[];
  readonly capabilities: readonly string[];
  readonly roleArn?: string;
  readonly description?: string;
  readonly outputs: readonly { OutputKey: string; OutputValue: string; Description?: string }[];
  readonly resources: Readonly<Record<string, StackResource>>;
  readonly changeSetId?: string;
  readonly created: number;
  readonly updated?: number;
  readonly deleted?: number;
  /** While its status ends in `_IN_PROGRESS`. */
  readonly underway?: Underway;
}

export interface StackEvent {
  readonly EventId: string;
  readonly StackId: string;
  readonly StackName: string;
  readonly LogicalResourceId: string;
  readonly PhysicalResourceId: string;
  readonly ResourceType: string;
  readonly ResourceStatus: string;
  readonly ResourceStatusReason?: string;
  readonly Timestamp: number;
}

/** A change set; `after` is what the stack is to be. */
export interface ChangeSet {
  readonly id: string;
  readonly name: string;
  readonly stackId: string;
  readonly type: 'CREATE' | 'UPDATE';
  readonly status: 'CREATE_COMPLETE' | 'FAILED';
  readonly reason?: string;
  readonly executionStatus: 'AVAILABLE' | 'UNAVAILABLE' | 'EXECUTE_COMPLETE';
  readonly description?: string;
  readonly created: number;
  readonly after: Target;
  readonly changes: readonly Change[];
}

/** What a create or an update makes of a stack. */
export type Target = Pick<Stack, 'templateBody' | 'parameters' | 'resolved' | 'tags' | 'capabilities' | 'roleArn'>;

export interface Change {
  readonly action: 'Add' | 'Modify' | 'Remove';
  readonly logicalId: string;
  readonly type: string;
  readonly physicalId?: string;
  readonly replacement?: 'True' | 'False' | 'Conditional';
  readonly properties: readonly string[];
}

export interface CloudFormation extends Base {
  /** By id; a stack that was deleted stays. */
  readonly stacks: Collection<Stack>;
  /** By the stack's id, oldest first. */
  readonly events: Collection<readonly StackEvent[]>;
  /** By id. */
  readonly changeSets: Collection<ChangeSet>;
}

export function createCloudFormation(base: Base): CloudFormation {
  return {
    ...base,
    stacks: base.collection('cloudformation/stacks'),
    events: base.collection('cloudformation/events'),
    changeSets: base.collection('cloudformation/change-sets'),
  };
}

/** The stack of this id, or the one of this name that has not been deleted. */
export function findStack({ stacks }: CloudFormation, nameOrId: string): Stack | undefined {
  return (
    stacks.get(nameOrId) ?? stacks.all().find(({ name, status }) => name === nameOrId && status !== 'DELETE_COMPLETE')
  );
}

/** @throws AwsError ValidationError */
export function existingStack(world: CloudFormation, nameOrId: string): Stack {
  const stack = findStack(world, nameOrId);
  if (stack === undefined) throw templateError(`Stack with id ${nameOrId} does not exist`);
  return stack;
}

/**
 * The scope in which a stack's template is read.
 * @param resource a resource that is there already; undefined when it is not
 */
export function scopeOf(
  { account, region }: Base,
  stack: Pick<Stack, 'id' | 'name'> & Target,
  template: Template,
  resource: (logicalId: string) => Resource | undefined,
): Scope {
  const pseudo: Readonly<Record<string, unknown>> = {
    'AWS::AccountId': account,
    'AWS::Region': region,
    'AWS::Partition': 'aws',
    'AWS::URLSuffix': 'amazonaws.com',
    'AWS::StackId': stack.id,
    'AWS::StackName': stack.name,
    'AWS::NotificationARNs': [],
    'AWS::NoValue': NO_VALUE,
  };
  const there = (logicalId: string): Resource => {
    const found = resource(logicalId);
    if (found === undefined) throw templateError(`Unresolved resource dependencies [${logicalId}] in the template`);
    return found;
  };
  const values = { ...stack.parameters, ...stack.resolved };
  const scope: Scope = {
    ref(name) {
      if (name in pseudo) return pseudo[name];
      const value = values[name];
      if (value === undefined) return there(name).physicalId;
      return template.Parameters[name]?.Type === 'CommaDelimitedList' ? value.split(',') : value;
    },
    attribute(logicalId, name) {
      const value = there(logicalId).attributes?.[name];
      if (value === undefined)
        throw templateError(
          `Template error: resource ${logicalId} does not support attribute type ${name} in Fn::GetAtt`,
        );
      return value;
    },
    condition(name) {
      if (!(name in template.Conditions))
        throw templateError(`Template error: unresolved condition dependency ${name}`);
      return evaluate(template.Conditions[name], scope) === true;
    },
  };
  return scope;
}
