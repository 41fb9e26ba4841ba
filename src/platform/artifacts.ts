// What outlives a project: its bucket, its model package group, and the key of their encryption.
import { CfnDeletionPolicy, aws_kms as kms, aws_s3 as s3, aws_sagemaker as sagemaker, Fn } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { NAMES } from './names';
import { arn, nameOf, s3Arn } from './substitute';
import type { TemplateOptions } from './template-options';

/** Days after which an object that was written over goes. Data versions and executions are never written over. */
const SUPERSEDED_DAYS = 90;
/** Days after which an upload that nobody finished goes. */
const UNFINISHED_DAYS = 7;

export class Artifacts extends Construct {
  readonly bucket: string;
  readonly modelPackageGroup: sagemaker.CfnModelPackageGroup;
  /** The project's own key. */
  readonly key?: kms.CfnKey;

  constructor(scope: Construct, id: string, options: TemplateOptions) {
    super(scope, id);
    if (options.encryption === 'project') this.key = this.addKey();

    const bucket = new s3.CfnBucket(this, 'Bucket', {
      bucketName: nameOf('artifactBucket'),
      bucketEncryption: {
        serverSideEncryptionConfiguration: [
          this.key
            ? {
                serverSideEncryptionByDefault: { sseAlgorithm: 'aws:kms', kmsMasterKeyId: this.key.attrArn },
                bucketKeyEnabled: true,
              }
            : { serverSideEncryptionByDefault: { sseAlgorithm: 'AES256' } },
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
    retain(bucket);
    this.bucket = bucket.ref;
    const bucketPolicy = new s3.CfnBucketPolicy(this, 'BucketPolicy', {
      bucket: bucket.ref,
      policyDocument: {
        Version: '2012-10-17',
        Statement: [
          {
            Sid: 'EncryptedInTransit',
            Effect: 'Deny',
            Principal: '*',
            Action: 's3:*',
            Resource: [s3Arn(NAMES.artifactBucket.text), s3Arn(`${NAMES.artifactBucket.text}/*`)],
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          },
        ],
      },
    });
    retain(bucketPolicy);

    this.modelPackageGroup = new sagemaker.CfnModelPackageGroup(this, 'ModelPackageGroup', {
      modelPackageGroupName: nameOf('modelPackageGroup'),
    });
    retain(this.modelPackageGroup);
  }

  private addKey(): kms.CfnKey {
    const key = new kms.CfnKey(this, 'Key', {
      enableKeyRotation: true,
      keyPolicy: {
        Version: '2012-10-17',
        Statement: [
          {
            Sid: 'Account',
            Effect: 'Allow',
            Principal: { AWS: Fn.sub('arn:${AWS::Partition}:iam::${AWS::AccountId}:root') },
            Action: 'kms:*',
            Resource: '*',
          },
          {
            Sid: 'Logs',
            Effect: 'Allow',
            Principal: { Service: Fn.sub('logs.${AWS::Region}.amazonaws.com') },
            Action: ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'],
            Resource: '*',
            Condition: {
              ArnLike: {
                'kms:EncryptionContext:aws:logs:arn': [
                  arn('logs', `log-group:${NAMES.buildLogs.text}`),
                  arn('logs', `log-group:${NAMES.seedLogs.text}`),
                  arn('logs', `log-group:${NAMES.notifyLogs.text}`),
                  arn('logs', `log-group:${NAMES.hookLogs.text}`),
                ],
              },
            },
          },
        ],
      },
    });
    retain(key);
    const alias = new kms.CfnAlias(this, 'KeyAlias', { aliasName: nameOf('keyAlias'), targetKeyId: key.ref });
    retain(alias);
    return key;
  }
}

/** Deleting the project leaves it. */
export function retain(resource: {
  readonly cfnOptions: { deletionPolicy?: CfnDeletionPolicy; updateReplacePolicy?: CfnDeletionPolicy };
}): void {
  resource.cfnOptions.deletionPolicy = CfnDeletionPolicy.RETAIN;
  resource.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN;
}
