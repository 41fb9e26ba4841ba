// Callback steps: a message with a token goes to a queue, and the step waits until somebody answers with that token.
import { setTimeout as delay } from 'node:timers/promises';
import type { CallStep, JsonObject, StepMetadata, StepOutcome } from '../../execution';
import { assumed, documented } from '../behaviour';
import { AwsError } from '../errors';
import type { Caller } from '../service';
import { invocationFailure } from './invocation';
import { API, GUIDE, invalid, operation } from './operation';
import { outputsOf } from './step-outputs';
import { randomId, type World } from './world';

export interface OutputParameter {
  readonly Name: string;
  readonly Value: string;
}

type Answer =
  | { readonly succeeded: true; readonly outputs: readonly OutputParameter[] }
  | { readonly succeeded: false; readonly reason: string };

/** A step that waits for an answer. */
export interface PendingCallback {
  readonly executionArn: string;
  readonly answer: (answer: Answer) => void;
}

/** Characters of a token (botocore, `CallbackToken`). */
const TOKEN_LENGTH = 10;
const GUIDE_PAGE = `${GUIDE}, "Callback step"`;

const sendSuccess = operation<{ CallbackToken: string; OutputParameters?: readonly OutputParameter[] }>(
  'SendPipelineExecutionStepSuccess',
  {
    claims: [
      documented(
        'A callback step sends its queue a message with token, pipelineExecutionArn, arguments and status, and waits for the token.',
        GUIDE_PAGE,
      ),
      documented('The parameters are what later steps refer to as the step’s outputs.', GUIDE_PAGE),
      assumed('A token that no step waits for: ValidationException. So is one that was answered already.'),
    ],
  },
  ({ CallbackToken, OutputParameters = [] }, world) => {
    const { executionArn, answer } = pending(world, CallbackToken);
    answer({ succeeded: true, outputs: OutputParameters });
    return { PipelineExecutionArn: executionArn };
  },
);

const sendFailure = operation<{ CallbackToken: string; FailureReason?: string }>(
  'SendPipelineExecutionStepFailure',
  {
    claims: [
      documented('The step fails, with the reason that is given.', `${API}, SendPipelineExecutionStepFailure`),
      documented(
        'An execution that is stopped sends another message, with the status Stopping, and waits for an answer to it.',
        GUIDE_PAGE,
      ),
      assumed('That wait ends after a moment, so that a rehearsal which nobody answers can end.'),
    ],
  },
  ({ CallbackToken, FailureReason = 'Callback step failed.' }, world) => {
    const { executionArn, answer } = pending(world, CallbackToken);
    answer({ succeeded: false, reason: FailureReason });
    return { PipelineExecutionArn: executionArn };
  },
);

export const CALLBACK_OPERATIONS = [sendSuccess, sendFailure];

function pending({ callbacks }: World, token: string): PendingCallback {
  const found = callbacks.get(token);
  if (found === undefined) throw invalid(`No step is waiting for the callback token ${token}.`);
  callbacks.delete(token);
  return found;
}

/** Seconds that a step which is stopped waits for an answer, where the rehearsal does not say. */
const STOP_SECONDS = 10;

/** Runs a callback step to its end. */
export async function runCallbackStep(
  world: World,
  executionArn: string,
  step: CallStep,
  request: JsonObject,
  caller: Caller,
  report: (metadata: StepMetadata) => void,
  signal: AbortSignal,
): Promise<StepOutcome> {
  const CallbackToken = randomId(TOKEN_LENGTH);
  const QueueUrl = step.target ?? '';
  const metadata: StepMetadata = { Callback: { CallbackToken, SqsQueueUrl: QueueUrl } };
  const send = (status: 'Executing' | 'Stopping') => {
    const message = { token: CallbackToken, pipelineExecutionArn: executionArn, arguments: request, status };
    return caller.call('sqs', 'SendMessage', { QueueUrl, MessageBody: JSON.stringify(message) });
  };
  const answered = new Promise<Answer>((resolve) => {
    world.callbacks.set(CallbackToken, { executionArn, answer: resolve });
  });
  try {
    await send('Executing');
    report(metadata);
    const answer = await Promise.race([answered, stopped(signal, send, answered, world.runtime.graceSeconds)]);
    if (answer === undefined || signal.aborted) return { status: 'Stopped' };
    if (!answer.succeeded) return { status: 'Failed', reason: answer.reason };
    return outputsOf(step, new Map(answer.outputs.map(({ Name, Value }) => [Name, Value])), (OutputParameters) => ({
      Callback: { CallbackToken, SqsQueueUrl: QueueUrl, OutputParameters },
    }));
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return { status: 'Failed', reason: invocationFailure('sqs:SendMessage', error) };
  } finally {
    world.callbacks.delete(CallbackToken);
  }
}

/** Settles when the execution has been stopped, and whoever works for the step has had a moment to hear of it. */
async function stopped(
  signal: AbortSignal,
  send: (status: 'Stopping') => Promise<unknown>,
  answered: Promise<unknown>,
  graceSeconds = STOP_SECONDS,
): Promise<undefined> {
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else
      signal.addEventListener(
        'abort',
        () => {
          resolve();
        },
        { once: true },
      );
  });
  await send('Stopping');
  await Promise.race([answered, delay(graceSeconds * 1000)]);
}
