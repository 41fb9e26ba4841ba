// Log groups: with a retention, and gone with their stack.
import { CfnDeletionPolicy, aws_logs as logs } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** @param keyArn the project's own key, where it has one */
export function logGroup(
  scope: Construct,
  id: string,
  logGroupName: string,
  retentionInDays: number,
  keyArn?: string,
): logs.CfnLogGroup {
  const group = new logs.CfnLogGroup(scope, id, {
    logGroupName,
    retentionInDays,
    ...(keyArn !== undefined && { kmsKeyId: keyArn }),
  });
  group.cfnOptions.deletionPolicy = CfnDeletionPolicy.DELETE;
  group.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.DELETE;
  return group;
}
