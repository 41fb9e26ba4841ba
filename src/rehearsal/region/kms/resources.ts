// KMS's resource types of CloudFormation.
import {
  picked,
  tagsOf,
  textOf,
  type Properties,
  type ResourceContext,
  type ResourceType,
} from '../cloudformation/resource';
import { unlessGone } from '../cloudformation/shapes';

const GONE = 'NotFoundException';

const key: ResourceType = {
  type: 'AWS::KMS::Key',
  properties: {
    KeyPolicy: 'updates',
    Description: 'updates',
    EnableKeyRotation: 'updates',
    PendingWindowInDays: 'updates',
    Tags: 'updates',
  },
  attributes: ['Arn', 'KeyId'],
  async create(properties, context) {
    const { caller } = context;
    const { KeyMetadata } = await caller.call('kms', 'CreateKey', {
      ...picked(properties, 'Description'),
      ...(properties.KeyPolicy !== undefined && { Policy: JSON.stringify(properties.KeyPolicy) }),
      Tags: keyTags(properties, context),
    });
    const { KeyId, Arn } = KeyMetadata as Readonly<Record<'KeyId' | 'Arn', string>>; // as its model says
    if (properties.EnableKeyRotation === true) await caller.call('kms', 'EnableKeyRotation', { KeyId });
    return { physicalId: KeyId, attributes: { Arn, KeyId } };
  },
  async update(KeyId, properties, before, context) {
    const { caller } = context;
    const Policy = JSON.stringify(properties.KeyPolicy);
    if (Policy !== JSON.stringify(before.KeyPolicy)) await caller.call('kms', 'PutKeyPolicy', { KeyId, Policy });
    if (properties.EnableKeyRotation === true) await caller.call('kms', 'EnableKeyRotation', { KeyId });
    const Tags = keyTags(properties, context);
    if (Tags.length > 0) await caller.call('kms', 'TagResource', { KeyId, Tags });
    const { KeyMetadata } = await caller.call('kms', 'DescribeKey', { KeyId });
    const { Arn } = KeyMetadata as { readonly Arn: string }; // as its model says
    return { physicalId: KeyId, attributes: { Arn, KeyId } };
  },
  async delete(KeyId, properties, { caller }) {
    const input = { KeyId, ...picked(properties, 'PendingWindowInDays') };
    await unlessGone(caller.call('kms', 'ScheduleKeyDeletion', input), GONE);
  },
};

const alias: ResourceType = {
  type: 'AWS::KMS::Alias',
  properties: { AliasName: 'replaces', TargetKeyId: 'updates' },
  required: ['AliasName', 'TargetKeyId'],
  async create(properties, { caller }) {
    await caller.call('kms', 'CreateAlias', properties);
    return { physicalId: textOf(properties, 'AliasName') ?? '' };
  },
  async update(physicalId, properties, _before, { caller }) {
    await caller.call('kms', 'UpdateAlias', properties);
    return { physicalId };
  },
  async delete(AliasName, _properties, { caller }) {
    await unlessGone(caller.call('kms', 'DeleteAlias', { AliasName }), GONE);
  },
};

export const KMS_RESOURCES: readonly ResourceType[] = [key, alias];

function keyTags(properties: Properties, context: ResourceContext) {
  return tagsOf(properties, context).map(({ Key, Value }) => ({ TagKey: Key, TagValue: Value }));
}
