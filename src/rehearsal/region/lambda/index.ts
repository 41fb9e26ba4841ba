// Lambda: Node functions, each invocation a process on this machine.
import { LAMBDA_MODEL } from '../model';
import type { ApiDeclaration } from '../service';
import { FUNCTION_OPERATIONS } from './functions';
import { invoke } from './invoke';
import { PERMISSION_OPERATIONS } from './permissions';
import type { LambdaWorld } from './world';

export { createLambdaWorld, type LambdaWorld } from './world';

export const LAMBDA_API: ApiDeclaration<LambdaWorld> = {
  name: 'lambda',
  model: LAMBDA_MODEL,
  invalid: 'InvalidParameterValueException',
  operations: [...FUNCTION_OPERATIONS, ...PERMISSION_OPERATIONS, invoke],
};
