// STS: who one is, and how to become a role.
import { z } from 'zod';
import { assumed, documented } from '../behaviour';
import { AwsError } from '../errors';
import type { Iam } from '../iam';
import { STS_MODEL } from '../model';
import { behavioursOfApi, operationsOf, type ApiDeclaration } from '../service';

const operation = operationsOf<Iam>();
const API = 'STS API Reference';

const words = z.union([z.string().transform((one) => [one]), z.array(z.string())]);
const trust = z.looseObject({
  Statement: z.array(
    z.looseObject({
      Effect: z.string(),
      Action: words,
      Principal: z.union([z.literal('*'), z.looseObject({ AWS: words.default([]) })]).optional(),
    }),
  ),
});

const getCallerIdentity = operation(
  'GetCallerIdentity',
  {
    claims: [documented('Answers whoever signed; no permission is needed.', `${API}, GetCallerIdentity`)],
    access: () => [],
  },
  (_input, { account }, { principal }) => ({
    UserId: principal.session.slice(principal.session.lastIndexOf('/') + 1),
    Account: account,
    Arn: principal.session,
  }),
);

const assumeRole = operation<{ RoleArn: string; RoleSessionName: string; DurationSeconds?: number }>(
  'AssumeRole',
  {
    claims: [
      documented(
        'The role has to trust the caller, or the caller’s account; else AccessDenied, as for a role that is not there.',
        `${API}, AssumeRole`,
      ),
      documented('Keys hold for an hour, or for DurationSeconds.', `${API}, AssumeRole: DurationSeconds`),
      assumed('Conditions of a trust policy are not evaluated.'),
    ],
    refuses: [
      'Policy',
      'PolicyArns',
      'Tags',
      'TransitiveTagKeys',
      'SerialNumber',
      'TokenCode',
      'SourceIdentity',
      'ProvidedContexts',
    ],
    access: ({ RoleArn }) => [{ action: 'sts:AssumeRole', resources: [RoleArn] }],
  },
  ({ RoleArn, RoleSessionName, DurationSeconds }, world, { principal }) => {
    const role = world.roles.all().find(({ Arn }) => Arn === RoleArn);
    if (role === undefined || !trusts(role.AssumeRolePolicyDocument, principal.arn, world.account)) {
      const message = `User: ${principal.session} is not authorized to perform: sts:AssumeRole on resource: ${RoleArn}`;
      throw new AwsError('AccessDenied', message, 403);
    }
    const session = world.principals.role(RoleArn, RoleSessionName).session;
    const Credentials = world.principals.issue(RoleArn, RoleSessionName, DurationSeconds);
    return { Credentials, AssumedRoleUser: { AssumedRoleId: `${role.RoleId}:${RoleSessionName}`, Arn: session } };
  },
);

export const STS_API: ApiDeclaration<Iam> = {
  name: 'sts',
  model: STS_MODEL,
  operations: [getCallerIdentity, assumeRole],
  invalid: 'ValidationError',
};

export const STS_BEHAVIOURS = behavioursOfApi(STS_API);

function trusts(document: string, principal: string, account: string): boolean {
  const trusted = [principal, account, `arn:aws:iam::${account}:root`, '*'];
  return trust.parse(JSON.parse(document)).Statement.some(({ Effect, Action, Principal }) => {
    const named = Principal === '*' ? ['*'] : (Principal?.AWS ?? []);
    return Effect === 'Allow' && Action.includes('sts:AssumeRole') && named.some((one) => trusted.includes(one));
  });
}
