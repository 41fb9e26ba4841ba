// A bucket that outlives its stack: private, versioned, reached over TLS alone.
import { CfnDeletionPolicy, type CfnResource, aws_s3 as s3 } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { s3Arn, sub } from './substitute';

/** Days after which an object that was written over goes. Data versions, executions and frozen releases never are. */
const SUPERSEDED_DAYS = 90;
/** Days after which an upload that nobody finished goes. */
const UNFINISHED_DAYS = 7;

/**
 * Makes the bucket and its policy below a construct.
 * @param name text for `Fn::Sub`
 */
export function retainedBucket(
  scope: Construct,
  name: string,
  props: Pick<s3.CfnBucketProps, 'bucketEncryption' | 'corsConfiguration'>,
): s3.CfnBucket {
  const bucket = new s3.CfnBucket(scope, 'Bucket', {
    ...props,
    bucketName: sub(name),
    lifecycleConfiguration: {
      rules: [
        {
          id: 'superseded',
          status: 'Enabled',
          noncurrentVersionExpiration: { noncurrentDays: SUPERSEDED_DAYS },
          abortIncompleteMultipartUpload: { daysAfterInitiation: UNFINISHED_DAYS },
        },
      ],
    },
    ownershipControls: { rules: [{ objectOwnership: 'BucketOwnerEnforced' }] },
    publicAccessBlockConfiguration: {
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    },
    versioningConfiguration: { status: 'Enabled' },
  });
  retain(bucket);
  const policy = new s3.CfnBucketPolicy(scope, 'BucketPolicy', {
    bucket: bucket.ref,
    policyDocument: {
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'EncryptedInTransit',
          Effect: 'Deny',
          Principal: '*',
          Action: 's3:*',
          Resource: [s3Arn(name), s3Arn(`${name}/*`)],
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        },
      ],
    },
  });
  retain(policy);
  return bucket;
}

/** Deleting the stack leaves it; a stack that could not be made takes it along, so that the next try finds its name free. */
export function retain({ cfnOptions }: Pick<CfnResource, 'cfnOptions'>): void {
  cfnOptions.deletionPolicy = CfnDeletionPolicy.RETAIN_EXCEPT_ON_CREATE;
  cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN;
}
