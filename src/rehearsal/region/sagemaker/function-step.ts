// Lambda steps: the function is invoked with the step's arguments, and what it returns are the step's outputs.
import type { CallStep, JsonObject, StepMetadata, StepOutcome } from '../../execution';
import { AwsError } from '../errors';
import type { Caller } from '../service';
import { invocationFailure } from './invocation';
import { outputsOf } from './step-outputs';

/** Runs a Lambda step to its end. */
export async function runFunctionStep(
  step: CallStep,
  request: JsonObject,
  caller: Caller,
  report: (metadata: StepMetadata) => void,
): Promise<StepOutcome> {
  const Arn = step.target ?? '';
  report({ Lambda: { Arn } });
  try {
    const { FunctionError, Payload } = await caller.call('lambda', 'Invoke', {
      FunctionName: Arn,
      Payload: Buffer.from(JSON.stringify(request)),
    });
    const answer: unknown = JSON.parse(Buffer.from(Payload as Uint8Array).toString('utf8')); // the region's Lambda answers with JSON
    if (FunctionError !== undefined) {
      const { errorType, errorMessage } = answer as { errorType: string; errorMessage: string }; // as Lambda writes errors
      return { status: 'Failed', reason: `The function ${Arn} failed. ${errorType}: ${errorMessage}` };
    }
    const members = typeof answer === 'object' && answer !== null ? Object.entries(answer) : [];
    return outputsOf(step, new Map<string, unknown>(members), (OutputParameters) => ({
      Lambda: { Arn, OutputParameters },
    }));
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return { status: 'Failed', reason: invocationFailure('lambda:Invoke', error) };
  }
}
