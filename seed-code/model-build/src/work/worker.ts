// A worker of a callback step: takes messages from its queue, does what they ask for, and answers SageMaker with their tokens.
import {
  SageMakerServiceException,
  SendPipelineExecutionStepFailureCommand,
  SendPipelineExecutionStepSuccessCommand,
  type SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  type Message,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { z } from 'zod';
import type { Log } from '../sagemaker';
import type { Outputs } from './handler';

/** What a step's runner exports. */
export type Handler = (event: unknown) => Promise<Outputs>;

export interface WorkerOptions {
  readonly sqs: SQSClient;
  readonly sagemaker: SageMakerClient;
  readonly queueUrl: string;
  readonly handler: Handler;
  readonly log: Log;
  /** Aborted when no further message is to be taken; one that is being worked on is finished. */
  readonly signal: AbortSignal;
}

/** Seconds that a question waits for a message: the most that SQS takes. */
const WAIT_SECONDS = 20;
/** Seconds that a message is out of others' sight; kept up while it is worked on, so that a dead worker's comes back soon. */
const VISIBLE_AFTER_SECONDS = 300;
const KEEP_UP_MS = 100_000;
/** Characters of a FailureReason (botocore, `String256`). */
const REASON_LENGTH = 256;

/** What SageMaker says of a token that no step waits for. That it is one of these is assumed. */
const ENDED: readonly string[] = ['ResourceNotFound', 'ValidationException', 'ConflictException'];

/** Source: SageMaker Developer Guide, "Callback step". */
const body = z.object({
  token: z.string(),
  pipelineExecutionArn: z.string().default(''),
  arguments: z.unknown(),
  status: z.string().default('Executing'),
});
type Body = z.infer<typeof body>;

/** Works until the signal is aborted. @throws what the SDK throws when the queue cannot be read */
export async function takeMessages(options: WorkerOptions): Promise<void> {
  const { sqs, queueUrl: QueueUrl, signal } = options;
  while (!signal.aborted) {
    const question = new ReceiveMessageCommand({
      QueueUrl,
      WaitTimeSeconds: WAIT_SECONDS,
      VisibilityTimeout: VISIBLE_AFTER_SECONDS,
    });
    const { Messages = [] } = await sqs.send(question, { abortSignal: signal }).catch((error: unknown) => {
      if (signal.aborted) return { Messages: [] };
      throw error;
    });
    for (const message of Messages) await take(message, options);
  }
}

async function take({ Body: text = '', ReceiptHandle }: Message, options: WorkerOptions): Promise<void> {
  const { sqs, queueUrl: QueueUrl, log } = options;
  const parsed = body.safeParse(jsonOf(text));
  const keepUp = setInterval(() => {
    const change = { QueueUrl, ReceiptHandle, VisibilityTimeout: VISIBLE_AFTER_SECONDS };
    sqs.send(new ChangeMessageVisibilityCommand(change)).catch((error: unknown) => {
      log('message-not-kept', { reason: (error as Error).message });
    });
  }, KEEP_UP_MS);
  try {
    if (parsed.success) await answer(parsed.data, options);
    else log('message-refused', { reason: 'it is not of a callback step', text: text.slice(0, REASON_LENGTH) });
  } finally {
    clearInterval(keepUp);
  }
  await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
}

async function answer({ token, arguments: event, status, ...rest }: Body, options: WorkerOptions): Promise<void> {
  const { handler, log, sagemaker } = options;
  const execution = rest.pipelineExecutionArn;
  if (status !== 'Executing') return fail(token, 'The execution is being stopped.', options);
  log('work-started', { execution });
  const began = performance.now();
  let outputs: Outputs;
  try {
    outputs = await handler(event);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    log('work-failed', { execution, reason });
    return fail(token, reason, options);
  }
  const OutputParameters = Object.entries(outputs).map(([Name, Value]) => ({ Name, Value: String(Value) }));
  const answer = new SendPipelineExecutionStepSuccessCommand({ CallbackToken: token, OutputParameters });
  await unlessRefused(sagemaker.send(answer), options);
  log('work-finished', { execution, seconds: (performance.now() - began) / 1000 });
}

async function fail(CallbackToken: string, reason: string, options: WorkerOptions): Promise<void> {
  const FailureReason = reason.slice(0, REASON_LENGTH);
  const { sagemaker } = options;
  const answer = new SendPipelineExecutionStepFailureCommand({ CallbackToken, FailureReason });
  await unlessRefused(sagemaker.send(answer), options);
}

/** An execution that has ended meanwhile needs no answer any more, which is logged. */
async function unlessRefused(sent: Promise<unknown>, { log }: WorkerOptions): Promise<void> {
  try {
    await sent;
  } catch (error) {
    if (!(error instanceof SageMakerServiceException) || !ENDED.includes(error.name)) throw error;
    log('answer-refused', { reason: error.message });
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
