// Buckets and tags: what their configurations are, and what reads them.
import { assumed, documented } from '../behaviour';
import type { Base } from '../base';
import type { Tag } from '../cloudformation/resource';
import type { Collection } from '../collection';
import { AwsError } from '../errors';
import { S3_MODEL } from '../model';
import { operationsOf, type ApiDeclaration, type Members, type Operation } from '../service';
import { s3Access } from './access';
import { isBucketName } from './bucket-name';

/** What was put on a bucket, by the member that brought it; for example `VersioningConfiguration`. */
export type BucketConfiguration = Readonly<Record<string, unknown>>;

export interface Buckets extends Base {
  /** By bucket. */
  readonly configurations: Collection<BucketConfiguration>;
}

export function createBuckets(base: Base): Buckets {
  const buckets = { ...base, configurations: base.collection<BucketConfiguration>('s3-configurations') };
  for (const [bucket, configuration] of buckets.configurations.entries()) noteKey(buckets, bucket, configuration);
  return buckets;
}

/** The region of buckets that name none. */
const US_EAST = 'us-east-1';

const operation = operationsOf<Buckets>();
const API = 'Amazon S3 API Reference';

interface InBucket {
  readonly Bucket: string;
}

const access = (name: string) => (input: InBucket) => s3Access(name, input);

const createBucket = operation<InBucket & { CreateBucketConfiguration?: { readonly LocationConstraint?: string } }>(
  'CreateBucket',
  {
    claims: [
      documented(
        'A bucket name has 3 to 63 small letters, digits, dots and hyphens.',
        'S3 User Guide, "Bucket naming rules"',
      ),
      documented(
        'Outside us-east-1 the location constraint must be the region.',
        `${API}, CreateBucket: IllegalLocationConstraintException`,
      ),
      documented('A bucket that is there already: BucketAlreadyOwnedByYou.', `${API}, CreateBucket`),
    ],
    access: access('CreateBucket'),
  },
  ({ Bucket, CreateBucketConfiguration: { LocationConstraint = US_EAST, ...others } = {} }, { storage, region }) => {
    if (!isBucketName(Bucket)) throw new AwsError('InvalidBucketName', 'The specified bucket is not valid.');
    if (Object.keys(others).length > 0) {
      const message = 'The rehearsal region has no such bucket configuration (only LocationConstraint).';
      throw new AwsError('NotImplemented', message, 501);
    }
    if (LocationConstraint !== region) {
      throw new AwsError(
        'IllegalLocationConstraintException',
        `The ${LocationConstraint === US_EAST ? 'unspecified' : LocationConstraint} location constraint is incompatible for the region specific endpoint this request was sent to.`,
      );
    }
    if (!storage.createBucket(Bucket)) {
      const message = 'Your previous request to create the named bucket succeeded and you already own it.';
      throw new AwsError('BucketAlreadyOwnedByYou', message, 409);
    }
    return { Location: `/${Bucket}` };
  },
);

const deleteBucket = operation<InBucket>(
  'DeleteBucket',
  {
    claims: [documented('A bucket that holds objects: BucketNotEmpty.', `${API}, DeleteBucket`)],
    access: access('DeleteBucket'),
  },
  ({ Bucket }, { storage, configurations }) => {
    const bucket = storage.bucket(Bucket);
    if (bucket === undefined) throw noSuchBucket(Bucket);
    if (bucket.list('', { limit: 1 }).objects.length > 0) {
      throw new AwsError('BucketNotEmpty', 'The bucket you tried to delete is not empty', 409, { BucketName: Bucket });
    }
    storage.deleteBucket(Bucket);
    configurations.delete(Bucket);
    return {};
  },
);

/** Operations that put one configuration on a bucket, with the member that holds it. */
const PUTS: Readonly<Record<string, string>> = {
  PutBucketTagging: 'Tagging',
  PutBucketVersioning: 'VersioningConfiguration',
  PutBucketEncryption: 'ServerSideEncryptionConfiguration',
  PutBucketLifecycleConfiguration: 'LifecycleConfiguration',
  PutBucketOwnershipControls: 'OwnershipControls',
  PutPublicAccessBlock: 'PublicAccessBlockConfiguration',
  PutBucketCors: 'CORSConfiguration',
  PutBucketPolicy: 'Policy',
};

const puts = Object.entries(PUTS).map(([name, member]): Operation<Buckets> =>
  operation<InBucket>(
    name,
    {
      claims: [
        assumed(
          'Kept, and shown; nothing in the region acts on it: no object is versioned, encrypted, expired or refused.',
        ),
      ],
      access: access(name),
    },
    (input: InBucket & Members, world) => {
      configure(world, input.Bucket, { [member]: input[member] });
      return {};
    },
  ),
);

const deleteBucketPolicy = operation<InBucket>(
  'DeleteBucketPolicy',
  {
    claims: [documented('The bucket has no policy after it.', `${API}, DeleteBucketPolicy`)],
    access: access('DeleteBucketPolicy'),
  },
  ({ Bucket }, world) => {
    configure(world, Bucket, { Policy: undefined });
    return {};
  },
);

