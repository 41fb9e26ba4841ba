// How SageMaker Pipelines speaks of a step whose API call is refused.
import { AwsError } from '../errors';
import { SAGEMAKER_MODEL } from '../model';
import { admitRequest, type Members } from '../service';

/** The failure reason of a step whose request does not fit the model; undefined when it does. */
export function invocationError(operation: string, input: Members): string | undefined {
  try {
    admitRequest(SAGEMAKER_MODEL, { name: operation, refuses: [] }, input);
    return undefined;
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return invocationFailure(operation, error);
  }
}

/** @param operation with its service where that is another: `sqs:SendMessage` */
export function invocationFailure(operation: string, error: AwsError): string {
  const named = operation.includes(':') ? operation : `sagemaker:${operation}`;
  return `ClientError: Failed to invoke ${named}. Error Details: ${error.message}`;
}
