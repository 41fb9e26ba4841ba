// Lambda's resource types of CloudFormation.
import { picked, textOf, type Properties, type ResourceType } from '../cloudformation/resource';
import { keepsTags, tagMap, unlessGone } from '../cloudformation/shapes';
import { AwsError } from '../errors';
import type { Members } from '../service';
import { zipTexts } from '../../../zip';

const GONE = 'ResourceNotFoundException';
/** Source: Lambda API Reference, CreateFunction: FunctionName. */
const LONGEST_NAME = 64;
const CONFIGURATION = [
  'Runtime',
  'Handler',
  'Role',
  'Description',
  'Timeout',
  'MemorySize',
  'Environment',
  'LoggingConfig',
];

const lambdaFunction: ResourceType = {
  type: 'AWS::Lambda::Function',
  properties: {
    FunctionName: 'replaces',
    Code: 'updates',
    Architectures: 'updates',
    Tags: 'updates',
    ...Object.fromEntries(CONFIGURATION.map((name) => [name, 'updates' as const])),
  },
  required: ['Code', 'Role'],
  attributes: ['Arn'],
  async create(properties, context) {
    const made = await context.caller.call('lambda', 'CreateFunction', {
      ...picked(properties, ...CONFIGURATION, 'Architectures'),
      FunctionName: textOf(properties, 'FunctionName') ?? context.generatedName(LONGEST_NAME),
      Code: { ZipFile: await inline(properties) },
      Tags: tagMap(properties, context),
    });
    return asResource(made);
  },
  async update(physicalId, properties, before, { caller }) {
    keepsTags(properties, before);
    const FunctionName = physicalId;
    if (JSON.stringify(properties.Code) !== JSON.stringify(before.Code)) {
      await caller.call('lambda', 'UpdateFunctionCode', { FunctionName, ZipFile: await inline(properties) });
    }
    const input = { ...picked(properties, ...CONFIGURATION), FunctionName };
    return asResource(await caller.call('lambda', 'UpdateFunctionConfiguration', input));
  },
  async delete(physicalId, _properties, { caller }) {
    await unlessGone(caller.call('lambda', 'DeleteFunction', { FunctionName: physicalId }), GONE);
  },
};

/** Text in a template is a module `index`. Source: CloudFormation User Guide, AWS::Lambda::Function Code: ZipFile. */
async function inline({ Code }: Properties): Promise<Uint8Array> {
  const { ZipFile, ...more } = Code as Readonly<Record<string, unknown>>; // `Code` is required, an object by CloudFormation's schema
  if (typeof ZipFile !== 'string' || Object.keys(more).length > 0) {
    throw new AwsError('ValidationError', 'The rehearsal region takes the code of a function as ZipFile alone.');
  }
  return zipTexts({ 'index.js': ZipFile });
}

function asResource({ FunctionName, FunctionArn }: Members) {
  return { physicalId: String(FunctionName), attributes: { Arn: String(FunctionArn) } };
}

const permission: ResourceType = {
  type: 'AWS::Lambda::Permission',
  properties: { Action: 'replaces', FunctionName: 'replaces', Principal: 'replaces', SourceArn: 'replaces' },
  required: ['Action', 'FunctionName', 'Principal'],
  async create(properties, context) {
    const StatementId = context.generatedName(LONGEST_STATEMENT);
    await context.caller.call('lambda', 'AddPermission', { ...properties, StatementId });
    return { physicalId: StatementId };
  },
  update: (physicalId) => Promise.resolve({ physicalId }),
  async delete(StatementId, { FunctionName }, { caller }) {
    await unlessGone(caller.call('lambda', 'RemovePermission', { FunctionName, StatementId }), GONE);
  },
};

/** Source: Lambda API Reference, AddPermission: StatementId. */
const LONGEST_STATEMENT = 100;

export const LAMBDA_RESOURCES: readonly ResourceType[] = [lambdaFunction, permission];
