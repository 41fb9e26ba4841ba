// Log groups of a project: with a retention, and gone with the project.
import { CfnDeletionPolicy, aws_logs as logs } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Named } from './names';
import { nameOf } from './substitute';

/** @param keyArn the project's own key, where it has one */
export function logGroup(
  scope: Construct,
  id: string,
  name: Named,
  retentionInDays: number,
  keyArn: string | undefined,
): logs.CfnLogGroup {
  const group = new logs.CfnLogGroup(scope, id, {
    logGroupName: nameOf(name),
    retentionInDays,
    ...(keyArn !== undefined && { kmsKeyId: keyArn }),
  });
  group.cfnOptions.deletionPolicy = CfnDeletionPolicy.DELETE;
  group.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.DELETE;
  return group;
}
