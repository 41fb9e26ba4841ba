// Policies: inline ones of roles, and managed ones with their versions.
import { randomBytes } from 'node:crypto';
import { documented } from '../behaviour';
import type { Tag } from '../cloudformation/resource';
import { AwsError } from '../errors';
import type { Members } from '../service';
import { seconds } from '../time';
import { without } from '../without';
import { change } from './roles';
import {
  API,
  checkDocument,
  existingPolicy,
  existingRole,
  noSuchEntity,
  onRole,
  operation,
  type ManagedPolicy,
} from './world';

/** Source: IAM User Guide, "IAM and AWS STS quotas". */
const MOST_VERSIONS = 5;

interface Inline {
  readonly RoleName: string;
  readonly PolicyName: string;
}
interface Attached {
  readonly RoleName: string;
  readonly PolicyArn: string;
}

const putRolePolicy = operation<Inline & { PolicyDocument: string }>(
  'PutRolePolicy',
  {
    claims: [documented('Adds an inline policy, or replaces it.', `${API}, PutRolePolicy`)],
    access: onRole('PutRolePolicy'),
  },
  ({ RoleName, PolicyName, PolicyDocument }, world) => {
    checkDocument(PolicyDocument);
    change(world, RoleName, (role) => ({ ...role, inline: { ...role.inline, [PolicyName]: PolicyDocument } }));
    return {};
  },
);

const getRolePolicy = operation<Inline>(
  'GetRolePolicy',
  { claims: [documented('The document comes URL-encoded.', `${API}, GetRolePolicy`)], access: onRole('GetRolePolicy') },
  ({ RoleName, PolicyName }, world) => {
    const document = existingRole(world, RoleName).inline[PolicyName];
    if (document === undefined) throw noSuchEntity(`The role policy with name ${PolicyName} cannot be found.`);
    return { RoleName, PolicyName, PolicyDocument: encodeURIComponent(document) };
  },
);

const deleteRolePolicy = operation<Inline>(
  'DeleteRolePolicy',
  {
    claims: [documented('One that is not there: NoSuchEntity.', `${API}, DeleteRolePolicy`)],
    access: onRole('DeleteRolePolicy'),
  },
  ({ RoleName, PolicyName }, world) => {
    if (existingRole(world, RoleName).inline[PolicyName] === undefined) {
      throw noSuchEntity(`The role policy with name ${PolicyName} cannot be found.`);
    }
    change(world, RoleName, (role) => ({ ...role, inline: without(role.inline, PolicyName) }));
    return {};
  },
);

const listRolePolicies = operation<{ RoleName: string }>(
  'ListRolePolicies',
  {
    claims: [documented('Names inline policies only.', `${API}, ListRolePolicies`)],
    access: onRole('ListRolePolicies'),
  },
  ({ RoleName }, world) => ({ PolicyNames: Object.keys(existingRole(world, RoleName).inline), IsTruncated: false }),
);

const attachRolePolicy = operation<Attached>(
  'AttachRolePolicy',
  {
    claims: [documented('A policy that is not there: NoSuchEntity.', `${API}, AttachRolePolicy`)],
    access: (input, world) => onRole('AttachRolePolicy', { 'iam:PolicyARN': input.PolicyArn })(input, world),
  },
  ({ RoleName, PolicyArn }, world) => {
    existingPolicy(world, PolicyArn);
    change(world, RoleName, (role) => ({ ...role, attached: [...new Set([...role.attached, PolicyArn])] }));
    return {};
  },
);

const detachRolePolicy = operation<Attached>(
  'DetachRolePolicy',
  {
    claims: [documented('One that is not attached: NoSuchEntity.', `${API}, DetachRolePolicy`)],
    access: (input, world) => onRole('DetachRolePolicy', { 'iam:PolicyARN': input.PolicyArn })(input, world),
  },
  ({ RoleName, PolicyArn }, world) => {
    if (!existingRole(world, RoleName).attached.includes(PolicyArn))
      throw noSuchEntity(`Policy ${PolicyArn} was not found.`);
    change(world, RoleName, (role) => ({ ...role, attached: role.attached.filter((arn) => arn !== PolicyArn) }));
    return {};
  },
);

