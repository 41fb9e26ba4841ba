// The catalog's bucket: templates as Studio reads them, seeds, and the sources of runtime images.
import { CfnDeletionPolicy, aws_s3 as s3 } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { platformNames, s3Arn, sub } from '../platform';

/** Days after which an object that was written over goes; frozen releases never are. */
const SUPERSEDED_DAYS = 90;
const UNFINISHED_DAYS = 7;

export class CatalogBucket extends Construct {
  constructor(scope: Construct, id: string, platform: string) {
    super(scope, id);
    const name = platformNames(platform).catalogBucket;
    const bucket = new s3.CfnBucket(this, 'Bucket', {
      bucketName: sub(name),
      bucketEncryption: {
        serverSideEncryptionConfiguration: [{ serverSideEncryptionByDefault: { sseAlgorithm: 'AES256' } }],
      },
      // Studio lists templates from the browser. Source: `cors-policy.json` of aws-samples/sagemaker-custom-project-templates.
      corsConfiguration: {
        corsRules: [
          {
            allowedOrigins: ['https://*.sagemaker.aws'],
            allowedMethods: ['POST', 'PUT', 'GET', 'HEAD', 'DELETE'],
            allowedHeaders: ['*'],
            exposedHeaders: [
              'ETag',
              'x-amz-delete-marker',
              'x-amz-id-2',
              'x-amz-request-id',
              'x-amz-server-side-encryption',
              'x-amz-version-id',
            ],
          },
        ],
      },
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
    const policy = new s3.CfnBucketPolicy(this, 'BucketPolicy', {
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
    for (const { cfnOptions } of [bucket, policy]) {
      cfnOptions.deletionPolicy = CfnDeletionPolicy.RETAIN;
      cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN;
    }
  }
}
