// What was launched, and what came of it: provisioned products and their records.
import { assumed, documented } from '../behaviour';
import type { Members } from '../service';
import { seconds } from '../time';
import { statusOf } from './provisioned-status';
import {
  API,
  existing,
  newId,
  notFound,
  ONE_PAGE,
  operation,
  PAGED,
  type Catalog,
  type LaunchRecord,
  type Provisioned,
  type RecordType,
} from './world';

/**
 * The permission on what the caller has launched; of what others have, IAM is asked without the key.
 * Source: Service Authorization Reference, "Condition keys for AWS Service Catalog": servicecatalog:userLevel.
 */
export const ofOwn = (action: string) => () => [
  {
    action: `servicecatalog:${action}`,
    resources: ['*'],
    context: { 'servicecatalog:userLevel': 'self', 'servicecatalog:roleLevel': 'self' },
  },
];

const describeProvisionedProduct = operation<{ Id?: string; Name?: string }>(
  'DescribeProvisionedProduct',
  {
    claims: [
      documented(
        'AVAILABLE, UNDER_CHANGE, TAINTED (the update went back), ERROR (the stack does not run).',
        `${API}, ProvisionedProductDetail: Status`,
      ),
      documented('One that was terminated is not found.', `${API}, DescribeProvisionedProduct: Errors`),
    ],
    access: ofOwn('DescribeProvisionedProduct'),
  },
  async ({ Id, Name }, world) => ({
    ProvisionedProductDetail: await detail(world, await present(world, Id, Name)),
  }),
);

const scanProvisionedProducts = operation(
  'ScanProvisionedProducts',
  { claims: [ONE_PAGE, assumed('Whoever asks sees all of the account’s.')], refuses: [...PAGED, 'AccessLevelFilter'] },
  async (_input, world) => {
    const all = await Promise.all(world.provisioned.all().map((one) => detail(world, one)));
    return { ProvisionedProducts: all.filter((one) => one !== undefined) };
  },
);

const describeRecord = operation<{ Id: string }>(
  'DescribeRecord',
  {
    claims: [
      documented('The outputs of the stack, and its ARN as CloudformationStackARN.', `${API}, DescribeRecord`),
      assumed('Only the last record of a provisioned product follows its stack; earlier ones have ended.'),
    ],
    refuses: PAGED,
    access: ofOwn('DescribeRecord'),
  },
  async ({ Id }, world) => {
    const record = existing(world.records, 'Record', Id);
    const provisioned = existing(world.provisioned, 'Provisioned product', record.ProvisionedProductId);
    const status = await statusOf(world, provisioned);
    const outputs = status?.outputs ?? [];
    return {
      RecordDetail: recordDetail(provisioned, record, status?.record),
      RecordOutputs: [
        ...(provisioned.stackId === undefined
          ? []
          : [{ OutputKey: 'CloudformationStackARN', OutputValue: provisioned.stackId }]),
        ...outputs,
      ],
    };
  },
);

export function recorded(
  world: Catalog,
  RecordType: RecordType,
  ProvisionedProductId: string,
  ProvisioningArtifactId: string,
  refused: string | undefined,
): LaunchRecord {
  const record: LaunchRecord = {
    RecordId: newId('rec'),
    RecordType,
    CreatedTime: seconds(),
    ProvisionedProductId,
    ProvisioningArtifactId,
    ...(refused !== undefined && { refused }),
  };
  world.records.put(record.RecordId, record);
  return record;
}

/** What is there under this id, or this name. @throws AwsError ResourceNotFoundException */
export async function present(world: Catalog, id: string | undefined, name: string | undefined): Promise<Provisioned> {
  for (const one of world.provisioned.all()) {
    if ((one.Id === id || one.Name === name) && (await statusOf(world, one)) !== undefined) return one;
  }
  throw notFound(`Provisioned product not found: ${id ?? name ?? ''}`);
}

async function detail(world: Catalog, provisioned: Provisioned): Promise<Members | undefined> {
  const status = await statusOf(world, provisioned);
  if (status === undefined) return undefined;
  const { Id, Name, Arn, CreatedTime, token, ProductId, ProvisioningArtifactId, launchRole: role } = provisioned;
  return {
    Id,
    Name,
    Arn,
    Type: 'CFN_STACK',
    CreatedTime,
    IdempotencyToken: token,
    ProductId,
    ProvisioningArtifactId,
    Status: status.status,
    ...(status.message !== undefined && { StatusMessage: status.message }),
    LastRecordId: provisioned.lastRecord,
    LastProvisioningRecordId: provisioned.lastProvisioning,
    ...(role !== undefined && { LaunchRoleArn: role }),
  };
}

export function answered(world: Catalog, provisioned: Provisioned, recordId: string): Members {
  const record = existing(world.records, 'Record', recordId);
  return { RecordDetail: recordDetail(provisioned, record, record.refused === undefined ? 'CREATED' : 'FAILED') };
}

function recordDetail(provisioned: Provisioned, record: LaunchRecord, status = 'SUCCEEDED'): Members {
  const { RecordId, RecordType, CreatedTime, ProvisionedProductId, ProvisioningArtifactId, refused } = record;
  const { Name, ProductId, PathId, launchRole: role, lastRecord } = provisioned;
  return {
    RecordId,
    RecordType,
    CreatedTime,
    UpdatedTime: seconds(),
    ProvisionedProductId,
    ProvisionedProductName: Name,
    ProvisionedProductType: 'CFN_STACK',
    ProductId,
    ProvisioningArtifactId,
    PathId,
    Status: refused !== undefined ? 'FAILED' : lastRecord === RecordId ? status : 'SUCCEEDED',
    RecordErrors: refused === undefined ? [] : [{ Code: 'InvalidRequest', Description: refused }],
    ...(role !== undefined && { LaunchRoleArn: role }),
  };
}

export const PROVISIONED_OPERATIONS = [describeProvisionedProduct, scanProvisionedProducts, describeRecord];
