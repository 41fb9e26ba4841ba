// Checks a request the way the service does, and says no in its words.
import { AwsError } from '../errors';
import { SAGEMAKER_MODEL, requestProblems } from '../model';

/** @throws AwsError ValidationException or SerializationException when the request does not fit the service's model */
export function validate(operation: string, input: unknown): void {
  const problems = requestProblems(SAGEMAKER_MODEL, operation, input);
  const mistyped = problems.find(({ kind }) => kind === 'type');
  if (mistyped !== undefined) throw new AwsError('SerializationException', mistyped.message);
  if (problems.length === 0) return;
  const errors = problems.length === 1 ? '1 validation error' : `${problems.length} validation errors`;
  const messages = problems.map(({ message }) => message).join('; ');
  throw new AwsError('ValidationException', `${errors} detected: ${messages}`);
}

/** The failure reason of a step whose API call is refused; undefined when the request fits the model. */
export function invocationError(operation: string, input: unknown): string | undefined {
  try {
    validate(operation, input);
    return undefined;
  } catch (error) {
    return invocationFailure(operation, error);
  }
}

/** In the words of SageMaker Pipelines. */
export function invocationFailure(operation: string, error: unknown): string {
  if (!(error instanceof AwsError)) throw error;
  return `ClientError: Failed to invoke sagemaker:${operation}. Error Details: ${error.message}`;
}
