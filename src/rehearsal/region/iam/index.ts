// IAM: roles and policies. What they allow is not asked while calls are made: the call log is replayed against them.
import { assumed, behavioursOf } from '../behaviour';
import { IAM_MODEL } from '../model';
import { behavioursOfApi, type ApiDeclaration } from '../service';
import { POLICY_OPERATIONS } from './policies';
import { ROLE_OPERATIONS } from './roles';
import type { Iam } from './world';

export { createIam, type Iam } from './world';

export const IAM_API: ApiDeclaration<Iam> = {
  name: 'iam',
  model: IAM_MODEL,
  operations: [...ROLE_OPERATIONS, ...POLICY_OPERATIONS],
  invalid: 'ValidationError',
};

export const IAM_BEHAVIOURS = [
  ...behavioursOf('iam:*', [
    assumed(
      'Permissions are not checked as calls are made; the log of calls is replayed against the policies in a test.',
    ),
  ]),
  ...behavioursOfApi(IAM_API),
];
