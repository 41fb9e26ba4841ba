// What an operation of the SageMaker API is, here: what is known of it, what it refuses, and what it does.
import type { Claim } from '../behaviour';
import { AwsError } from '../errors';
import type { World } from './world';

/** Members of a request or an answer, as JSON carries them: timestamps are seconds since 1970. */
export type Members = Readonly<Record<string, unknown>>;

export interface Operation {
  readonly name: string;
  readonly claims: readonly Claim[];
  /** Members that ask for what the region does not do; a request with one of them is refused. */
  readonly refuses: readonly string[];
  run(input: Members, world: World): Members | Promise<Members>;
}

/**
 * Declares an operation.
 * @param run gets an input that was checked against the service's model, so that it is of the type `Input`
 */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- it types the function that is passed in
export function operation<Input extends object>(
  name: string,
  { claims, refuses = [] }: { readonly claims: readonly Claim[]; readonly refuses?: readonly string[] },
  run: (input: Input & Members, world: World) => Members | Promise<Members>,
): Operation {
  return { name, claims, refuses, run };
}

export const API = 'SageMaker API Reference';
export const GUIDE = 'SageMaker Developer Guide';

export function invalid(message: string): AwsError {
  return new AwsError('ValidationException', message);
}

export function notFound(message: string): AwsError {
  return new AwsError('ResourceNotFound', message);
}
