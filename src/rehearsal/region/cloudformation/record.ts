// A stack while it changes: every change is written down, and becomes an event.
import { randomBytes, randomUUID } from 'node:crypto';
import { text } from 'node:stream/consumers';
import type { Principal } from '../access';
import { ACCESS_KEY } from '../isolation';
import { seconds } from '../time';
import { without } from '../without';
import type { Resource, ResourceContext, Tag } from './resource';
import type { CloudFormation, Stack, StackResource, Superseded } from './stack';

export class StackRecord {
  /** The stack's tags when the change began. */
  readonly tagsBefore: readonly Tag[];

  constructor(
    private readonly world: CloudFormation,
    private readonly id: string,
  ) {
    this.tagsBefore = this.stack.tags;
  }

  get stack(): Stack {
    const stack = this.world.stacks.get(this.id);
    if (stack === undefined) throw new Error(`The stack ${this.id} is gone.`);
    return stack;
  }

  set(changes: Partial<Stack>, status: string, reason?: string): void {
    const gone = status.endsWith('_IN_PROGRESS') ? (['reason'] as const) : (['reason', 'underway'] as const);
    const stack = without(this.stack, ...gone);
    this.world.stacks.put(this.id, { ...stack, ...changes, status, ...(reason !== undefined && { reason }) });
    if (status === 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS') return; // a status of stacks that the model has not for events
    const self = { logicalId: stack.name, physicalId: this.id, type: 'AWS::CloudFormation::Stack' };
    this.tell(self, status, reason);
  }

  /** @param status undefined where nothing happens to the resource itself */
  change(logicalId: string, changes: Partial<StackResource>, status: string | undefined, reason?: string): void {
    const { stack } = this;
    const fresh = {
      logicalId,
      type: '',
      attributes: {},
      properties: {},
      dependsOn: [],
      deletionPolicy: 'Delete',
      status: '',
    };
    const present = without(stack.resources[logicalId] ?? fresh, 'reason');
    const resource: StackResource = {
      ...present,
      ...changes,
      ...(status !== undefined && { status, changed: seconds() }),
      ...(reason !== undefined && { reason }),
      changed: seconds(),
    };
    this.world.stacks.put(this.id, { ...stack, resources: { ...stack.resources, [logicalId]: resource } });
    if (status !== undefined) this.tell(resource, status, reason);
  }

  forget(logicalId: string): void {
    const resources = without(this.stack.resources, logicalId);
    this.world.stacks.put(this.id, { ...this.stack, resources });
  }

  /** Resources that gave way to others in the change that is under way. */
  get superseded(): readonly Superseded[] {
    return this.stack.underway?.superseded ?? [];
  }

  supersede(one: Superseded): void {
    const { stack, superseded } = this;
    if (stack.underway === undefined) throw new Error(`Nothing is under way with the stack ${this.id}.`);
    this.world.stacks.put(this.id, { ...stack, underway: { ...stack.underway, superseded: [...superseded, one] } });
  }

  /** A resource that is there. */
  resource(logicalId: string): Resource | undefined {
    const found = this.stack.resources[logicalId];
    return found?.physicalId === undefined ? undefined : { physicalId: found.physicalId, attributes: found.attributes };
  }

  tell(resource: { logicalId: string; physicalId?: string; type: string }, status: string, reason?: string): void {
    const { id, name } = this.stack;
    const event = {
      EventId: randomUUID(),
      StackId: id,
      StackName: name,
      LogicalResourceId: resource.logicalId,
      PhysicalResourceId: resource.physicalId ?? '',
      ResourceType: resource.type,
      ResourceStatus: status,
      ...(reason !== undefined && { ResourceStatusReason: reason }),
      Timestamp: seconds(),
    };
    this.world.events.put(id, [...(this.world.events.get(id) ?? []), event]);
  }

  context(logicalId: string, type: string, principal: Principal, signal: AbortSignal): ResourceContext {
    const { account, region, apis, principals } = this.world;
    const { id, name, tags, roleArn } = this.stack;
    return {
      account,
      region,
      stackName: name,
      stackId: id,
      logicalId,
      type,
      signal,
      stackTags: tags,
      caller: apis.as(roleArn === undefined ? principal : principals.role(roleArn)),
      generatedName(longest) {
        const tail = `-${randomBytes(6).toString('hex').toUpperCase()}`;
        return `${name}-${logicalId}`.slice(0, longest - tail.length) + tail;
      },
      responseAt: (requestId) => this.responseAt(requestId),
    };
  }

  /** A presigned URL of S3 for a custom resource's answer, and what takes the answer. */
  private responseAt(requestId: string): { url: string; take(): Promise<string | undefined> } {
    const { storage, region, url } = this.world;
    const bucket = `cloudformation-custom-resource-response-${region}`;
    storage.createBucket(bucket);
    const scope = encodeURIComponent(`${ACCESS_KEY}/20260101/${region}/s3/aws4_request`);
    return {
      url: `${url}/${bucket}/${requestId}?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${scope}&X-Amz-Signature=none`,
      async take() {
        const found = storage.bucket(bucket);
        const object = found?.get(requestId);
        if (found === undefined || object === undefined) return undefined;
        const answer = await text(found.read(object));
        found.delete(requestId);
        return answer;
      },
    };
  }
}
