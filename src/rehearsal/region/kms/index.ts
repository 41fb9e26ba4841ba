// KMS: keys and their aliases. Nothing in the region is encrypted with them.
import { assumed, documented } from '../behaviour';
import type { Base } from '../base';
import type { Collection } from '../collection';
import { AwsError } from '../errors';
import { KMS_MODEL } from '../model';
import { behavioursOfApi, operationsOf, type ApiDeclaration } from '../service';
import { arnOf, uuid } from '../setting';
import { seconds } from '../time';

interface KeyTag {
  readonly TagKey: string;
  readonly TagValue: string;
}

interface Key {
  readonly id: string;
  readonly arn: string;
  readonly description?: string;
  readonly policy?: string;
  readonly rotated: boolean;
  readonly tags: readonly KeyTag[];
  /** Seconds since 1970. */
  readonly created: number;
  /** When it goes, of a key whose deletion is scheduled. */
  readonly deletion?: number;
}

export interface KeyStore extends Base {
  /** By id. */
  readonly keys: Collection<Key>;
  /** Ids of keys, by the alias's name. */
  readonly aliases: Collection<string>;
}

export function createKeyStore(base: Base): KeyStore {
  return { ...base, keys: base.collection('kms/keys'), aliases: base.collection('kms/aliases') };
}

const operation = operationsOf<KeyStore>();
const API = 'KMS API Reference';
const DAY_SECONDS = 86_400;
/** Source: KMS API Reference, ScheduleKeyDeletion: PendingWindowInDays. */
const WAITING_DAYS = 30;

interface OfKey {
  readonly KeyId: string;
}

const onKey = (action: string) => (input: OfKey, world: KeyStore) => [
  { action: `kms:${action}`, resources: [find(world, input.KeyId)?.arn ?? keyArn(world, input.KeyId)] },
];

const createKey = operation<{ Policy?: string; Description?: string; Tags?: readonly KeyTag[] }>(
  'CreateKey',
  {
    claims: [
      assumed('Symmetric keys for encryption, made by KMS; others are refused.'),
      assumed('Nothing on this machine is encrypted; policies of keys are kept and not heeded.'),
    ],
    refuses: [
      'KeyUsage',
      'CustomerMasterKeySpec',
      'KeySpec',
      'Origin',
      'CustomKeyStoreId',
      'BypassPolicyLockoutSafetyCheck',
      'MultiRegion',
      'XksKeyId',
    ],
  },
  ({ Policy, Description, Tags = [] }, world) => {
    const id = uuid();
    const key: Key = {
      id,
      arn: keyArn(world, id),
      ...(Policy !== undefined && { policy: Policy }),
      ...(Description !== undefined && { description: Description }),
      rotated: false,
      tags: Tags,
      created: seconds(),
    };
    world.keys.put(id, key);
    return { KeyMetadata: metadata(key, world) };
  },
);

const describeKey = operation<OfKey>(
  'DescribeKey',
  {
    claims: [documented('A key by its id, its ARN, or an alias.', `${API}, DescribeKey: KeyId`)],
    refuses: ['GrantTokens'],
    access: onKey('DescribeKey'),
  },
  ({ KeyId }, world) => ({ KeyMetadata: metadata(existing(world, KeyId), world) }),
);

const putKeyPolicy = operation<OfKey & { Policy: string }>(
  'PutKeyPolicy',
  { claims: [], refuses: ['BypassPolicyLockoutSafetyCheck'], access: onKey('PutKeyPolicy') },
  ({ KeyId, Policy }, world) => {
    change(world, KeyId, { policy: Policy });
    return {};
  },
);

const enableKeyRotation = operation<OfKey>(
  'EnableKeyRotation',
  {
    claims: [assumed('Kept; no key is rotated.')],
    refuses: ['RotationPeriodInDays'],
    access: onKey('EnableKeyRotation'),
  },
  ({ KeyId }, world) => {
    change(world, KeyId, { rotated: true });
    return {};
  },
);

const scheduleKeyDeletion = operation<OfKey & { PendingWindowInDays?: number }>(
  'ScheduleKeyDeletion',
  {
    claims: [
      documented('A key waits thirty days for its deletion, unless it says otherwise.', `${API}, ScheduleKeyDeletion`),
      documented('One that waits already: KMSInvalidStateException.', `${API}, ScheduleKeyDeletion: Errors`),
      assumed('No key goes: a rehearsal does not last that long.'),
    ],
    access: onKey('ScheduleKeyDeletion'),
  },
  ({ KeyId, PendingWindowInDays = WAITING_DAYS }, world) => {
    const { arn, deletion: waiting } = existing(world, KeyId);
    if (waiting !== undefined) throw new AwsError('KMSInvalidStateException', `${arn} is pending deletion.`);
    const deletion = seconds() + PendingWindowInDays * DAY_SECONDS;
    change(world, KeyId, { deletion });
    return { KeyId: arn, DeletionDate: deletion, KeyState: 'PendingDeletion', PendingWindowInDays };
  },
);

