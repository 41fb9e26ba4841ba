// Roles: their trust, their boundary, their tags.
import { randomBytes } from 'node:crypto';
import { assumed, documented } from '../behaviour';
import type { Tag } from '../cloudformation/resource';
import { AwsError } from '../errors';
import type { Members } from '../service';
import { seconds } from '../time';
import { without } from '../without';
import { API, checkDocument, existingPolicy, existingRole, onRole, operation, type Iam, type Role } from './world';

/** Source: IAM API Reference, CreateRole: MaxSessionDuration. */
const SESSION_SECONDS = 3600;

interface CreateRole {
  readonly RoleName: string;
  readonly Path?: string;
  readonly AssumeRolePolicyDocument: string;
  readonly Description?: string;
  readonly MaxSessionDuration?: number;
  readonly PermissionsBoundary?: string;
  readonly Tags?: readonly Tag[];
}

const createRole = operation<CreateRole>(
  'CreateRole',
  {
    claims: [
      documented('A name that is taken: EntityAlreadyExists.', `${API}, CreateRole: Errors`),
      documented('Names are told apart without regard to case.', `${API}, CreateRole: RoleName`),
      assumed('A role can be assumed at once; on AWS that takes some seconds.'),
      assumed('A policy has to be JSON with a Statement; its grammar is not checked further.'),
    ],
    access: ({ RoleName, Path = '/', PermissionsBoundary: boundary }, { account }) => [
      {
        action: 'iam:CreateRole',
        resources: [`arn:aws:iam::${account}:role${Path}${RoleName}`],
        ...(boundary !== undefined && { context: { 'iam:PermissionsBoundary': boundary } }),
      },
    ],
  },
  (input, world) => {
    const { RoleName, Path = '/', AssumeRolePolicyDocument, PermissionsBoundary: boundary } = input;
    if (world.roles.all().some((role) => role.RoleName.toLowerCase() === RoleName.toLowerCase())) {
      throw new AwsError('EntityAlreadyExists', `Role with name ${RoleName} already exists.`, 409);
    }
    checkDocument(AssumeRolePolicyDocument);
    if (boundary !== undefined) existingPolicy(world, boundary);
    const role: Role = {
      RoleName,
      Path,
      RoleId: `AROA${randomBytes(9).toString('hex').slice(0, 17).toUpperCase()}`,
      Arn: `arn:aws:iam::${world.account}:role${Path}${RoleName}`,
      CreateDate: seconds(),
      AssumeRolePolicyDocument,
      ...(input.Description !== undefined && { Description: input.Description }),
      MaxSessionDuration: input.MaxSessionDuration ?? SESSION_SECONDS,
      ...(boundary !== undefined && { boundary }),
      Tags: input.Tags ?? [],
      inline: {},
      attached: [],
    };
    world.roles.put(RoleName, role);
    return { Role: described(role) };
  },
);

const getRole = operation<{ RoleName: string }>(
  'GetRole',
  {
    claims: [documented('The trust policy comes URL-encoded.', `${API}, GetRole`)],
    access: onRole('GetRole'),
  },
  ({ RoleName }, world) => ({ Role: described(existingRole(world, RoleName)) }),
);

const deleteRole = operation<{ RoleName: string }>(
  'DeleteRole',
  {
    claims: [documented('A role that has policies: DeleteConflict.', `${API}, DeleteRole`)],
    access: onRole('DeleteRole'),
  },
  ({ RoleName }, world) => {
    const { inline, attached } = existingRole(world, RoleName);
    if (Object.keys(inline).length + attached.length > 0) {
      throw new AwsError('DeleteConflict', 'Cannot delete entity, must detach all policies first.', 409);
    }
    world.roles.delete(RoleName);
    return {};
  },
);

const updateRole = operation<{ RoleName: string; Description?: string; MaxSessionDuration?: number }>(
  'UpdateRole',
  {
    claims: [documented('Changes the description and the longest session.', `${API}, UpdateRole`)],
    access: onRole('UpdateRole'),
  },
  ({ RoleName, Description, MaxSessionDuration }, world) => {
    change(world, RoleName, (role) => ({
      ...role,
      ...(Description !== undefined && { Description }),
      ...(MaxSessionDuration !== undefined && { MaxSessionDuration }),
    }));
    return {};
  },
);

const updateTrust = operation<{ RoleName: string; PolicyDocument: string }>(
  'UpdateAssumeRolePolicy',
  {
    claims: [documented('Replaces the trust policy.', `${API}, UpdateAssumeRolePolicy`)],
    access: onRole('UpdateAssumeRolePolicy'),
  },
  ({ RoleName, PolicyDocument }, world) => {
    checkDocument(PolicyDocument);
    change(world, RoleName, (role) => ({ ...role, AssumeRolePolicyDocument: PolicyDocument }));
    return {};
  },
);

const putBoundary = operation<{ RoleName: string; PermissionsBoundary: string }>(
  'PutRolePermissionsBoundary',
  {
    claims: [documented('The boundary is a managed policy that exists.', `${API}, PutRolePermissionsBoundary`)],
    access: (input, world) =>
      onRole('PutRolePermissionsBoundary', { 'iam:PermissionsBoundary': input.PermissionsBoundary })(input, world),
  },
  ({ RoleName, PermissionsBoundary: boundary }, world) => {
    existingPolicy(world, boundary);
    change(world, RoleName, (role) => ({ ...role, boundary }));
    return {};
  },
);

const deleteBoundary = operation<{ RoleName: string }>(
  'DeleteRolePermissionsBoundary',
  {
    claims: [documented('The role has no boundary after it.', `${API}, DeleteRolePermissionsBoundary`)],
    access: onRole('DeleteRolePermissionsBoundary'),
  },
  ({ RoleName }, world) => {
    change(world, RoleName, (role) => without(role, 'boundary'));
    return {};
  },
);

const tagRole = operation<{ RoleName: string; Tags: readonly Tag[] }>(
  'TagRole',
  { claims: [documented('A key that is there gets the new value.', `${API}, TagRole`)], access: onRole('TagRole') },
  ({ RoleName, Tags }, world) => {
    change(world, RoleName, (role) => ({
      ...role,
      Tags: [...new Map([...role.Tags, ...Tags].map((tag) => [tag.Key, tag])).values()],
    }));
    return {};
  },
);

const untagRole = operation<{ RoleName: string; TagKeys: readonly string[] }>(
  'UntagRole',
  { claims: [documented('Keys that are not there are no error.', `${API}, UntagRole`)], access: onRole('UntagRole') },
  ({ RoleName, TagKeys }, world) => {
    change(world, RoleName, (role) => ({ ...role, Tags: role.Tags.filter(({ Key }) => !TagKeys.includes(Key)) }));
    return {};
  },
);

export const ROLE_OPERATIONS = [
  createRole,
  getRole,
  deleteRole,
  updateRole,
  updateTrust,
  putBoundary,
  deleteBoundary,
  tagRole,
  untagRole,
];

export function change(world: Iam, name: string, to: (role: Role) => Role): void {
  world.roles.put(name, to(existingRole(world, name)));
}

function described(role: Role): Members {
  const { boundary } = role;
  return {
    ...without(role, 'inline', 'attached', 'MaxSessionDuration', 'boundary'),
    AssumeRolePolicyDocument: encodeURIComponent(role.AssumeRolePolicyDocument),
    ...(boundary !== undefined && {
      PermissionsBoundary: { PermissionsBoundaryType: 'PermissionsBoundaryPolicy', PermissionsBoundaryArn: boundary },
    }),
  };
}
