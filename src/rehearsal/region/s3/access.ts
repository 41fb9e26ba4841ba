// The permission that an S3 operation needs: its action has not always its name.
import type { Access } from '../service';

/** Source: Service Authorization Reference, "Actions, resources, and condition keys for Amazon S3". */
const ACTIONS: Readonly<Record<string, string>> = {
  HeadBucket: 'ListBucket',
  HeadObject: 'GetObject',
  ListObjectsV2: 'ListBucket',
  GetBucketCors: 'GetBucketCORS',
  PutBucketCors: 'PutBucketCORS',
  GetBucketEncryption: 'GetEncryptionConfiguration',
  PutBucketEncryption: 'PutEncryptionConfiguration',
  PutBucketLifecycleConfiguration: 'PutLifecycleConfiguration',
  PutPublicAccessBlock: 'PutBucketPublicAccessBlock',
};

/** Operations on an object, by what a key does for them. */
const KEY_ACTIONS: Readonly<Record<string, string>> = {
  GetObject: 'Decrypt',
  HeadObject: 'Decrypt',
  PutObject: 'GenerateDataKey',
};

/** @param keyArn what the bucket encrypts its objects with, where it is a key of KMS */
export function s3Access(operation: string, input: object, keyArn?: string): Access[] {
  // Bound by the model.
  const { Bucket, Key, Tagging } = input as {
    readonly Bucket: string;
    readonly Key?: string;
    readonly Tagging?: unknown;
  };
  const path = Key === undefined ? Bucket : `${Bucket}/${Key}`;
  const resources = [`arn:aws:s3:::${path}`];
  const keyAction = KEY_ACTIONS[operation];
  return [
    { action: `s3:${ACTIONS[operation] ?? operation}`, resources },
    // Tags of an object that is written need a permission of their own.
    ...(operation === 'PutObject' && Tagging !== undefined ? [{ action: 's3:PutObjectTagging', resources }] : []),
    ...(keyArn !== undefined && keyAction !== undefined
      ? [{ action: `kms:${keyAction}`, resources: [keyArn], context: throughS3(keyArn, Bucket) }]
      : []),
  ];
}

/** Source: S3 User Guide, "Using server-side encryption with AWS KMS keys": encryption context. */
function throughS3(keyArn: string, bucket: string) {
  return {
    'kms:ViaService': `s3.${keyArn.split(':')[3] ?? ''}.amazonaws.com`,
    'kms:EncryptionContext:aws:s3:arn': `arn:aws:s3:::${bucket}`,
  };
}