const tagResource = operation<OfKey & { Tags: readonly KeyTag[] }>(
  'TagResource',
  {
    claims: [documented('A key that is there gets the new value.', `${API}, TagResource`)],
    access: onKey('TagResource'),
  },
  ({ KeyId, Tags }, world) => {
    const merged = new Map([...existing(world, KeyId).tags, ...Tags].map((tag) => [tag.TagKey, tag]));
    change(world, KeyId, { tags: [...merged.values()] });
    return {};
  },
);

interface Alias {
  readonly AliasName: string;
  readonly TargetKeyId: string;
}

/** The permission that a change of an alias needs, on both. */
const onAlias =
  (action: string) =>
  ({ AliasName, TargetKeyId }: Omit<Alias, 'TargetKeyId'> & Partial<Alias>, world: KeyStore) => {
    const key = TargetKeyId ?? world.aliases.get(AliasName) ?? '*';
    const resources = [arnOf(world, 'kms', AliasName), find(world, key)?.arn ?? keyArn(world, key)];
    return [{ action: `kms:${action}`, resources }];
  };

const createAlias = operation<Alias>(
  'CreateAlias',
  {
    claims: [documented('A name that is taken: AlreadyExistsException.', `${API}, CreateAlias`)],
    access: onAlias('CreateAlias'),
  },
  ({ AliasName, TargetKeyId }, world) => {
    if (world.aliases.get(AliasName) !== undefined) {
      const message = `An alias with the name ${arnOf(world, 'kms', AliasName)} already exists`;
      throw new AwsError('AlreadyExistsException', message);
    }
    world.aliases.put(AliasName, existing(world, TargetKeyId).id);
    return {};
  },
);

const updateAlias = operation<Alias>(
  'UpdateAlias',
  {
    claims: [documented('One that is not there: NotFoundException.', `${API}, UpdateAlias`)],
    access: onAlias('UpdateAlias'),
  },
  ({ AliasName, TargetKeyId }, world) => {
    existing(world, AliasName);
    world.aliases.put(AliasName, existing(world, TargetKeyId).id);
    return {};
  },
);

const deleteAlias = operation<Pick<Alias, 'AliasName'>>(
  'DeleteAlias',
  { claims: [documented('The key stays.', `${API}, DeleteAlias`)], access: onAlias('DeleteAlias') },
  ({ AliasName }, world) => {
    existing(world, AliasName);
    world.aliases.delete(AliasName);
    return {};
  },
);

export const KMS_API: ApiDeclaration<KeyStore> = {
  name: 'kms',
  model: KMS_MODEL,
  operations: [
    createKey,
    describeKey,
    putKeyPolicy,
    enableKeyRotation,
    scheduleKeyDeletion,
    tagResource,
    createAlias,
    updateAlias,
    deleteAlias,
  ],
};

export const KMS_BEHAVIOURS = behavioursOfApi(KMS_API);

/** A key by its id, its ARN, or an alias's name or ARN. */
function find({ keys, aliases }: KeyStore, named: string): Key | undefined {
  const name = named.startsWith('arn:') ? named.split(':').slice(5).join(':') : named;
  return keys.get(aliases.get(name) ?? name.replace(/^key\//, ''));
}

/** @throws AwsError NotFoundException */
function existing(world: KeyStore, named: string): Key {
  const key = find(world, named);
  if (key !== undefined) return key;
  const what = named.startsWith('alias/')
    ? `Alias ${arnOf(world, 'kms', named)} is not found.`
    : `Key '${keyArn(world, named)}' does not exist`;
  throw new AwsError('NotFoundException', what);
}

function change(world: KeyStore, named: string, changes: Partial<Key>): void {
  const key = existing(world, named);
  world.keys.put(key.id, { ...key, ...changes });
}

function keyArn(world: KeyStore, id: string): string {
  return id.startsWith('arn:') ? id : arnOf(world, 'kms', `key/${id}`);
}

function metadata({ id, arn, description, created, deletion }: Key, { account }: KeyStore) {
  return {
    AWSAccountId: account,
    KeyId: id,
    Arn: arn,
    CreationDate: created,
    Enabled: deletion === undefined,
    Description: description ?? '',
    KeyUsage: 'ENCRYPT_DECRYPT',
    KeyState: deletion === undefined ? 'Enabled' : 'PendingDeletion',
    ...(deletion !== undefined && { DeletionDate: deletion }),
    Origin: 'AWS_KMS',
    KeyManager: 'CUSTOMER',
    KeySpec: 'SYMMETRIC_DEFAULT',
    EncryptionAlgorithms: ['SYMMETRIC_DEFAULT'],
    MultiRegion: false,
  };
}
