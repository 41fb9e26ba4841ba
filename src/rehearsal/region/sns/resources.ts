// SNS's resource types of CloudFormation.
import {
  picked,
  tagsOf,
  textOf,
  type Properties,
  type ResourceContext,
  type ResourceType,
} from '../cloudformation/resource';
import { keepsTags, unlessGone } from '../cloudformation/shapes';

/** Source: SNS API Reference, CreateTopic: Name. */
const LONGEST_NAME = 256;
const ATTRIBUTES = ['DisplayName', 'KmsMasterKeyId'];
const GONE = 'NotFound';

const topic: ResourceType = {
  type: 'AWS::SNS::Topic',
  properties: { TopicName: 'replaces', DisplayName: 'updates', KmsMasterKeyId: 'updates', Tags: 'updates' },
  attributes: ['TopicArn', 'TopicName'],
  async create(properties, context) {
    const Name = textOf(properties, 'TopicName') ?? context.generatedName(LONGEST_NAME);
    const Attributes = picked(properties, ...ATTRIBUTES);
    const input = { Name, Attributes, Tags: tagsOf(properties, context) };
    const { TopicArn } = await context.caller.call('sns', 'CreateTopic', input);
    return asResource(String(TopicArn));
  },
  async update(physicalId, properties, before, { caller }) {
    keepsTags(properties, before);
    for (const name of ATTRIBUTES) {
      if (properties[name] === before[name]) continue;
      const input = { TopicArn: physicalId, AttributeName: name, AttributeValue: textOf(properties, name) ?? '' };
      await caller.call('sns', 'SetTopicAttributes', input);
    }
    return asResource(physicalId);
  },
  async delete(physicalId, _properties, { caller }) {
    await caller.call('sns', 'DeleteTopic', { TopicArn: physicalId });
  },
};

function asResource(TopicArn: string) {
  return { physicalId: TopicArn, attributes: { TopicArn, TopicName: TopicArn.slice(TopicArn.lastIndexOf(':') + 1) } };
}

const topicPolicy: ResourceType = {
  type: 'AWS::SNS::TopicPolicy',
  properties: { PolicyDocument: 'updates', Topics: 'updates' },
  required: ['PolicyDocument', 'Topics'],
  async create(properties, context) {
    await setPolicy(properties, context, JSON.stringify(properties.PolicyDocument));
    return { physicalId: context.generatedName(LONGEST_NAME) };
  },
  async update(physicalId, properties, _before, context) {
    await setPolicy(properties, context, JSON.stringify(properties.PolicyDocument));
    return { physicalId };
  },
  async delete(_physicalId, properties, context) {
    await unlessGone(setPolicy(properties, context, ''), GONE);
  },
};

async function setPolicy({ Topics }: Properties, { caller }: ResourceContext, AttributeValue: string): Promise<void> {
  // `Topics` is required, a list by CloudFormation's schema.
  for (const TopicArn of Topics as readonly string[]) {
    await caller.call('sns', 'SetTopicAttributes', { TopicArn, AttributeName: 'Policy', AttributeValue });
  }
}

const subscription: ResourceType = {
  type: 'AWS::SNS::Subscription',
  properties: { TopicArn: 'replaces', Protocol: 'replaces', Endpoint: 'replaces' },
  required: ['TopicArn', 'Protocol'],
  async create(properties, { caller }) {
    const { SubscriptionArn } = await caller.call('sns', 'Subscribe', properties);
    return { physicalId: String(SubscriptionArn) };
  },
  update: (physicalId) => Promise.resolve({ physicalId }),
  async delete(SubscriptionArn, _properties, { caller }) {
    await unlessGone(caller.call('sns', 'Unsubscribe', { SubscriptionArn }), GONE);
  },
};

export const SNS_RESOURCES: readonly ResourceType[] = [topic, topicPolicy, subscription];
