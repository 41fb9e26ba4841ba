// Buckets as the rest of the region sees them: made, configured and deleted, without HTTP.
import { assumed, documented } from '../behaviour';
import type { Base } from '../base';
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
  return { ...base, configurations: base.collection('s3-configurations') };
}

const operation = operationsOf<Buckets>();
const API = 'Amazon S3 API Reference';

interface InBucket {
  readonly Bucket: string;
}

const access = (name: string) => (input: InBucket) => [s3Access(name, input)];

const createBucket = operation<InBucket>(
  'CreateBucket',
  {
    claims: [documented('A bucket that is there already: BucketAlreadyOwnedByYou.', `${API}, CreateBucket`)],
    access: access('CreateBucket'),
  },
  ({ Bucket }, { storage }) => {
    if (!isBucketName(Bucket)) throw new AwsError('InvalidBucketName', 'The specified bucket is not valid.');
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

/** S3 for calls from within the region. */
export const BUCKETS_API: ApiDeclaration<Buckets> = {
  name: 's3',
  model: S3_MODEL,
  operations: [createBucket, deleteBucket, ...puts, deleteBucketPolicy],
};

function configure({ storage, configurations }: Buckets, bucket: string, change: BucketConfiguration): void {
  if (storage.bucket(bucket) === undefined) throw noSuchBucket(bucket);
  configurations.put(bucket, { ...configurations.get(bucket), ...change });
}

function noSuchBucket(bucket: string): AwsError {
  return new AwsError('NoSuchBucket', 'The specified bucket does not exist', 404, { BucketName: bucket });
}
