// IAM's resource types of CloudFormation.
import {
  picked,
  tagsOf,
  textOf,
  type Properties,
  type ResourceContext,
  type ResourceType,
} from '../cloudformation/resource';

/** Source: IAM User Guide, "IAM and AWS STS quotas". */
const LONGEST_ROLE_NAME = 64;
const LONGEST_POLICY_NAME = 128;

interface InlinePolicy {
  readonly PolicyName: string;
  readonly PolicyDocument: object;
}

const role: ResourceType = {
  type: 'AWS::IAM::Role',
  properties: {
    RoleName: 'replaces',
    Path: 'replaces',
    AssumeRolePolicyDocument: 'updates',
    Description: 'updates',
    MaxSessionDuration: 'updates',
    PermissionsBoundary: 'updates',
    Policies: 'updates',
    ManagedPolicyArns: 'updates',
    Tags: 'updates',
  },
  required: ['AssumeRolePolicyDocument'],
  attributes: ['Arn'],
  async create(properties, context) {
    const RoleName = textOf(properties, 'RoleName') ?? context.generatedName(LONGEST_ROLE_NAME);
    await context.caller.call('iam', 'CreateRole', {
      RoleName,
      ...picked(properties, 'Path', 'Description', 'MaxSessionDuration', 'PermissionsBoundary'),
      AssumeRolePolicyDocument: JSON.stringify(properties.AssumeRolePolicyDocument),
      Tags: tagsOf(properties, context),
    });
    await grant(RoleName, properties, {}, context);
    return described(RoleName, context);
  },
  async update(RoleName, properties, before, context) {
    const { caller } = context;
    await caller.call('iam', 'UpdateAssumeRolePolicy', {
      RoleName,
      PolicyDocument: JSON.stringify(properties.AssumeRolePolicyDocument),
    });
    await caller.call('iam', 'UpdateRole', { RoleName, ...picked(properties, 'Description', 'MaxSessionDuration') });
    const boundary = properties.PermissionsBoundary;
    if (boundary !== before.PermissionsBoundary) {
      if (boundary === undefined) await caller.call('iam', 'DeleteRolePermissionsBoundary', { RoleName });
      else await caller.call('iam', 'PutRolePermissionsBoundary', { RoleName, PermissionsBoundary: boundary });
    }
    await grant(RoleName, properties, before, context);
    await caller.call('iam', 'TagRole', { RoleName, Tags: tagsOf(properties, context) });
    return described(RoleName, context);
  },
  async delete(RoleName, _properties, { caller }) {
    const { PolicyNames } = await caller.call('iam', 'ListRolePolicies', { RoleName });
    for (const PolicyName of PolicyNames as readonly string[]) {
      await caller.call('iam', 'DeleteRolePolicy', { RoleName, PolicyName });
    }
    const { AttachedPolicies } = await caller.call('iam', 'ListAttachedRolePolicies', { RoleName });
    for (const { PolicyArn } of AttachedPolicies as readonly { readonly PolicyArn: string }[]) {
      await caller.call('iam', 'DetachRolePolicy', { RoleName, PolicyArn });
    }
    await caller.call('iam', 'DeleteRole', { RoleName });
  },
};

const managedPolicy: ResourceType = {
  type: 'AWS::IAM::ManagedPolicy',
  properties: { ManagedPolicyName: 'replaces', Path: 'replaces', Description: 'replaces', PolicyDocument: 'updates' },
  required: ['PolicyDocument'],
  attributes: ['PolicyArn'],
  async create(properties, context) {
    const { Policy } = await context.caller.call('iam', 'CreatePolicy', {
      PolicyName: textOf(properties, 'ManagedPolicyName') ?? context.generatedName(LONGEST_POLICY_NAME),
      ...picked(properties, 'Path', 'Description'),
      PolicyDocument: JSON.stringify(properties.PolicyDocument),
    });
    const { Arn } = Policy as { readonly Arn: string }; // the answer was checked against its model
    return { physicalId: Arn, attributes: { PolicyArn: Arn } };
  },
  async update(PolicyArn, properties, _before, { caller }) {
    for (const version of await otherVersions(PolicyArn, caller)) {
      await caller.call('iam', 'DeletePolicyVersion', { PolicyArn, VersionId: version });
    }
    const PolicyDocument = JSON.stringify(properties.PolicyDocument);
    await caller.call('iam', 'CreatePolicyVersion', { PolicyArn, PolicyDocument, SetAsDefault: true });
    return { physicalId: PolicyArn, attributes: { PolicyArn } };
  },
  async delete(PolicyArn, _properties, { caller }) {
    for (const version of await otherVersions(PolicyArn, caller)) {
      await caller.call('iam', 'DeletePolicyVersion', { PolicyArn, VersionId: version });
    }
    await caller.call('iam', 'DeletePolicy', { PolicyArn });
  },
};

export const IAM_RESOURCES: readonly ResourceType[] = [role, managedPolicy];

async function otherVersions(PolicyArn: string, caller: ResourceContext['caller']): Promise<string[]> {
  const { Versions } = await caller.call('iam', 'ListPolicyVersions', { PolicyArn });
  return (Versions as readonly { readonly VersionId: string; readonly IsDefaultVersion: boolean }[])
    .filter(({ IsDefaultVersion }) => !IsDefaultVersion)
    .map(({ VersionId }) => VersionId);
}

async function described(RoleName: string, { caller }: ResourceContext) {
  const { Role } = await caller.call('iam', 'GetRole', { RoleName });
  const { Arn } = Role as { readonly Arn: string }; // the answer was checked against its model
  return { physicalId: RoleName, attributes: { Arn } };
}

/** Gives the role the policies that it is to have, and takes those that it had. */
async function grant(
  RoleName: string,
  properties: Properties,
  before: Properties,
  { caller }: ResourceContext,
): Promise<void> {
  const inline = (properties.Policies ?? []) as readonly InlinePolicy[]; // the calls below check them
  const wasInline = (before.Policies ?? []) as readonly InlinePolicy[];
  for (const { PolicyName, PolicyDocument } of inline) {
    await caller.call('iam', 'PutRolePolicy', { RoleName, PolicyName, PolicyDocument: JSON.stringify(PolicyDocument) });
  }
  for (const { PolicyName } of wasInline) {
    if (!inline.some((one) => one.PolicyName === PolicyName))
      await caller.call('iam', 'DeleteRolePolicy', { RoleName, PolicyName });
  }
  const attached = (properties.ManagedPolicyArns ?? []) as readonly string[];
  const wasAttached = (before.ManagedPolicyArns ?? []) as readonly string[];
  for (const PolicyArn of attached) {
    if (!wasAttached.includes(PolicyArn)) await caller.call('iam', 'AttachRolePolicy', { RoleName, PolicyArn });
  }
  for (const PolicyArn of wasAttached) {
    if (!attached.includes(PolicyArn)) await caller.call('iam', 'DetachRolePolicy', { RoleName, PolicyArn });
  }
}
