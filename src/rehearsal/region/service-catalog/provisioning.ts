// Provisioned products: launched, updated and ended as stacks, in the name of the launch role.
import { assumed, documented } from '../behaviour';
import type { Tag } from '../cloudformation/resource';
import { AwsError } from '../errors';
import type { Caller, Members } from '../service';
import { seconds } from '../time';
import { asLaunchRole, launchConstraint, roleOf } from './constraints';
import { launchPaths, TAGS_PAGE, type LaunchPath } from './launch-paths';
import { statusOf } from './provisioned-status';
import {
  API,
  artifactOf,
  catalogArn,
  existing,
  GUIDE,
  invalid,
  newId,
  notFound,
  ONE_PAGE,
  operation,
  PAGED,
  retagged,
  type Artifact,
  type Catalog,
  type LaunchRecord,
  type Product,
  type Provisioned,
  type RecordType,
} from './world';

interface ParameterGiven {
  readonly Key?: string;
  readonly Value?: string;
  readonly UsePreviousValue?: boolean;
}

const UNHEEDED = ['ProvisioningPreferences', 'NotificationArns'];

/**
 * The permission on what the caller has launched; of what others have, IAM is asked without the key.
 * Source: Service Authorization Reference, "Condition keys for AWS Service Catalog": servicecatalog:userLevel.
 */
const ofOwn = (action: string) => () => [
  {
    action: `servicecatalog:${action}`,
    resources: ['*'],
    context: { 'servicecatalog:userLevel': 'self', 'servicecatalog:roleLevel': 'self' },
  },
];

const provisionProduct = operation<{
  ProductId?: string;
  ProvisioningArtifactId?: string;
  PathId?: string;
  ProvisionedProductName: string;
  ProvisioningParameters?: readonly ParameterGiven[];
  Tags?: readonly Tag[];
  ProvisionToken: string;
}>(
  'ProvisionProduct',
  {
    claims: [
      documented('A product without a launch path for the caller is not found.', `${API}, ProvisionProduct: Errors`),
      documented('The stack is made in the name of the launch role.', `${GUIDE}, "Launch constraints"`),
      documented('The stack has the tags of portfolio and product, and those of the request over them.', TAGS_PAGE),
      documented('The same ProvisionToken again launches nothing new.', `${API}, ProvisionProduct: ProvisionToken`),
      documented('A name that is taken: DuplicateResourceException.', `${API}, ProvisionProduct: Errors`),
      assumed('The stack is called SC-<account>-<provisioned product id>.'),
      assumed('A product is launched without a constraint by whoever launches it.'),
      assumed('AutoTags (aws:servicecatalog:…) are left out.'),
    ],
    refuses: [...UNHEEDED, 'ProductName', 'ProvisioningArtifactName', 'PathName'],
    access: ({ ProductId = '*' }, world) => [
      { action: 'servicecatalog:ProvisionProduct', resources: [catalogArn(world, `product/${ProductId}`)] },
    ],
  },
  async (input, world, caller) => {
    const { ProvisionedProductName: Name, ProvisionToken: token, Tags = [] } = input;
    const again = world.provisioned.all().find((one) => one.token === token);
    if (again !== undefined) return answered(world, again, again.lastProvisioning);
    for (const other of world.provisioned.all().filter((one) => one.Name === Name)) {
      if ((await statusOf(world, other)) === undefined) continue;
      throw new AwsError('DuplicateResourceException', `A provisioned product with the name ${Name} exists already.`);
    }
    const product = existing(world.products, 'Product', input.ProductId ?? '');
    const artifact = artifactOf(product, input.ProvisioningArtifactId ?? '');
    refuseUnlessLaunchable(artifact);
    const path = pathOf(world, product, caller.principal.arn, input.PathId);
    const role = launchRole(world, path, product);
    const parameters = valuesOf(input.ProvisioningParameters ?? [], {});
    const Id = newId('pp');
    const by = await launcher(world, role, caller);
    const created = await stackId(() =>
      by.call('cloudformation', 'CreateStack', {
        StackName: `SC-${world.account}-${Id}`,
        ...templateOf(artifact, by),
        Parameters: listed(parameters),
        Capabilities: ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM'],
        Tags: retagged(retagged(path.portfolio.tags, product.tags), Tags),
      }),
    );
    const record = recorded(world, 'PROVISION_PRODUCT', Id, artifact.Id, created.refused);
    const provisioned: Provisioned = {
      Id,
      Name,
      Arn: `arn:aws:servicecatalog:${world.region}:${world.account}:stack/${Name}/${Id}`,
      CreatedTime: seconds(),
      token,
      ProductId: product.Id,
      ProvisioningArtifactId: artifact.Id,
      PathId: path.id,
      ...(role !== undefined && { launchRole: role }),
      owner: caller.principal.arn,
      ...(created.id !== undefined && { stackId: created.id }),
      parameters,
      lastRecord: record.RecordId,
      lastProvisioning: record.RecordId,
    };
    world.provisioned.put(Id, provisioned);
    return answered(world, provisioned, record.RecordId);
  },
);

