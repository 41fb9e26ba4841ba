// Whom functions let invoke them: their own policies.
import { documented } from '../behaviour';
import { AwsError } from '../errors';
import { without } from '../without';
import { API, existing, notFound, onFunction, type OfFunction } from './lookup';
import { operation, type LambdaFunction, type Permission } from './world';

const addPermission = operation<OfFunction & Permission & { StatementId: string }>(
  'AddPermission',
  {
    claims: [documented('A statement id that is taken: ResourceConflictException.', `${API}, AddPermission`)],
    refuses: [
      'SourceAccount',
      'EventSourceToken',
      'Qualifier',
      'RevisionId',
      'PrincipalOrgID',
      'FunctionUrlAuthType',
      'InvokedViaFunctionUrl',
    ],
    access: onFunction('AddPermission'),
  },
  ({ FunctionName, StatementId, Action, Principal, SourceArn }, world) => {
    const before = existing(world, FunctionName);
    if (before.permissions[StatementId]) {
      throw new AwsError(
        'ResourceConflictException',
        `The statement id (${StatementId}) provided already exists.`,
        409,
      );
    }
    const permission = { Action, Principal, ...(SourceArn !== undefined && { SourceArn }) };
    world.functions.put(before.FunctionName, {
      ...before,
      permissions: { ...before.permissions, [StatementId]: permission },
    });
    return { Statement: JSON.stringify(statement(before, StatementId, permission)) };
  },
);

const removePermission = operation<OfFunction & { StatementId: string }>(
  'RemovePermission',
  { claims: [], refuses: ['Qualifier', 'RevisionId'], access: onFunction('RemovePermission') },
  ({ FunctionName, StatementId }, world) => {
    const before = existing(world, FunctionName);
    if (!before.permissions[StatementId]) throw notFound(`Statement ${StatementId} is not found in resource policy.`);
    const permissions = without(before.permissions, StatementId);
    world.functions.put(before.FunctionName, { ...before, permissions });
    return {};
  },
);

const getPolicy = operation<OfFunction>(
  'GetPolicy',
  { claims: [], refuses: ['Qualifier'], access: onFunction('GetPolicy') },
  ({ FunctionName }, world) => {
    const found = existing(world, FunctionName);
    const statements = Object.entries(found.permissions).map(([id, one]) => statement(found, id, one));
    if (statements.length === 0) throw notFound('The resource you requested does not exist.');
    return { Policy: JSON.stringify({ Version: '2012-10-17', Id: 'default', Statement: statements }) };
  },
);

function statement({ FunctionArn }: LambdaFunction, Sid: string, { Action, Principal, SourceArn }: Permission) {
  const who = { Service: Principal };
  const condition = SourceArn === undefined ? {} : { Condition: { ArnLike: { 'AWS:SourceArn': SourceArn } } };
  return { Sid, Effect: 'Allow', Principal: who, Action, Resource: FunctionArn, ...condition };
}

export function permits({ permissions }: LambdaFunction, service: string, source: string): boolean {
  return Object.values(permissions).some(
    ({ Action, Principal, SourceArn }) =>
      ['lambda:InvokeFunction', 'lambda:*'].includes(Action) &&
      Principal === service &&
      (SourceArn === undefined || SourceArn === source),
  );
}

export const PERMISSION_OPERATIONS = [addPermission, removePermission, getPolicy];
