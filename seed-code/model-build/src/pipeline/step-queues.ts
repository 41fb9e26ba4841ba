// Queues of callback steps: one a step, from which its workers take what the pipeline asks for.
import { CreateQueueCommand, GetQueueUrlCommand, QueueDoesNotExist, type SQSClient } from '@aws-sdk/client-sqs';
import type { Environment } from './environment';
import { resourceName } from './step-resources';
import { PipelineError } from './upsert';

/** Seconds; the most that SQS keeps a message, as long as an execution may last that waits for it. */
const RETENTION_SECONDS = 14 * 86_400;

export interface StepQueues {
  readonly sqs: SQSClient;
  readonly environment: Environment;
  readonly tags: Readonly<Record<string, string>>;
  /** Names of callback steps. */
  readonly steps: readonly string[];
}

/** Creates the queues that are not there. A queue that is there, with the same attributes, stays as it is. */
export async function ensureQueues({ sqs, environment, tags, steps }: StepQueues): Promise<void> {
  for (const step of steps) {
    await sqs.send(
      new CreateQueueCommand({
        QueueName: resourceName(environment, step),
        Attributes: { MessageRetentionPeriod: String(RETENTION_SECONDS) },
        tags: { ...tags },
      }),
    );
  }
}

/** @throws PipelineError when the step has no queue yet */
export async function findQueue(sqs: SQSClient, projectId: string, step: string): Promise<string> {
  const QueueName = resourceName({ projectId }, step);
  try {
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName }));
    if (QueueUrl !== undefined) return QueueUrl;
  } catch (error) {
    if (!(error instanceof QueueDoesNotExist)) throw error;
  }
  throw new PipelineError(`There is no queue ${QueueName}: \`npm run pipeline -- upsert\` makes it.`);
}
