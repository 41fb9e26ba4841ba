// Queues and messages as they are kept.
import type { Collection } from '../collection';
import { AwsError } from '../errors';
import { operationsOf } from '../service';
import { arnOf, type Setting } from '../setting';

interface Queue {
  readonly QueueUrl: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
}

export interface Message {
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

export const API = 'SQS API Reference';

export const operation = operationsOf<SqsWorld>();

export interface OfQueue {
  readonly QueueUrl: string;
}

export const onQueue = (name: string) => (input: OfQueue, world: SqsWorld) => [
  { action: `sqs:${name}`, resources: [arnOf(world, 'sqs', queueName(input))] },
];

export function queueName({ QueueUrl }: OfQueue): string {
  return QueueUrl.slice(QueueUrl.lastIndexOf('/') + 1);
}

export function existing(world: SqsWorld, input: OfQueue): Queue {
  const queue = world.queues.get(queueName(input));
  if (queue === undefined) throw new AwsError('QueueDoesNotExist', 'The specified queue does not exist.');
  return queue;
}

/** A queue's messages, those that have outlived its retention aside, in the order in which they were sent. */
export function messagesOf(world: SqsWorld, input: OfQueue): Message[] {
  const name = queueName(input);
  const since = Date.now() - Number(existing(world, input).attributes.MessageRetentionPeriod) * 1000;
  return world.messages
    .all()
    .filter(({ queue, sent }) => queue === name && sent >= since)
    .sort((a, b) => a.sent - b.sent);
}
