// SQS: standard queues, from which each message is taken by one reader at a time until it is deleted.
import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { assumed, documented } from '../behaviour';
import type { Collection } from '../collection';
import { AwsError } from '../errors';
import { SQS_MODEL } from '../model';
import { operationsOf, type ApiDeclaration } from '../service';
import { arnOf, uuid, type Setting } from '../setting';

interface Queue {
  readonly QueueUrl: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
}

interface Message {
  readonly queue: string;
  readonly MessageId: string;
  readonly Body: string;
  /** Milliseconds since 1970. */
  readonly sent: number;
  /** Until then no reader sees it; milliseconds since 1970. */
  readonly hiddenUntil: number;
  /** Of the reader who took it last. */
  readonly ReceiptHandle?: string;
}

export interface SqsWorld extends Setting {
  /** By name. */
  readonly queues: Collection<Queue>;
  /** By id. */
  readonly messages: Collection<Message>;
}

export function createSqsWorld(setting: Setting): SqsWorld {
  return { ...setting, queues: setting.collection('sqs/queues'), messages: setting.collection('sqs/messages') };
}

const API = 'SQS API Reference';
const GUIDE = 'SQS Developer Guide';
const operation = operationsOf<SqsWorld>();

interface OfQueue {
  readonly QueueUrl: string;
}
const onQueue = (name: string) => (input: OfQueue, world: SqsWorld) => [
  { action: `sqs:${name}`, resources: [arnOf(world, 'sqs', queueName(input))] },
];
const named = (name: string) => (input: { readonly QueueName: string }, world: SqsWorld) => [
  { action: `sqs:${name}`, resources: [arnOf(world, 'sqs', input.QueueName)] },
];

/** Attributes that the region heeds, and what they are when nobody says. Source: {@link API}, SetQueueAttributes. */
const DEFAULTS: Readonly<Record<string, string>> = { VisibilityTimeout: '30', MessageRetentionPeriod: '345600' };
/** Milliseconds between two looks of a reader who waits. */
const LOOK_MS = 50;
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

const sendMessage = operation<OfQueue & { MessageBody: string }>(
  'SendMessage',
  {
    claims: [documented('The answer has the MD5 of the body, which SDKs check.', `${API}, SendMessage`)],
    refuses: [
      'DelaySeconds',
      'MessageAttributes',
      'MessageSystemAttributes',
      'MessageDeduplicationId',
      'MessageGroupId',
    ],
    access: onQueue('SendMessage'),
  },
  (input, world) => {
    existing(world, input);
    const MessageId = uuid();
    const now = Date.now();
    world.messages.put(MessageId, {
      queue: queueName(input),
      MessageId,
      Body: input.MessageBody,
      sent: now,
      hiddenUntil: now,
    });
    return { MessageId, MD5OfMessageBody: md5(input.MessageBody) };
  },
);

interface Reception extends OfQueue {
  readonly MaxNumberOfMessages?: number;
  readonly VisibilityTimeout?: number;
  readonly WaitTimeSeconds?: number;
}

const receiveMessage = operation<Reception>(
  'ReceiveMessage',
  {
    claims: [
      documented(
        'A message that was taken is hidden from other readers until its visibility timeout has passed.',
        `${GUIDE}, "Amazon SQS visibility timeout"`,
      ),
      documented('A reader waits up to WaitTimeSeconds for the first message.', `${GUIDE}, "Short and long polling"`),
      assumed('Messages come in the order in which they were sent, and each only once while it is hidden.'),
    ],
    refuses: ['ReceiveRequestAttemptId'],
    access: onQueue('ReceiveMessage'),
  },
  async (input, world) => {
    const until = Date.now() + (input.WaitTimeSeconds ?? 0) * 1000;
    for (;;) {
      const Messages = takeVisible(world, input);
      if (Messages.length > 0) return { Messages };
      if (Date.now() >= until || world.running.closed.aborted) return {};
      await delay(LOOK_MS);
    }
  },
);

const changeMessageVisibility = operation<OfQueue & { ReceiptHandle: string; VisibilityTimeout: number }>(
  'ChangeMessageVisibility',
  {
    claims: [documented('The timeout counts from now.', `${API}, ChangeMessageVisibility`)],
    access: onQueue('ChangeMessageVisibility'),
  },
  (input, world) => {
    const message = takenBy(world, input);
    world.messages.put(message.MessageId, {
      ...message,
      hiddenUntil: Date.now() + input.VisibilityTimeout * 1000,
    });
    return {};
  },
);

const deleteMessage = operation<OfQueue & { ReceiptHandle: string }>(
  'DeleteMessage',
  {
    claims: [
      documented('A message that another reader has taken since: the handle is of no use.', `${API}, DeleteMessage`),
    ],
    access: onQueue('DeleteMessage'),
  },
  (input, world) => {
    world.messages.delete(takenBy(world, input).MessageId);
    return {};
  },
);

export const SQS_API: ApiDeclaration<SqsWorld> = {
  name: 'sqs',
  model: SQS_MODEL,
  operations: [
    createQueue,
    getQueueUrl,
    getQueueAttributes,
    listQueues,
    deleteQueue,
    sendMessage,
    receiveMessage,
    changeMessageVisibility,
    deleteMessage,
  ],
};

function queueName({ QueueUrl }: OfQueue): string {
  return QueueUrl.slice(QueueUrl.lastIndexOf('/') + 1);
}

function existing(world: SqsWorld, input: OfQueue): Queue {
  const queue = world.queues.get(queueName(input));
  if (queue === undefined) throw new AwsError('QueueDoesNotExist', 'The specified queue does not exist.');
  return queue;
}

/** A queue's messages, those that have outlived its retention aside, in the order in which they were sent. */
function messagesOf(world: SqsWorld, input: OfQueue): Message[] {
  const name = queueName(input);
  const since = Date.now() - Number(existing(world, input).attributes.MessageRetentionPeriod) * 1000;
  return world.messages
    .all()
    .filter(({ queue, sent }) => queue === name && sent >= since)
    .sort((a, b) => a.sent - b.sent);
}

/** Takes the messages that a reader may have now. */
function takeVisible(world: SqsWorld, input: Reception) {
  const { attributes } = existing(world, input);
  const hiddenUntil = Date.now() + (input.VisibilityTimeout ?? Number(attributes.VisibilityTimeout)) * 1000;
  return messagesOf(world, input)
    .filter((message) => message.hiddenUntil <= Date.now())
    .slice(0, input.MaxNumberOfMessages ?? 1)
    .map((message) => {
      const { MessageId, Body } = message;
      const ReceiptHandle = uuid();
      world.messages.put(MessageId, { ...message, hiddenUntil, ReceiptHandle });
      return { MessageId, ReceiptHandle, Body, MD5OfBody: md5(Body) };
    });
}

function takenBy(world: SqsWorld, input: OfQueue & { readonly ReceiptHandle: string }): Message {
  const found = messagesOf(world, input).find(({ ReceiptHandle }) => ReceiptHandle === input.ReceiptHandle);
  if (found === undefined)
    throw new AwsError('ReceiptHandleIsInvalid', 'The receipt handle is not of a message that this reader has.');
  return found;
}

function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}