const listAttachedRolePolicies = operation<{ RoleName: string }>(
  'ListAttachedRolePolicies',
  {
    claims: [documented('Names managed policies only.', `${API}, ListAttachedRolePolicies`)],
    access: onRole('ListAttachedRolePolicies'),
  },
  ({ RoleName }, world) => ({
    AttachedPolicies: existingRole(world, RoleName).attached.map((arn) => ({
      PolicyName: existingPolicy(world, arn).PolicyName,
      PolicyArn: arn,
    })),
    IsTruncated: false,
  }),
);

const createPolicy = operation<{
  PolicyName: string;
  Path?: string;
  PolicyDocument: string;
  Description?: string;
  Tags?: readonly Tag[];
}>(
  'CreatePolicy',
  {
    claims: [documented('A name that is taken: EntityAlreadyExists.', `${API}, CreatePolicy: Errors`)],
    access: ({ PolicyName, Path = '/' }, { account }) => [
      { action: 'iam:CreatePolicy', resources: [`arn:aws:iam::${account}:policy${Path}${PolicyName}`] },
    ],
  },
  ({ PolicyName, Path = '/', PolicyDocument, Description, Tags = [] }, world) => {
    const Arn = `arn:aws:iam::${world.account}:policy${Path}${PolicyName}`;
    if (world.policies.get(Arn) !== undefined) {
      throw new AwsError(
        'EntityAlreadyExists',
        `A policy called ${PolicyName} already exists. Duplicate names are not allowed.`,
        409,
      );
    }
    checkDocument(PolicyDocument);
    const now = seconds();
    const policy: ManagedPolicy = {
      PolicyName,
      PolicyId: `ANPA${randomBytes(9).toString('hex').slice(0, 17).toUpperCase()}`,
      Arn,
      Path,
      ...(Description !== undefined && { Description }),
      CreateDate: now,
      UpdateDate: now,
      DefaultVersionId: 'v1',
      versions: [{ id: 'v1', document: PolicyDocument, created: now }],
      Tags,
    };
    world.policies.put(Arn, policy);
    return { Policy: described(policy) };
  },
);

const getPolicy = operation<{ PolicyArn: string }>(
  'GetPolicy',
  { claims: [documented('The document is in the version.', `${API}, GetPolicy`)], access: onPolicy('GetPolicy') },
  ({ PolicyArn }, world) => ({ Policy: described(existingPolicy(world, PolicyArn)) }),
);

const getPolicyVersion = operation<{ PolicyArn: string; VersionId: string }>(
  'GetPolicyVersion',
  {
    claims: [documented('The document comes URL-encoded.', `${API}, GetPolicyVersion`)],
    access: onPolicy('GetPolicyVersion'),
  },
  ({ PolicyArn, VersionId }, world) => {
    const { versions, DefaultVersionId } = existingPolicy(world, PolicyArn);
    const version = versions.find(({ id }) => id === VersionId);
    if (version === undefined) throw noSuchEntity(`Policy ${PolicyArn} version ${VersionId} does not exist.`);
    const { id, document, created } = version;
    const PolicyVersion = {
      VersionId: id,
      Document: encodeURIComponent(document),
      IsDefaultVersion: id === DefaultVersionId,
      CreateDate: created,
    };
    return { PolicyVersion };
  },
);

