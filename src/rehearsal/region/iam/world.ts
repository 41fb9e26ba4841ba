// What the region keeps of IAM: roles and managed policies.
import type { Base } from '../base';
import type { Collection } from '../collection';
import { AwsError } from '../errors';
import type { Tag } from '../cloudformation/resource';
import { operationsOf } from '../service';

export interface Role {
  readonly RoleName: string;
  readonly RoleId: string;
  readonly Path: string;
  readonly Arn: string;
  readonly CreateDate: number;
  readonly AssumeRolePolicyDocument: string;
  readonly Description?: string;
  readonly MaxSessionDuration: number;
  /** ARN of a managed policy. */
  readonly boundary?: string;
  readonly Tags: readonly Tag[];
  /** Documents of inline policies, by name. */
  readonly inline: Readonly<Record<string, string>>;
  /** ARNs of managed policies. */
  readonly attached: readonly string[];
}

export interface ManagedPolicy {
  readonly PolicyName: string;
  readonly PolicyId: string;
  readonly Arn: string;
  readonly Path: string;
  readonly Description?: string;
  readonly CreateDate: number;
  readonly UpdateDate: number;
  readonly DefaultVersionId: string;
  /** Oldest first. */
  readonly versions: readonly { readonly id: string; readonly document: string; readonly created: number }[];
  readonly Tags: readonly Tag[];
}

export interface Iam extends Base {
  /** By name. */
  readonly roles: Collection<Role>;
  /** By ARN. */
  readonly policies: Collection<ManagedPolicy>;
}

export const operation = operationsOf<Iam>();
export const API = 'IAM API Reference';

export function createIam(base: Base): Iam {
  return { ...base, roles: base.collection('iam/roles'), policies: base.collection('iam/policies') };
}

/** @throws AwsError NoSuchEntity */
export function existingRole({ roles }: Pick<Iam, 'roles'>, name: string): Role {
  const role = roles.get(name);
  if (role === undefined) throw noSuchEntity(`The role with name ${name} cannot be found.`);
  return role;
}

/** @throws AwsError NoSuchEntity */
export function existingPolicy({ policies }: Iam, arn: string): ManagedPolicy {
  const policy = policies.get(arn);
  if (policy === undefined) throw noSuchEntity(`Policy ${arn} does not exist or is not attachable.`);
  return policy;
}

export function noSuchEntity(message: string): AwsError {
  return new AwsError('NoSuchEntity', message, 404);
}

/** @throws AwsError MalformedPolicyDocument when it is no JSON policy */
export function checkDocument(text: string): void {
  try {
    const document = JSON.parse(text) as { readonly Statement?: unknown } | null;
    if (typeof document?.Statement === 'object') return;
  } catch {
    // falls through to the one answer for what is no policy
  }
  throw new AwsError('MalformedPolicyDocument', 'The policy is not in the valid JSON format: it needs a Statement.');
}

/** The permission for something that is done to a role. */
export function onRole(action: string, context: Readonly<Record<string, string>> = {}) {
  return ({ RoleName }: { readonly RoleName: string }, { roles, account }: Iam) => [
    {
      action: `iam:${action}`,
      resources: [roles.get(RoleName)?.Arn ?? `arn:aws:iam::${account}:role/${RoleName}`],
      context,
    },
  ];
}
