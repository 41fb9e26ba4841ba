// Makes a stack what its template says, and what it was before when that fails; deletes it.
import { isDeepStrictEqual } from 'node:util';
import type { Principal } from '../access';
import { AwsError } from '../errors';
import { seconds } from '../time';
import { without } from '../without';
import { evaluate } from './intrinsics';
import { changedProperties, plannedResources, replaces, type PlannedResource } from './plan';
import { StackRecord } from './record';
import type { Properties, Resource } from './resource';
import {
  scopeOf,
  type CloudFormation,
  type Stack,
  type StackResource,
  type Superseded,
  type Target,
  type Underway,
} from './stack';
import { parseTemplate, type Template } from './template';
import { resourceType } from './types';

/** The words of a stack's statuses, for its first deployment and for later ones. */
const FIRST = { forward: 'CREATE', back: 'ROLLBACK' } as const;
const LATER = { forward: 'UPDATE', back: 'UPDATE_ROLLBACK' } as const;

/** Starts a deployment; the stack's status says how it goes. */
export function deploy(world: CloudFormation, stackId: string, target: Target, principal: Principal): void {
  const record = new StackRecord(world, stackId);
  const before = record.stack;
  const words = wordsOf(before);
  const began = { ...(words === LATER && { updated: seconds() }), underway: begun(before, principal) };
  record.set({ ...target, ...began }, `${words.forward}_IN_PROGRESS`, 'User Initiated');
  world.running.start(stackId, async (signal) => {
    try {
      const template = parseTemplate(target.templateBody);
      const planned = plannedResources(world, { ...before, ...target }, template);
      await advance(world, record, template, planned, principal, signal);
      const outputs = outputsOf(world, record.stack, template);
      if (words === FIRST) record.set({ outputs }, 'CREATE_COMPLETE');
      else {
        record.set({ outputs }, 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS');
        await finish(record, before, planned, principal, signal);
      }
    } catch (error) {
      if (signal.aborted) return; // the region closes; `resume` goes on when it starts again
      record.set({}, `${words.back}_IN_PROGRESS`, reasonOf(error));
      await rollBack(record, before, words, principal, signal);
    }
  });
}

/** Starts to delete a stack. */
export function remove(world: CloudFormation, stackId: string, principal: Principal): void {
  const record = new StackRecord(world, stackId);
  record.set({ underway: begun(record.stack, principal) }, 'DELETE_IN_PROGRESS', 'User Initiated');
  world.running.start(stackId, async (signal) => {
    const failed = await deleteAll(record, Object.values(record.stack.resources), principal, signal);
    if (signal.aborted) return;
    if (failed.length === 0) record.set({ deleted: seconds() }, 'DELETE_COMPLETE');
    else record.set({}, 'DELETE_FAILED', `The following resource(s) failed to delete: [${failed.join(', ')}].`);
  });
}

/** Takes up what a process that was killed left under way: a deployment goes back; a deletion, or what follows an update, goes on. */
export function resume(world: CloudFormation, stackId: string): void {
  const record = new StackRecord(world, stackId);
  const { status, underway } = record.stack;
  if (underway === undefined) return;
  const { before, principal } = underway;
  if (status === 'DELETE_IN_PROGRESS') {
    remove(world, stackId, principal);
    return;
  }
  const words = wordsOf(before);
  world.running.start(stackId, async (signal) => {
    if (status === 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS') {
      const planned = plannedResources(world, record.stack, parseTemplate(record.stack.templateBody));
      await finish(record, before, planned, principal, signal);
      return;
    }
    record.set({}, `${words.back}_IN_PROGRESS`, 'The rehearsal region was stopped before this had ended.');
    await rollBack(record, before, words, principal, signal);
  });
}

function wordsOf({ status }: Stack): typeof FIRST | typeof LATER {
  return status === 'REVIEW_IN_PROGRESS' ? FIRST : LATER;
}

function begun(stack: Stack, principal: Principal): Underway {
  return { principal, before: without(stack, 'underway'), superseded: [] };
}

/** Deletes what an update replaced or removed. */
async function finish(
  record: StackRecord,
  before: Stack,
  planned: readonly PlannedResource[],
  principal: Principal,
  signal: AbortSignal,
): Promise<void> {
  const removed = Object.values(before.resources).filter(
    ({ logicalId }) => !planned.some((resource) => resource.logicalId === logicalId),
  );
  await cleanUp(record, [...record.superseded, ...removed.map(asRemoved)], principal, signal);
  if (signal.aborted) return;
  for (const { logicalId } of removed) record.forget(logicalId);
  record.set({}, 'UPDATE_COMPLETE');
}

/** Creates and updates what the template asks for, each resource once those that it depends on are there. */
async function advance(
  world: CloudFormation,
  record: StackRecord,
  template: Template,
  planned: readonly PlannedResource[],
  principal: Principal,
  signal: AbortSignal,
): Promise<void> {
  const work = new Map<string, Promise<void>>();
  const failed: string[] = [];
  for (const resource of planned) {
    const after = resource.dependsOn.flatMap((name) => work.get(name) ?? []);
    const one = Promise.all(after).then(async () => {
      if (failed.length > 0 || signal.aborted) throw new Skipped();
      try {
        await place(world, record, template, resource, principal, signal);
      } catch (error) {
        failed.push(resource.logicalId);
        throw error;
      }
    });
    work.set(resource.logicalId, one);
  }
  const results = await Promise.allSettled(work.values()); // what is under way is waited for before anything is undone
  if (failed.length > 0 || results.some(({ status }) => status === 'rejected')) {
    throw new AwsError(
      'StackFailure',
      `The following resource(s) failed to ${failed.length === 0 ? 'start' : 'create or update'}: [${failed.join(', ')}].`,
    );
  }
}

/** What did not begin, because something else had failed. */
class Skipped extends Error {
  override readonly name = 'Skipped';
}

async function place(
  world: CloudFormation,
  record: StackRecord,
  template: Template,
  { logicalId, Type: type, Properties: declared, dependsOn, DeletionPolicy, UpdateReplacePolicy }: PlannedResource,
  principal: Principal,
  signal: AbortSignal,
): Promise<void> {
  const present = record.stack.resources[logicalId];
  const handler = resourceType(type);
  const context = record.context(logicalId, type, principal, signal);
  const scope = scopeOf(world, record.stack, template, (name) => record.resource(name));
  const properties = evaluate(declared, scope) as Properties; // a resource's properties are a map
  const kept = { type, dependsOn, deletionPolicy: DeletionPolicy, properties };
  if (present?.physicalId === undefined) {
    record.change(logicalId, { ...kept, attributes: {} }, 'CREATE_IN_PROGRESS');
    await settled('CREATE', () => handler.create(properties, context));
    return;
  }
  const { physicalId, properties: before } = present;
  const changed = changedProperties(before, properties);
  const retagged = handler.properties.Tags !== undefined && !isDeepStrictEqual(record.tagsBefore, record.stack.tags);
  if (changed.length === 0 && !retagged) {
    record.change(logicalId, { ...kept }, undefined);
    return;
  }
  if (replaces(type, changed)) {
    const reason = 'Requested update requires the creation of a new physical resource; hence creating one.';
    record.change(logicalId, kept, 'UPDATE_IN_PROGRESS', reason);
    record.supersede({ resource: present, policy: UpdateReplacePolicy });
    await settled('UPDATE', () => handler.create(properties, context));
    return;
  }
  record.change(logicalId, kept, 'UPDATE_IN_PROGRESS');
  await settled('UPDATE', () => handler.update(physicalId, properties, before, context));

  async function settled(word: string, work: () => Promise<Resource>): Promise<void> {
    try {
      const { physicalId: id, attributes = {} } = await work();
      record.change(logicalId, { physicalId: id, attributes }, `${word}_COMPLETE`);
    } catch (error) {
      record.change(logicalId, {}, `${word}_FAILED`, reasonOf(error));
      throw error;
    }
  }
}

/** Brings every resource back to what it was before the deployment. */
async function rollBack(
  record: StackRecord,
  before: Stack,
  words: typeof FIRST | typeof LATER,
  principal: Principal,
  signal: AbortSignal,
): Promise<void> {
  const failed: string[] = [];
  const replaced = new Map(record.superseded.map(({ resource }) => [resource.logicalId, resource]));
  const now = Object.values(record.stack.resources);
  for (const resource of now) {
    const { logicalId, type, physicalId, properties } = resource;
    const former = before.resources[logicalId];
    if (former?.physicalId === undefined || physicalId === undefined || replaced.has(logicalId)) continue;
    if (changedProperties(former.properties, properties).length === 0) continue;
    const context = record.context(logicalId, type, principal, signal);
    try {
      record.change(logicalId, {}, 'UPDATE_IN_PROGRESS');
      await resourceType(type).update(physicalId, former.properties, properties, context);
      record.change(logicalId, former, 'UPDATE_COMPLETE');
    } catch (error) {
      failed.push(logicalId);
      record.change(logicalId, {}, 'UPDATE_FAILED', reasonOf(error));
    }
  }
  const made = now.filter(({ logicalId, physicalId }) => {
    const former = before.resources[logicalId];
    return former?.physicalId === undefined || (replaced.has(logicalId) && physicalId !== former.physicalId);
  });
  // What a failed creation leaves is deleted whatever its policy says, when it is this deployment that made it.
  const fresh = made.map((resource) => ({ ...resource, deletionPolicy: keptOnRollback(resource, words) }));
  failed.push(...(await deleteAll(record, fresh, principal, signal)));
  for (const [logicalId, former] of replaced) record.change(logicalId, former, undefined);
  for (const { logicalId } of made) if (!(logicalId in before.resources) && words === LATER) record.forget(logicalId);
  if (signal.aborted) return;
  const { templateBody, parameters, resolved, tags, capabilities } = before;
  const restored = words === LATER ? { templateBody, parameters, resolved, tags, capabilities } : {};
  if (failed.length === 0) record.set(restored, `${words.back}_COMPLETE`);
  else
    record.set(
      restored,
      `${words.back}_FAILED`,
      `The following resource(s) failed to roll back: [${failed.join(', ')}].`,
    );
}

/**
 * Source: CloudFormation User Guide, "DeletionPolicy attribute": a stack's first resources with `Retain` stay when it rolls
 * back, those with `RetainExceptOnCreate` go.
 */
function keptOnRollback({ deletionPolicy }: StackResource, words: typeof FIRST | typeof LATER): string {
  return words === FIRST && deletionPolicy === 'Retain' ? 'Retain' : 'Delete';
}

async function cleanUp(
  record: StackRecord,
  gone: readonly Superseded[],
  principal: Principal,
  signal: AbortSignal,
): Promise<void> {
  for (const { resource, policy } of gone) {
    if (retains(policy) || resource.physicalId === undefined) continue;
    const { logicalId, type, physicalId, properties } = resource;
    const context = record.context(logicalId, type, principal, signal);
    record.tell(resource, 'DELETE_IN_PROGRESS');
    try {
      await resourceType(type).delete(physicalId, properties, context);
      record.tell(resource, 'DELETE_COMPLETE');
    } catch (error) {
      record.tell(resource, 'DELETE_FAILED', reasonOf(error)); // the update has succeeded all the same, as on AWS
    }
  }
}

function retains(policy: string): boolean {
  return policy === 'Retain' || policy === 'RetainExceptOnCreate';
}

function asRemoved(resource: StackResource): Superseded {
  return { resource, policy: resource.deletionPolicy };
}

/** Deletes resources, each once those that depend on it have gone. Returns those that would not go. */
async function deleteAll(
  record: StackRecord,
  resources: readonly StackResource[],
  principal: Principal,
  signal: AbortSignal,
): Promise<string[]> {
  const failed: string[] = [];
  let left = resources.filter(({ physicalId, status }) => physicalId !== undefined && status !== 'DELETE_COMPLETE');
  while (left.length > 0) {
    const free = left.filter(({ logicalId }) => !left.some(({ dependsOn }) => dependsOn.includes(logicalId)));
    await Promise.all(
      free.map(async (resource) => {
        const { logicalId, type, physicalId = '', properties, deletionPolicy } = resource;
        if (retains(deletionPolicy)) {
          record.change(logicalId, {}, 'DELETE_SKIPPED');
          return;
        }
        record.change(logicalId, {}, 'DELETE_IN_PROGRESS');
        try {
          await resourceType(type).delete(physicalId, properties, record.context(logicalId, type, principal, signal));
          record.change(logicalId, {}, 'DELETE_COMPLETE');
        } catch (error) {
          failed.push(logicalId);
          record.change(logicalId, {}, 'DELETE_FAILED', reasonOf(error));
        }
      }),
    );
    if (failed.length > 0 || signal.aborted) break;
    left = left.filter((resource) => !free.includes(resource));
  }
  return failed;
}

function outputsOf(world: CloudFormation, stack: Stack, template: Template): Stack['outputs'] {
  const scope = scopeOf(world, stack, template, (name) => {
    const found = stack.resources[name];
    return found?.physicalId === undefined ? undefined : { physicalId: found.physicalId, attributes: found.attributes };
  });
  return Object.entries(template.Outputs)
    .filter(([, { Condition }]) => Condition === undefined || scope.condition(Condition))
    .map(([OutputKey, { Value, Description }]) => ({
      OutputKey,
      OutputValue: String(evaluate(Value, scope)),
      ...(Description !== undefined && { Description }),
    }));
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