const createPolicyVersion = operation<{ PolicyArn: string; PolicyDocument: string; SetAsDefault?: boolean }>(
  'CreatePolicyVersion',
  {
    claims: [documented('A policy has five versions at most: LimitExceeded.', `${API}, CreatePolicyVersion`)],
    access: onPolicy('CreatePolicyVersion'),
  },
  ({ PolicyArn, PolicyDocument, SetAsDefault = false }, world) => {
    const policy = existingPolicy(world, PolicyArn);
    checkDocument(PolicyDocument);
    if (policy.versions.length >= MOST_VERSIONS) {
      throw new AwsError('LimitExceeded', `A managed policy can have up to ${MOST_VERSIONS} versions.`, 409);
    }
    const latest = policy.versions.at(-1)?.id ?? 'v0';
    const id = `v${Number(latest.slice(1)) + 1}`;
    const now = seconds();
    world.policies.put(PolicyArn, {
      ...policy,
      UpdateDate: now,
      versions: [...policy.versions, { id, document: PolicyDocument, created: now }],
      ...(SetAsDefault && { DefaultVersionId: id }),
    });
    return { PolicyVersion: { VersionId: id, IsDefaultVersion: SetAsDefault, CreateDate: now } };
  },
);

const deletePolicyVersion = operation<{ PolicyArn: string; VersionId: string }>(
  'DeletePolicyVersion',
  {
    claims: [documented('The default version cannot be deleted: DeleteConflict.', `${API}, DeletePolicyVersion`)],
    access: onPolicy('DeletePolicyVersion'),
  },
  ({ PolicyArn, VersionId }, world) => {
    const policy = existingPolicy(world, PolicyArn);
    if (policy.DefaultVersionId === VersionId) {
      throw new AwsError('DeleteConflict', 'Cannot delete the default version of a policy.', 409);
    }
    world.policies.put(PolicyArn, { ...policy, versions: policy.versions.filter(({ id }) => id !== VersionId) });
    return {};
  },
);

const listPolicyVersions = operation<{ PolicyArn: string }>(
  'ListPolicyVersions',
  {
    claims: [documented('Lists versions without their documents.', `${API}, ListPolicyVersions`)],
    access: onPolicy('ListPolicyVersions'),
  },
  ({ PolicyArn }, world) => {
    const { versions, DefaultVersionId } = existingPolicy(world, PolicyArn);
    const Versions = versions.map(({ id, created }) => ({
      VersionId: id,
      IsDefaultVersion: id === DefaultVersionId,
      CreateDate: created,
    }));
    return { Versions, IsTruncated: false };
  },
);

const deletePolicy = operation<{ PolicyArn: string }>(
  'DeletePolicy',
  {
    claims: [documented('A policy that is attached, or has other versions: DeleteConflict.', `${API}, DeletePolicy`)],
    access: onPolicy('DeletePolicy'),
  },
  ({ PolicyArn }, world) => {
    const { versions } = existingPolicy(world, PolicyArn);
    const used = world.roles
      .all()
      .some(({ attached, boundary }) => attached.includes(PolicyArn) || boundary === PolicyArn);
    if (used) throw new AwsError('DeleteConflict', 'Cannot delete a policy attached to entities.', 409);
    if (versions.length > 1)
      throw new AwsError(
        'DeleteConflict',
        'This policy has more than one version. Before you delete a policy, you must delete the policy’s versions.',
        409,
      );
    world.policies.delete(PolicyArn);
    return {};
  },
);

export const POLICY_OPERATIONS = [
  putRolePolicy,
  getRolePolicy,
  deleteRolePolicy,
  listRolePolicies,
  attachRolePolicy,
  detachRolePolicy,
  listAttachedRolePolicies,
  createPolicy,
  getPolicy,
  getPolicyVersion,
  createPolicyVersion,
  deletePolicyVersion,
  listPolicyVersions,
  deletePolicy,
];

function onPolicy(action: string) {
  return ({ PolicyArn }: { readonly PolicyArn: string }) => [{ action: `iam:${action}`, resources: [PolicyArn] }];
}

function described(policy: ManagedPolicy): Members {
  return { ...without(policy, 'versions'), IsAttachable: true };
}
