// SQS: standard queues, from which each message is taken by one reader at a time until it is deleted.
import { SQS_MODEL } from '../model';
import type { ApiDeclaration } from '../service';
import { MESSAGE_OPERATIONS } from './messages';
import { QUEUE_OPERATIONS } from './queues';
import type { SqsWorld } from './world';

export { createSqsWorld, type SqsWorld } from './world';

export const SQS_API: ApiDeclaration<SqsWorld> = {
  name: 'sqs',
  model: SQS_MODEL,
  operations: [...QUEUE_OPERATIONS, ...MESSAGE_OPERATIONS],
};