const updateProvisionedProduct = operation<{
  ProvisionedProductId?: string;
  ProvisionedProductName?: string;
  ProductId?: string;
  ProvisioningArtifactId?: string;
  ProvisioningParameters?: readonly ParameterGiven[];
  UpdateToken: string;
}>(
  'UpdateProvisionedProduct',
  {
    claims: [
      assumed('Parameters that are not named keep their values.'),
      assumed('When nothing would change, the update succeeds and nothing happens.'),
    ],
    refuses: [...UNHEEDED, 'ProductName', 'ProvisioningArtifactName', 'PathId', 'PathName', 'Tags'],
    access: ofOwn('UpdateProvisionedProduct'),
  },
  async (input, world, caller) => {
    const before = await present(world, input.ProvisionedProductId, input.ProvisionedProductName);
    const product = existing(world.products, 'Product', input.ProductId ?? before.ProductId);
    const artifact = artifactOf(product, input.ProvisioningArtifactId ?? before.ProvisioningArtifactId);
    if (artifact.Id !== before.ProvisioningArtifactId) refuseUnlessLaunchable(artifact);
    const parameters = valuesOf(input.ProvisioningParameters ?? [], before.parameters);
    const by = await launcher(world, before.launchRole, caller);
    const updated = await stackId(async () => {
      if (before.stackId === undefined) throw invalid(`${before.Id} has no stack: terminate it, and launch again.`);
      return by.call('cloudformation', 'UpdateStack', {
        StackName: before.stackId,
        ...templateOf(artifact, by),
        Parameters: listed(parameters),
        Capabilities: ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM'],
      });
    });
    const unchanged = updated.refused?.startsWith(NO_CHANGES) === true;
    const refused = unchanged ? undefined : updated.refused;
    const record = recorded(world, 'UPDATE_PROVISIONED_PRODUCT', before.Id, artifact.Id, refused);
    const after: Provisioned = {
      ...before,
      ...(refused === undefined && { ProductId: product.Id, ProvisioningArtifactId: artifact.Id, parameters }),
      lastRecord: record.RecordId,
      lastProvisioning: record.RecordId,
    };
    world.provisioned.put(after.Id, after);
    return answered(world, after, record.RecordId);
  },
);

const terminateProvisionedProduct = operation<{
  ProvisionedProductId?: string;
  ProvisionedProductName?: string;
  TerminateToken: string;
}>(
  'TerminateProvisionedProduct',
  {
    claims: [
      documented('Its stack is deleted; what the template retains stays.', `${API}, TerminateProvisionedProduct`),
    ],
    refuses: ['IgnoreErrors', 'RetainPhysicalResources'],
    access: ofOwn('TerminateProvisionedProduct'),
  },
  async (input, world, caller) => {
    const before = await present(world, input.ProvisionedProductId, input.ProvisionedProductName);
    const record = recorded(
      world,
      'TERMINATE_PROVISIONED_PRODUCT',
      before.Id,
      before.ProvisioningArtifactId,
      undefined,
    );
    const after: Provisioned = { ...before, lastRecord: record.RecordId };
    world.provisioned.put(after.Id, after);
    const answer = answered(world, after, record.RecordId);
    if (before.stackId === undefined) world.provisioned.delete(after.Id);
    else {
      const by = await launcher(world, before.launchRole, caller);
      await by.call('cloudformation', 'DeleteStack', { StackName: before.stackId });
    }
    return answer;
  },
);

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

export const PROVISIONING_OPERATIONS = [
  provisionProduct,
  updateProvisionedProduct,
  terminateProvisionedProduct,
  describeProvisionedProduct,
  scanProvisionedProducts,
  describeRecord,
];

const NO_CHANGES = 'No updates are to be performed';

function refuseUnlessLaunchable({ Id, Name, Active, Guidance }: Artifact): void {
  if (Active && Guidance === 'DEFAULT') return;
  throw invalid(`Version ${Name} (${Id}) is ${Active ? 'deprecated' : 'not active'}: launch another one.`);
}

/** @throws AwsError when there is none, or more than one and none is named */
function pathOf(world: Catalog, product: Product, principal: string, id: string | undefined): LaunchPath {
  const paths = launchPaths(world, product, principal).filter((path) => id === undefined || path.id === id);
  const [path, another] = paths;
  if (path === undefined) throw notFound(`No launch paths found for resource: ${product.Id}`);
  if (another !== undefined) throw invalid(`Product ${product.Id} has several launch paths: name one.`);
  return path;
}

function launchRole(world: Catalog, { portfolio }: LaunchPath, { Id }: Product): string | undefined {
  const constraint = launchConstraint(world, portfolio.Id, Id);
  return constraint && roleOf(constraint.parameters);
}

async function launcher(world: Catalog, role: string | undefined, caller: Caller): Promise<Caller> {
  return role === undefined ? caller : asLaunchRole(world, role);
}

/** The template as the launch role reads it, from Service Catalog's own bucket. */
function templateOf({ Id, template }: Artifact, by: Caller): Members {
  by.requires({
    action: 's3:GetObject',
    resources: [`arn:aws:s3:::sc-templates/${Id}`],
    context: { 's3:ExistingObjectTag/servicecatalog:provisioning': 'true' },
  });
  by.requires({ action: 'cloudformation:GetTemplateSummary', resources: ['*'] });
  return { TemplateBody: template };
}

function valuesOf(given: readonly ParameterGiven[], before: Readonly<Record<string, string>>): Record<string, string> {
  const named = given.filter(({ UsePreviousValue }) => UsePreviousValue !== true);
  return { ...before, ...Object.fromEntries(named.map(({ Key = '', Value = '' }) => [Key, Value])) };
}

function listed(parameters: Readonly<Record<string, string>>) {
  return Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({ ParameterKey, ParameterValue }));
}

/** The id of the stack that a call answers with, or why CloudFormation refused. */
async function stackId(call: () => Promise<Members>): Promise<{ readonly id?: string; readonly refused?: string }> {
  try {
    return { id: String((await call()).StackId) };
  } catch (error) {
    if (error instanceof AwsError) return { refused: error.message };
    throw error;
  }
}

function recorded(
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
async function present(world: Catalog, id: string | undefined, name: string | undefined): Promise<Provisioned> {
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

function answered(world: Catalog, provisioned: Provisioned, recordId: string): Members {
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
