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

export function s3Access(operation: string, input: object): Access {
  const { Bucket, Key } = input as { readonly Bucket: string; readonly Key?: string }; // bound by the model
  const path = Key === undefined ? Bucket : `${Bucket}/${Key}`;
  return { action: `s3:${ACTIONS[operation] ?? operation}`, resources: [`arn:aws:s3:::${path}`] };
}
