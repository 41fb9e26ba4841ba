// Queues: made, found, counted and deleted.
import { assumed, documented } from '../behaviour';
import { AwsError } from '../errors';
import { arnOf } from '../setting';
import { API, existing, messagesOf, onQueue, operation, queueName, type OfQueue, type SqsWorld } from './world';

const named = (name: string) => (input: { readonly QueueName: string }, world: SqsWorld) => [
  { action: `sqs:${name}`, resources: [arnOf(world, 'sqs', input.QueueName)] },
];

/** Attributes that the region heeds, and what they are when nobody says. Source: {@link API}, SetQueueAttributes. */
const DEFAULTS: Readonly<Record<string, string>> = { VisibilityTimeout: '30', MessageRetentionPeriod: '345600' };

/** Source: {@link API}, CreateQueue: QueueName. */
const NAME = /^[A-Za-z0-9_-]{1,80}$/;

const createQueue = operation<{
  QueueName: string;
  Attributes?: Record<string, string>;
  tags?: Record<string, string>;
}>(
  'CreateQueue',
  {
    claims: [
      documented(
        'A queue that is there with the same attributes is answered with its URL; with others: QueueNameExists.',
        `${API}, CreateQueue`,
      ),
      documented('Names have up to 80 letters, digits, hyphens and underscores.', `${API}, CreateQueue`),
      assumed(
        'Of attributes, visibility timeout and retention alone are taken: there are no FIFO queues, policies or keys.',
      ),
    ],
    access: named('CreateQueue'),
  },
  ({ QueueName, Attributes = {}, tags = {} }, world) => {
    if (!NAME.test(QueueName)) {
      throw new AwsError(
        'InvalidParameterValue',
        'Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length',
      );
    }
    for (const name of Object.keys(Attributes)) {
      if (!Object.hasOwn(DEFAULTS, name))
        throw new AwsError('InvalidAttributeName', `The rehearsal region does not take the attribute ${name}.`);
    }
    const present = world.queues.get(QueueName);
    const other = Object.entries(Attributes).find(([name, value]) => present && present.attributes[name] !== value);
    if (other) {
      throw new AwsError(
        'QueueNameExists',
        `A queue already exists with the same name and a different value for attribute ${other[0]}`,
      );
    }
    const queue = present ?? {
      QueueUrl: `${world.url}/${world.account}/${QueueName}`,
      attributes: { ...DEFAULTS, ...Attributes },
      tags,
    };
    if (present === undefined) world.queues.put(QueueName, queue);
    return { QueueUrl: queue.QueueUrl };
  },
);

const getQueueUrl = operation<{ QueueName: string }>(
  'GetQueueUrl',
  {
    claims: [
      documented('A name that is not there: QueueDoesNotExist.', `${API}, GetQueueUrl`),
      assumed('The URL is one of this machine; what names a queue is the last part of any URL.'),
    ],
    refuses: ['QueueOwnerAWSAccountId'],
    access: named('GetQueueUrl'),
  },
  ({ QueueName }, world) => ({ QueueUrl: existing(world, { QueueUrl: QueueName }).QueueUrl }),
);

const getQueueAttributes = operation<OfQueue & { AttributeNames?: readonly string[] }>(
  'GetQueueAttributes',
  {
    claims: [documented('How many messages there are, visible and taken.', `${API}, GetQueueAttributes`)],
    access: onQueue('GetQueueAttributes'),
  },
  (input, world) => {
    const { attributes } = existing(world, input);
    const messages = messagesOf(world, input);
    const visible = messages.filter(({ hiddenUntil }) => hiddenUntil <= Date.now()).length;
    const all: Readonly<Record<string, string>> = {
      ...attributes,
      QueueArn: arnOf(world, 'sqs', queueName(input)),
      ApproximateNumberOfMessages: String(visible),
      ApproximateNumberOfMessagesNotVisible: String(messages.length - visible),
    };
    const wanted = input.AttributeNames ?? [];
    const entries = Object.entries(all).filter(([name]) => wanted.includes('All') || wanted.includes(name));
    return { Attributes: Object.fromEntries(entries) };
  },
);

const listQueues = operation<{ QueueNamePrefix?: string }>(
  'ListQueues',
  {
    claims: [
      documented('Those whose names begin with the prefix.', `${API}, ListQueues`),
      assumed('All queues come on one page.'),
    ],
    refuses: ['NextToken'],
  },
  ({ QueueNamePrefix = '' }, { queues }) => ({
    QueueUrls: queues.entries().flatMap(([name, { QueueUrl }]) => (name.startsWith(QueueNamePrefix) ? [QueueUrl] : [])),
  }),
);

const deleteQueue = operation<OfQueue>(
  'DeleteQueue',
  {
    claims: [
      documented('Its messages go with it.', `${API}, DeleteQueue`),
      assumed('It is gone at once, and its name is free at once.'),
    ],
    access: onQueue('DeleteQueue'),
  },
  (input, world) => {
    existing(world, input);
    for (const { MessageId } of messagesOf(world, input)) world.messages.delete(MessageId);
    world.queues.delete(queueName(input));
    return {};
  },
);

export const QUEUE_OPERATIONS = [createQueue, getQueueUrl, getQueueAttributes, listQueues, deleteQueue];
