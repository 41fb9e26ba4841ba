// EventBridge's resource type of CloudFormation.
import {
  picked,
  tagsOf,
  textOf,
  type Properties,
  type ResourceContext,
  type ResourceType,
} from '../cloudformation/resource';
import { keepsTags, unlessGone } from '../cloudformation/shapes';
import type { Target } from './world';

/** Source: EventBridge API Reference, PutRule: Name. */
const LONGEST_NAME = 64;
const GONE = 'ResourceNotFoundException';

const rule: ResourceType = {
  type: 'AWS::Events::Rule',
  properties: {
    Name: 'replaces',
    Description: 'updates',
    EventPattern: 'updates',
    State: 'updates',
    Targets: 'updates',
    Tags: 'updates',
  },
  required: ['EventPattern'],
  attributes: ['Arn'],
  create: (properties, context) =>
    put(textOf(properties, 'Name') ?? context.generatedName(LONGEST_NAME), properties, context, {
      Tags: tagsOf(properties, context),
    }),
  async update(physicalId, properties, before, context) {
    keepsTags(properties, before);
    const kept = new Set(targetsOf(properties).map(({ Id }) => Id));
    const gone = targetsOf(before)
      .map(({ Id }) => Id)
      .filter((id) => !kept.has(id));
    if (gone.length > 0) await context.caller.call('events', 'RemoveTargets', { Rule: physicalId, Ids: gone });
    return put(physicalId, properties, context, {});
  },
  async delete(physicalId, properties, { caller }) {
    const Ids = targetsOf(properties).map(({ Id }) => Id);
    if (Ids.length > 0) await unlessGone(caller.call('events', 'RemoveTargets', { Rule: physicalId, Ids }), GONE);
    await caller.call('events', 'DeleteRule', { Name: physicalId });
  },
};

async function put(Name: string, properties: Properties, { caller }: ResourceContext, more: Properties) {
  const EventPattern = JSON.stringify(properties.EventPattern);
  const { RuleArn } = await caller.call('events', 'PutRule', {
    ...picked(properties, 'Description', 'State'),
    ...more,
    Name,
    EventPattern,
  });
  const Targets = targetsOf(properties);
  if (Targets.length > 0) await caller.call('events', 'PutTargets', { Rule: Name, Targets });
  return { physicalId: Name, attributes: { Arn: String(RuleArn) } };
}

function targetsOf({ Targets = [] }: Properties): readonly Target[] {
  return Targets as readonly Target[]; // the call that puts them checks them
}

export const EVENTS_RESOURCES: readonly ResourceType[] = [rule];
