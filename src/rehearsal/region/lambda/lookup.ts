// What is there under a name, and whom a call on it asks about.
import { AwsError } from '../errors';
import { functionArn, type LambdaFunction, type LambdaWorld } from './world';

export const API = 'Lambda API Reference';

export const GUIDE = 'Lambda Developer Guide';

export interface OfFunction {
  readonly FunctionName: string;
}

export const onFunction = (action: string) => (input: OfFunction, world: LambdaWorld) => [
  { action: `lambda:${action}`, resources: [functionArn(world, input.FunctionName)] },
];

export function existing({ functions, ...world }: LambdaWorld, nameOrArn: string): LambdaFunction {
  const found = functions.get(nameOrArn.slice(nameOrArn.lastIndexOf(':') + 1));
  if (found === undefined) throw notFound(`Function not found: ${functionArn(world, nameOrArn)}`);
  return found;
}

export function notFound(message: string): AwsError {
  return new AwsError('ResourceNotFoundException', message, 404);
}
