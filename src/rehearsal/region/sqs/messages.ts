// Messages: sent, taken by one reader at a time, and deleted.
import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { assumed, documented } from '../behaviour';
import { AwsError } from '../errors';
import { uuid } from '../setting';
import {
  API,
  existing,
  messagesOf,
  onQueue,
  operation,
  queueName,
  type Message,
  type OfQueue,
  type SqsWorld,
} from './world';

const GUIDE = 'SQS Developer Guide';

/** Milliseconds between two looks of a reader who waits. */
const LOOK_MS = 50;

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

export const MESSAGE_OPERATIONS = [sendMessage, receiveMessage, changeMessageVisibility, deleteMessage];
