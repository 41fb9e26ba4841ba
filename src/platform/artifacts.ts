// What outlives a project: its bucket, its model package group, and the key of their encryption.
import { aws_kms as kms, aws_sagemaker as sagemaker, Fn } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { NAMES } from './names';
import { retain, retainedBucket } from './retained-bucket';
import { arn, nameOf } from './substitute';
import type { TemplateOptions } from './template-options';

/** Log groups that the project's key encrypts. */
const LOGS = ['buildLogs', 'seedLogs', 'notifyLogs', 'hookLogs', 'stepLogs'] as const;

export class Artifacts extends Construct {
  readonly bucket: string;
  readonly modelPackageGroup: sagemaker.CfnModelPackageGroup;
  /** The project's own key. */
  readonly key?: kms.CfnKey;

  constructor(scope: Construct, id: string, options: TemplateOptions) {
    super(scope, id);
    if (options.encryption === 'project') this.key = this.addKey();

    this.bucket = retainedBucket(this, NAMES.artifactBucket.text, {
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
    }).ref;

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
                'kms:EncryptionContext:aws:logs:arn': LOGS.map((name) => arn('logs', `log-group:${NAMES[name].text}`)),
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
