// Custom resources: a Lambda function does the work, and leaves its answer at a presigned URL.
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { AwsError } from '../errors';
import type { Properties, Resource, ResourceContext, ResourceType } from './resource';

/** Seconds. Source: CloudFormation User Guide, "Custom resources": ServiceTimeout, 3,600 unless it says otherwise. */
const TIMEOUT_SECONDS = 3600;
const POLL_MS = 50;

const answer = z.looseObject({
  Status: z.enum(['SUCCESS', 'FAILED']),
  Reason: z.string().optional(),
  PhysicalResourceId: z.string().optional(),
  Data: z.record(z.string(), z.unknown()).default({}),
});

export const CUSTOM_RESOURCE: ResourceType = {
  type: 'AWS::CloudFormation::CustomResource',
  properties: { ServiceToken: 'updates', ServiceTimeout: 'updates' },
  required: ['ServiceToken'],
  open: true,
  create: (properties, context) => ask('Create', properties, context, {}),
  update: (physicalId, properties, before, context) =>
    ask('Update', properties, context, { PhysicalResourceId: physicalId, OldResourceProperties: before }),
  async delete(physicalId, properties, context) {
    await ask('Delete', properties, context, { PhysicalResourceId: physicalId });
  },
};

async function ask(
  RequestType: string,
  properties: Properties,
  context: ResourceContext,
  more: Properties,
): Promise<Resource> {
  const { ServiceToken, ServiceTimeout = TIMEOUT_SECONDS } = properties;
  const RequestId = randomUUID();
  const response = context.responseAt(RequestId);
  const request = {
    RequestType,
    RequestId,
    ResponseURL: response.url,
    StackId: context.stackId,
    LogicalResourceId: context.logicalId,
    ResourceType: context.type,
    ServiceToken,
    ResourceProperties: properties,
    ...more,
  };
  await context.caller.call('lambda', 'Invoke', {
    FunctionName: ServiceToken,
    InvocationType: 'Event',
    Payload: Buffer.from(JSON.stringify(request)),
  });
  const end = Date.now() + Number(ServiceTimeout) * 1000;
  for (;;) {
    const text = await response.take();
    if (text !== undefined) return outcome(text, more, RequestId);
    if (Date.now() > end) {
      throw new AwsError(
        'NotStabilized',
        `CloudFormation did not receive a response from your Custom Resource. Please check your logs for requestId [${RequestId}].`,
      );
    }
    await delay(POLL_MS, undefined, { signal: context.signal });
  }
}

function outcome(text: string, { PhysicalResourceId: before }: Properties, requestId: string): Resource {
  const { Status, Reason, PhysicalResourceId, Data } = answer.parse(JSON.parse(text));
  if (Status === 'FAILED') {
    throw new AwsError(
      'GeneralServiceException',
      `Received response status [FAILED] from custom resource. Message returned: ${Reason ?? ''} (RequestId: ${requestId})`,
    );
  }
  const physicalId = PhysicalResourceId ?? before;
  if (typeof physicalId !== 'string') throw new AwsError('GeneralServiceException', 'Invalid PhysicalResourceId');
  return {
    physicalId,
    attributes: Object.fromEntries(Object.entries(Data).map(([key, value]) => [key, String(value)])),
  };
}
