// SNS: topics, and mails to those who subscribed to them.
import { join } from 'node:path';
import { z } from 'zod';
import { assumed, documented } from '../behaviour';
import { Collection } from '../collection';
import { AwsError } from '../errors';
import { SNS_MODEL } from '../model';
import { operationsOf, type Access, type ApiDeclaration } from '../service';
import { arnOf, serviceOf, uuid, type Setting } from '../setting';
import { Mailbox } from './mailbox';

export { Mailbox, type Mail } from './mailbox';

interface Topic {
  readonly TopicArn: string;
  /** As GetTopicAttributes has them. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly tags: readonly { readonly Key: string; readonly Value: string }[];
}

interface Subscription {
  readonly SubscriptionArn: string;
  readonly TopicArn: string;
  readonly Protocol: string;
  readonly Endpoint: string;
}

export interface SnsWorld extends Setting {
  readonly topics: Collection<Topic>;
  readonly subscriptions: Collection<Subscription>;
  readonly mailbox: Mailbox;
}

export function createSnsWorld(setting: Setting): SnsWorld {
  const folder = join(setting.stateDir, 'sns');
  return {
    ...setting,
    topics: new Collection(join(folder, 'topics')),
    subscriptions: new Collection(join(folder, 'subscriptions')),
    mailbox: new Mailbox(join(setting.stateDir, 'mail')),
  };
}

const API = 'SNS API Reference';
const operation = operationsOf<SnsWorld>();
const onTopic = (name: string) => (input: { readonly TopicArn?: string }) => [
  { action: `sns:${name}`, resources: [input.TopicArn ?? '*'] },
];
/** Attributes that the region keeps; those that change how a topic behaves are refused. */
const ATTRIBUTES = ['DisplayName', 'KmsMasterKeyId', 'Policy'];

const createTopic = operation<{ Name: string; Attributes?: Record<string, string>; Tags?: Topic['tags'] }>(
  'CreateTopic',
  {
    claims: [
      documented('A topic that is there already is answered with its ARN.', `${API}, CreateTopic`),
      assumed('Messages are not encrypted on this machine, whatever key a topic names.'),
    ],
    refuses: ['DataProtectionPolicy'],
    access: ({ Name }, world) => [{ action: 'sns:CreateTopic', resources: [arnOf(world, 'sns', Name)] }],
  },
  ({ Name, Attributes = {}, Tags = [] }, world) => {
    const TopicArn = arnOf(world, 'sns', Name);
    for (const name of Object.keys(Attributes)) knownAttribute(name);
    if (!world.topics.get(TopicArn)) world.topics.put(TopicArn, { TopicArn, attributes: Attributes, tags: Tags });
    return { TopicArn };
  },
);

const deleteTopic = operation<{ TopicArn: string }>(
  'DeleteTopic',
  {
    claims: [documented('Its subscriptions go with it; one that is not there is no error.', `${API}, DeleteTopic`)],
    access: onTopic('DeleteTopic'),
  },
  ({ TopicArn }, { topics, subscriptions }) => {
    topics.delete(TopicArn);
    for (const one of subscriptions.all()) if (one.TopicArn === TopicArn) subscriptions.delete(one.SubscriptionArn);
    return {};
  },
);

const getTopicAttributes = operation<{ TopicArn: string }>(
  'GetTopicAttributes',
  { claims: [], access: onTopic('GetTopicAttributes') },
  ({ TopicArn }, world) => ({ Attributes: { TopicArn, ...existing(world, TopicArn).attributes } }),
);

const setTopicAttributes = operation<{ TopicArn: string; AttributeName: string; AttributeValue?: string }>(
  'SetTopicAttributes',
  {
    claims: [assumed(`Attributes other than ${ATTRIBUTES.join(', ')} are refused.`)],
    access: onTopic('SetTopicAttributes'),
  },
  ({ TopicArn, AttributeName, AttributeValue = '' }, world) => {
    const topic = existing(world, TopicArn);
    knownAttribute(AttributeName);
    world.topics.put(TopicArn, { ...topic, attributes: { ...topic.attributes, [AttributeName]: AttributeValue } });
    return {};
  },
);

const subscribe = operation<{ TopicArn: string; Protocol: string; Endpoint?: string }>(
  'Subscribe',
  {
    claims: [
      documented('An address is asked by mail whether it wants to subscribe.', `${API}, Subscribe`),
      assumed(
        'The person behind an address confirms at once; so the ARN comes back instead of “pending confirmation”.',
      ),
      assumed('The protocol is email; others are refused.'),
    ],
    refuses: ['Attributes'],
    access: onTopic('Subscribe'),
  },
  ({ TopicArn, Protocol, Endpoint = '' }, world) => {
    existing(world, TopicArn);
    if (Protocol !== 'email') throw invalid(`The rehearsal region does not deliver by ${Protocol}, only by email.`);
    const SubscriptionArn = `${TopicArn}:${uuid()}`;
    world.subscriptions.put(SubscriptionArn, { SubscriptionArn, TopicArn, Protocol, Endpoint });
    world.mailbox.put({
      date: new Date().toISOString(),
      to: Endpoint,
      subject: 'AWS Notification - Subscription Confirmation',
      text: `You have chosen to subscribe to the topic:\n${TopicArn}`,
    });
    return { SubscriptionArn };
  },
);

const unsubscribe = operation<{ SubscriptionArn: string }>(
  'Unsubscribe',
  {
    claims: [],
    access: ({ SubscriptionArn }) => onTopic('Unsubscribe')({ TopicArn: SubscriptionArn.replace(/:[^:]+$/, '') }),
  },
  ({ SubscriptionArn }, { subscriptions }) => {
    if (!subscriptions.get(SubscriptionArn)) throw notFound('Subscription does not exist');
    subscriptions.delete(SubscriptionArn);
    return {};
  },
);

const listSubscriptionsByTopic = operation<{ TopicArn: string }>(
  'ListSubscriptionsByTopic',
  { claims: [assumed('All come on one page.')], refuses: ['NextToken'], access: onTopic('ListSubscriptionsByTopic') },
  ({ TopicArn }, world) => {
    existing(world, TopicArn);
    const ofTopic = world.subscriptions.all().filter((one) => one.TopicArn === TopicArn);
    return { Subscriptions: ofTopic.map((one) => ({ ...one, Owner: world.account })) };
  },
);

const publish = operation<{ TopicArn?: string; Message: string; Subject?: string }>(
  'Publish',
  {
    claims: [
      documented('Each subscribed address gets the message, under the subject.', `${API}, Publish`),
      documented(
        'A service may publish to a topic whose policy permits it: AuthorizationError.',
        'SNS Developer Guide, "Amazon SNS policy example cases"',
      ),
      assumed('Of a policy’s statements, conditions are not evaluated.'),
      assumed('A mail is written to the mailbox folder; none is sent.'),
    ],
    refuses: [
      'TargetArn',
      'PhoneNumber',
      'MessageStructure',
      'MessageAttributes',
      'MessageDeduplicationId',
      'MessageGroupId',
    ],
    access: ({ TopicArn = '' }, world) => [...onTopic('Publish')({ TopicArn }), ...keyOf(TopicArn, world)],
  },
  ({ TopicArn = '', Message, Subject }, world, { principal }) => {
    const { attributes } = existing(world, TopicArn);
    const service = serviceOf(principal);
    if (service !== undefined && !permits(attributes.Policy, service)) {
      const message = `${service} is not authorized to perform: SNS:Publish on resource: ${TopicArn}`;
      throw new AwsError('AuthorizationError', message, 403);
    }
    for (const { TopicArn: of, Endpoint } of world.subscriptions.all()) {
      if (of !== TopicArn) continue;
      const subject = Subject ?? 'AWS Notification Message';
      world.mailbox.put({ date: new Date().toISOString(), to: Endpoint, subject, text: Message });
    }
    return { MessageId: uuid() };
  },
);

export const SNS_API: ApiDeclaration<SnsWorld> = {
  name: 'sns',
  model: SNS_MODEL,
  invalid: 'InvalidParameter',
  operations: [
    createTopic,
    deleteTopic,
    getTopicAttributes,
    setTopicAttributes,
    subscribe,
    unsubscribe,
    listSubscriptionsByTopic,
    publish,
  ],
};

/** What publishing to a topic takes of the key that encrypts it, where that is one of the account's own. */
function keyOf(topicArn: string, world: SnsWorld): Access[] {
  const key = world.topics.get(topicArn)?.attributes.KmsMasterKeyId;
  if (key === undefined || key.startsWith('alias/aws/')) return [];
  const resources = [key.startsWith('arn:') ? key : arnOf(world, 'kms', `key/${key}`)];
  const context = { 'kms:ViaService': `sns.${world.region}.amazonaws.com` };
  return ['kms:Decrypt', 'kms:GenerateDataKey'].map((action) => ({ action, resources, context }));
}

const words = z.union([z.string().transform((one) => [one]), z.array(z.string())]);
const topicPolicy = z.looseObject({
  Statement: z.array(
    z.looseObject({
      Effect: z.string(),
      Action: words.transform((actions) => actions.map((action) => action.toLowerCase())),
      Principal: z.union([
        z.literal('*').transform(() => ({ Service: ['*'] })),
        z.looseObject({ Service: words.default([]) }),
      ]),
    }),
  ),
});

/** Whether a topic's policy lets a service publish. */
function permits(policy: string | undefined, service: string): boolean {
  if (policy === undefined || policy === '') return false;
  return topicPolicy
    .parse(JSON.parse(policy))
    .Statement.some(
      ({ Effect, Action, Principal }) =>
        Effect === 'Allow' &&
        Action.some((action) => ['sns:publish', 'sns:*', '*'].includes(action)) &&
        Principal.Service.some((one) => one === service || one === '*'),
    );
}

function existing({ topics }: SnsWorld, arn: string): Topic {
  const topic = topics.get(arn);
  if (topic === undefined) throw notFound('Topic does not exist');
  return topic;
}

function knownAttribute(name: string): void {
  if (!ATTRIBUTES.includes(name)) throw invalid(`The rehearsal region does not take the topic attribute ${name}.`);
}

function notFound(message: string): AwsError {
  return new AwsError('NotFound', message, 404);
}

function invalid(message: string): AwsError {
  return new AwsError('InvalidParameter', message);
}
