// S3's resource types of CloudFormation.
import { tagsOf, textOf, type Properties, type ResourceContext, type ResourceType } from '../cloudformation/resource';
import { AwsError } from '../errors';

const LONGEST_NAME = 63;

/** A property of a bucket with the call that puts it there, and the form that the call has it in. */
const CONFIGURATIONS: Readonly<
  Record<string, { readonly call: string; readonly input: (value: never) => Properties }>
> = {
  VersioningConfiguration: {
    call: 'PutBucketVersioning',
    input: (VersioningConfiguration) => ({ VersioningConfiguration }),
  },
  OwnershipControls: { call: 'PutBucketOwnershipControls', input: (OwnershipControls) => ({ OwnershipControls }) },
  PublicAccessBlockConfiguration: {
    call: 'PutPublicAccessBlock',
    input: (PublicAccessBlockConfiguration) => ({ PublicAccessBlockConfiguration }),
  },
  BucketEncryption: {
    call: 'PutBucketEncryption',
    input: ({
      ServerSideEncryptionConfiguration: rules,
    }: {
      ServerSideEncryptionConfiguration: readonly Properties[];
    }) => ({
      ServerSideEncryptionConfiguration: {
        Rules: rules.map(({ ServerSideEncryptionByDefault, ...rule }) => ({
          ...rule,
          ApplyServerSideEncryptionByDefault: ServerSideEncryptionByDefault,
        })),
      },
    }),
  },
  LifecycleConfiguration: {
    call: 'PutBucketLifecycleConfiguration',
    input: ({ Rules }: { Rules: readonly Properties[] }) => ({
      LifecycleConfiguration: {
        Rules: Rules.map(({ Id, Prefix = '', ...rule }) => ({ ID: Id, Filter: { Prefix }, ...rule })),
      },
    }),
  },
  CorsConfiguration: {
    call: 'PutBucketCors',
    input: ({ CorsRules }: { CorsRules: readonly Properties[] }) => ({
      CORSConfiguration: {
        CORSRules: CorsRules.map(({ ExposedHeaders, MaxAge, Id, ...rule }) => ({
          ...rule,
          ID: Id,
          ExposeHeaders: ExposedHeaders,
          MaxAgeSeconds: MaxAge,
        })),
      },
    }),
  },
};

const bucket: ResourceType = {
  type: 'AWS::S3::Bucket',
  properties: {
    BucketName: 'replaces',
    Tags: 'updates',
    ...Object.fromEntries(Object.keys(CONFIGURATIONS).map((name) => [name, 'updates' as const])),
  },
  attributes: ['Arn', 'DomainName', 'RegionalDomainName'],
  async create(properties, context) {
    const Bucket = textOf(properties, 'BucketName') ?? context.generatedName(LONGEST_NAME).toLowerCase();
    await context.caller.call('s3', 'CreateBucket', {
      Bucket,
      ...(context.region !== 'us-east-1' && { CreateBucketConfiguration: { LocationConstraint: context.region } }),
    });
    await configure(Bucket, properties, {}, context);
    return described(Bucket, context);
  },
  async update(Bucket, properties, before, context) {
    await configure(Bucket, properties, before, context);
    return described(Bucket, context);
  },
  async delete(Bucket, _properties, { caller }) {
    await caller.call('s3', 'DeleteBucket', { Bucket });
  },
};

const bucketPolicy: ResourceType = {
  type: 'AWS::S3::BucketPolicy',
  properties: { Bucket: 'replaces', PolicyDocument: 'updates' },
  required: ['Bucket', 'PolicyDocument'],
  async create(properties, { caller }) {
    const Bucket = textOf(properties, 'Bucket') ?? '';
    await caller.call('s3', 'PutBucketPolicy', { Bucket, Policy: JSON.stringify(properties.PolicyDocument) });
    return { physicalId: Bucket };
  },
  async update(Bucket, { PolicyDocument }, _before, { caller }) {
    await caller.call('s3', 'PutBucketPolicy', { Bucket, Policy: JSON.stringify(PolicyDocument) });
    return { physicalId: Bucket };
  },
  async delete(Bucket, _properties, { caller }) {
    await caller.call('s3', 'DeleteBucketPolicy', { Bucket });
  },
};

export const S3_RESOURCES: readonly ResourceType[] = [bucket, bucketPolicy];

async function configure(
  Bucket: string,
  properties: Properties,
  before: Properties,
  context: ResourceContext,
): Promise<void> {
  for (const [name, { call, input }] of Object.entries(CONFIGURATIONS)) {
    const value = properties[name];
    if (value !== undefined)
      await context.caller.call('s3', call, { Bucket, ...input(value as never) }); // the call checks it
    else if (before[name] !== undefined) {
      throw new AwsError(
        'ValidationError',
        `The rehearsal region cannot take ${name} off a bucket: set it to what it is to be.`,
      );
    }
  }
  const TagSet = tagsOf(properties, context);
  if (TagSet.length > 0) await context.caller.call('s3', 'PutBucketTagging', { Bucket, Tagging: { TagSet } });
}

function described(Bucket: string, { region }: ResourceContext) {
  return {
    physicalId: Bucket,
    attributes: {
      Arn: `arn:aws:s3:::${Bucket}`,
      DomainName: `${Bucket}.s3.amazonaws.com`,
      RegionalDomainName: `${Bucket}.s3.${region}.amazonaws.com`,
    },
  };
}
