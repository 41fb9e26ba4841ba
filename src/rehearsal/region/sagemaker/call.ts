// Checks a request the way the service does, and says no in its words.
import { AwsError } from '../errors';
import { SAGEMAKER_MODEL, requestProblems } from '../model';
import { invalid, type Members, type Operation } from './operation';
import type { World } from './world';

/**
 * Runs an operation for whoever calls it, a client or a step.
 * @throws AwsError when the request does not fit the model, asks for what the region has not, or cannot be met
 */
export async function call(operation: Operation, input: Members, world: World): Promise<Members> {
  validate(operation.name, input);
  const unheeded = operation.refuses.filter((member) => input[member] !== undefined);
  if (unheeded.length > 0) {
    throw invalid(`The rehearsal region does not take ${unheeded.join(', ')} in ${operation.name}.`);
  }
  return operation.run(input, world);
}

/** @throws AwsError ValidationException or SerializationException when the request does not fit the service's model */
function validate(operation: string, input: unknown): void {
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
    if (!(error instanceof AwsError)) throw error;
    return invocationFailure(operation, error);
  }
}

/** In the words of SageMaker Pipelines. */
export function invocationFailure(operation: string, error: AwsError): string {
  return `ClientError: Failed to invoke sagemaker:${operation}. Error Details: ${error.message}`;
}
