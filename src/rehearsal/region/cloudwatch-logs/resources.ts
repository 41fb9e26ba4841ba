// CloudWatch Logs' resource type of CloudFormation.
import { textOf, type Properties, type ResourceContext, type ResourceType } from '../cloudformation/resource';
import { keepsTags, tagMap, unlessGone } from '../cloudformation/shapes';

/** Source: CloudWatch Logs API Reference, CreateLogGroup: logGroupName. */
const LONGEST_NAME = 512;

const logGroup: ResourceType = {
  type: 'AWS::Logs::LogGroup',
  properties: { LogGroupName: 'replaces', RetentionInDays: 'updates', KmsKeyId: 'updates', Tags: 'updates' },
  attributes: ['Arn'],
  async create(properties, context) {
    const logGroupName = textOf(properties, 'LogGroupName') ?? context.generatedName(LONGEST_NAME);
    const kmsKeyId = textOf(properties, 'KmsKeyId');
    const tags = tagMap(properties, context);
    await context.caller.call('logs', 'CreateLogGroup', {
      logGroupName,
      ...(Object.keys(tags).length > 0 && { tags }),
      ...(kmsKeyId !== undefined && { kmsKeyId }),
    });
    await retain(logGroupName, properties, context);
    return asResource(logGroupName, context);
  },
  async update(physicalId, properties, before, context) {
    keepsTags(properties, before);
    await retain(physicalId, properties, context);
    return asResource(physicalId, context);
  },
  async delete(physicalId, _properties, { caller }) {
    await unlessGone(caller.call('logs', 'DeleteLogGroup', { logGroupName: physicalId }), 'ResourceNotFoundException');
  },
};

async function retain(
  logGroupName: string,
  { RetentionInDays }: Properties,
  { caller }: ResourceContext,
): Promise<void> {
  if (RetentionInDays === undefined) return;
  await caller.call('logs', 'PutRetentionPolicy', { logGroupName, retentionInDays: Number(RetentionInDays) });
}

function asResource(physicalId: string, { region, account }: ResourceContext) {
  return { physicalId, attributes: { Arn: `arn:aws:logs:${region}:${account}:log-group:${physicalId}:*` } };
}

export const LOGS_RESOURCES: readonly ResourceType[] = [logGroup];