/** Operations that read one configuration, with the error for a bucket that has none. */
const READS: Readonly<Record<string, { readonly member: string; readonly without: Members | AwsError }>> = {
  GetBucketTagging: { member: 'Tagging', without: new AwsError('NoSuchTagSet', 'The TagSet does not exist', 404) },
  GetBucketVersioning: { member: 'VersioningConfiguration', without: {} },
  GetBucketEncryption: {
    member: 'ServerSideEncryptionConfiguration',
    without: { Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' }, BucketKeyEnabled: false }] },
  },
  GetBucketCors: {
    member: 'CORSConfiguration',
    without: new AwsError('NoSuchCORSConfiguration', 'The CORS configuration does not exist', 404),
  },
  GetBucketPolicy: {
    member: 'Policy',
    without: new AwsError('NoSuchBucketPolicy', 'The bucket policy does not exist', 404),
  },
};
/** Answers that hold the configuration itself, and not a member that is called like it. */
const WHOLE = ['GetBucketTagging', 'GetBucketVersioning', 'GetBucketCors'];

const reads = Object.entries(READS).map(([name, { member, without }]): Operation<Buckets> =>
  operation<InBucket>(
    name,
    {
      claims: [
        without instanceof AwsError
          ? documented(`A bucket that has none: ${without.code}.`, `${API}, ${name}`)
          : documented(
              name === 'GetBucketVersioning'
                ? 'A bucket that never had versions says nothing.'
                : 'A bucket that says nothing encrypts with keys of S3’s own.',
              `${API}, ${name}`,
            ),
      ],
      access: access(name),
    },
    ({ Bucket }, { storage, configurations }) => {
      if (storage.bucket(Bucket) === undefined) throw noSuchBucket(Bucket);
      const value = configurations.get(Bucket)?.[member] ?? without;
      if (value instanceof AwsError) throw value;
      return WHOLE.includes(name) ? (value as Members) : { [member]: value }; // as it was put, by the model
    },
  ),
);

const getBucketLocation = operation<InBucket>(
  'GetBucketLocation',
  {
    claims: [documented('Buckets of us-east-1 have no constraint.', `${API}, GetBucketLocation`)],
    access: access('GetBucketLocation'),
  },
  ({ Bucket }, { storage, region }) => {
    if (storage.bucket(Bucket) === undefined) throw noSuchBucket(Bucket);
    return region === US_EAST ? {} : { LocationConstraint: region };
  },
);

interface OfObject extends InBucket {
  readonly Key: string;
}

const putObjectTagging = operation<OfObject & { Tagging: { readonly TagSet: readonly Tag[] } }>(
  'PutObjectTagging',
  {
    claims: [documented('The tags take the place of those that were there.', `${API}, PutObjectTagging`)],
    refuses: ['VersionId', 'RequestPayer'],
    access: access('PutObjectTagging'),
  },
  ({ Bucket, Key, Tagging }, { storage }) => {
    const bucket = storage.bucket(Bucket);
    if (bucket === undefined) throw noSuchBucket(Bucket);
    if (!bucket.retag(Key, Tagging.TagSet)) throw noSuchKey(Key);
    return {};
  },
);

const getObjectTagging = operation<OfObject>(
  'GetObjectTagging',
  {
    claims: [documented('An object without tags has an empty set.', `${API}, GetObjectTagging`)],
    refuses: ['VersionId', 'RequestPayer'],
    access: access('GetObjectTagging'),
  },
  ({ Bucket, Key }, { storage }) => {
    const bucket = storage.bucket(Bucket);
    if (bucket === undefined) throw noSuchBucket(Bucket);
    const object = bucket.get(Key);
    if (object === undefined) throw noSuchKey(Key);
    return { TagSet: object.tags ?? [] };
  },
);

/** Buckets and tags, over HTTP and for calls from within the region. */
export const BUCKETS_API: ApiDeclaration<Buckets> = {
  name: 's3',
  model: S3_MODEL,
  operations: [
    createBucket,
    deleteBucket,
    ...puts,
    deleteBucketPolicy,
    ...reads,
    getBucketLocation,
    putObjectTagging,
    getObjectTagging,
  ],
  invalid: 'InvalidArgument',
};

function configure({ storage, configurations }: Buckets, bucket: string, change: BucketConfiguration): void {
  if (storage.bucket(bucket) === undefined) throw noSuchBucket(bucket);
  const configuration = { ...configurations.get(bucket), ...change };
  configurations.put(bucket, configuration);
  noteKey({ storage }, bucket, configuration);
}

interface EncryptionRules {
  readonly Rules: readonly { readonly ApplyServerSideEncryptionByDefault?: { readonly KMSMasterKeyID?: string } }[];
}

/** Lets whoever reads or writes objects know which key that would take. */
function noteKey({ storage }: Pick<Buckets, 'storage'>, bucket: string, configuration: BucketConfiguration): void {
  const encryption = configuration.ServerSideEncryptionConfiguration as EncryptionRules | undefined; // by its model
  const key = encryption?.Rules[0]?.ApplyServerSideEncryptionByDefault?.KMSMasterKeyID;
  if (key === undefined) storage.encryptionKeys.delete(bucket);
  else storage.encryptionKeys.set(bucket, key);
}

function noSuchBucket(bucket: string): AwsError {
  return new AwsError('NoSuchBucket', 'The specified bucket does not exist', 404, { BucketName: bucket });
}

function noSuchKey(key: string): AwsError {
  return new AwsError('NoSuchKey', 'The specified key does not exist.', 404, { Key: key });
}
