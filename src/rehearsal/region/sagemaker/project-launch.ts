// The two ways in which a project comes to be: a stack from a template in S3, or a product of Service Catalog.
import { AwsError } from '../errors';
import type { Caller, Members } from '../service';
import { invalid } from './operation';
import { randomId, type Tag } from './world';

export interface TemplateProvider {
  readonly TemplateName: string;
  readonly TemplateURL: string;
  readonly RoleARN?: string;
  readonly Parameters?: readonly Parameter[];
}

export interface CatalogDetails {
  readonly ProductId: string;
  readonly ProvisioningArtifactId?: string;
  readonly PathId?: string;
  readonly ProvisioningParameters?: readonly Parameter[];
}

interface Parameter {
  readonly Key?: string;
  readonly Value?: string;
}

/** What a project was launched from, and what came of it. */
export type Launch =
  | { readonly by: 'template'; readonly provider: TemplateProvider; readonly stackId: string }
  | { readonly by: 'catalog'; readonly details: CatalogDetails; readonly provisionedId: string };

export interface ProjectStatus {
  /** As DescribeProject has it. */
  readonly status: string;
  /** Members of DescribeProject's answer that tell of the launch. */
  readonly details: Members;
}

interface Names {
  readonly name: string;
  readonly id: string;
}

/** @throws AwsError */
export async function launchTemplate(
  provider: TemplateProvider,
  names: Names,
  tags: readonly Tag[],
  caller: Caller,
): Promise<Launch> {
  const { StackId } = await caller.call('cloudformation', 'CreateStack', {
    StackName: `SP-${names.id}`,
    ...stackInput(provider, names),
    Tags: tags,
  });
  return { by: 'template', provider, stackId: String(StackId) };
}

/** @throws AwsError ValidationException, with Service Catalog's words */
export async function launchProduct(
  given: CatalogDetails,
  names: Names,
  tags: readonly Tag[],
  caller: Caller,
): Promise<Launch> {
  const details = { ...given, ProvisioningArtifactId: given.ProvisioningArtifactId ?? (await newest(given, caller)) };
  const { ProductId, ProvisioningArtifactId, PathId } = details;
  const { RecordDetail } = await inOurWords(
    caller.call('servicecatalog', 'ProvisionProduct', {
      ProductId,
      ProvisioningArtifactId,
      ...(PathId !== undefined && { PathId }),
      ProvisionedProductName: `${names.name}-${names.id}`,
      ProvisioningParameters: parametersOf(details.ProvisioningParameters, names),
      Tags: tags,
      ProvisionToken: randomId(TOKEN_LENGTH),
    }),
  );
  const { ProvisionedProductId } = RecordDetail as { readonly ProvisionedProductId: string }; // as its model says
  return { by: 'catalog', details, provisionedId: ProvisionedProductId };
}

/** @throws AwsError */
export async function updateTemplate(
  launch: Extract<Launch, { by: 'template' }>,
  changes: Partial<TemplateProvider>,
  names: Names,
  caller: Caller,
): Promise<Launch> {
  const provider = { ...launch.provider, ...changes };
  await caller.call('cloudformation', 'UpdateStack', {
    StackName: launch.stackId,
    ...stackInput(provider, names),
  });
  return { ...launch, provider };
}

/** @throws AwsError ValidationException, with Service Catalog's words */
export async function updateProduct(
  launch: Extract<Launch, { by: 'catalog' }>,
  changes: Pick<CatalogDetails, 'ProvisioningArtifactId' | 'ProvisioningParameters'>,
  names: Names,
  caller: Caller,
): Promise<Launch> {
  const details = { ...launch.details, ...changes };
  await inOurWords(
    caller.call('servicecatalog', 'UpdateProvisionedProduct', {
      ProvisionedProductId: launch.provisionedId,
      ...(details.ProvisioningArtifactId !== undefined && { ProvisioningArtifactId: details.ProvisioningArtifactId }),
      ProvisioningParameters: parametersOf(details.ProvisioningParameters, names),
      UpdateToken: randomId(TOKEN_LENGTH),
    }),
  );
  return { ...launch, details };
}

/** Deletes what the launch made. */
export async function endLaunch(launch: Launch, caller: Caller): Promise<void> {
  if (launch.by === 'template') {
    await caller.call('cloudformation', 'DeleteStack', { StackName: launch.stackId });
    return;
  }
  await inOurWords(
    caller.call('servicecatalog', 'TerminateProvisionedProduct', {
      ProvisionedProductId: launch.provisionedId,
      TerminateToken: randomId(TOKEN_LENGTH),
    }),
  );
}

export async function launchStatus(launch: Launch, caller: Caller): Promise<ProjectStatus> {
  return launch.by === 'template' ? stackStatus(launch, caller) : productStatus(launch, caller);
}

const TOKEN_LENGTH = 32;

interface DescribedStack {
  readonly StackName: string;
  readonly StackStatus: string;
  readonly StackStatusReason?: string;
}

/** The first words of a stack's status with what they mean for its project; the first that fits holds. */
const STACK_STATUSES: readonly (readonly [RegExp, string])[] = [
  [/^CREATE_COMPLETE$/, 'CreateCompleted'],
  [/^CREATE_IN_PROGRESS$|^ROLLBACK_IN_PROGRESS$/, 'CreateInProgress'],
  [/^CREATE_FAILED$|^ROLLBACK_/, 'CreateFailed'],
  [/^UPDATE_COMPLETE$/, 'UpdateCompleted'],
  [/^UPDATE_.*_IN_PROGRESS$|^UPDATE_IN_PROGRESS$/, 'UpdateInProgress'],
  [/^UPDATE_/, 'UpdateFailed'],
  [/^DELETE_COMPLETE$/, 'DeleteCompleted'],
  [/^DELETE_IN_PROGRESS$/, 'DeleteInProgress'],
  [/^DELETE_FAILED$/, 'DeleteFailed'],
];

async function stackStatus(
  { provider, stackId }: Extract<Launch, { by: 'template' }>,
  caller: Caller,
): Promise<ProjectStatus> {
  const { Stacks } = await caller.call('cloudformation', 'DescribeStacks', { StackName: stackId });
  const [stack] = Stacks as readonly [DescribedStack]; // the answer was checked against its model, and names one stack
  const { StackName: Name, StackStatus, StackStatusReason } = stack;
  const StatusMessage = [StackStatus, StackStatusReason].filter((word) => word !== undefined).join(': ');
  const StackDetail = { Name, Id: stackId, StatusMessage };
  return {
    status: STACK_STATUSES.find(([pattern]) => pattern.test(StackStatus))?.[1] ?? 'Pending',
    details: { TemplateProviderDetails: [{ CfnTemplateProviderDetail: { ...provider, StackDetail } }] },
  };
}

/** What the last record asked for, as statuses of projects begin. */
const RECORD_WORDS: Readonly<Record<string, string>> = {
  PROVISION_PRODUCT: 'Create',
  UPDATE_PROVISIONED_PRODUCT: 'Update',
  TERMINATE_PROVISIONED_PRODUCT: 'Delete',
};
const ENDINGS: Readonly<Record<string, string>> = { AVAILABLE: 'Completed', UNDER_CHANGE: 'InProgress' };

interface ProvisionedDetail {
  readonly Status: string;
  readonly StatusMessage?: string;
  readonly LastRecordId: string;
}

async function productStatus(
  { details, provisionedId }: Extract<Launch, { by: 'catalog' }>,
  caller: Caller,
): Promise<ProjectStatus> {
  const answer = await caller
    .call('servicecatalog', 'DescribeProvisionedProduct', { Id: provisionedId })
    .catch((error: unknown) => {
      if (error instanceof AwsError && error.code === 'ResourceNotFoundException') return undefined;
      throw error;
    });
  const shown = (message?: string): Members => ({
    ServiceCatalogProvisioningDetails: details,
    ServiceCatalogProvisionedProductDetails: {
      ProvisionedProductId: provisionedId,
      ...(message !== undefined && { ProvisionedProductStatusMessage: message }),
    },
  });
  if (answer === undefined) return { status: 'DeleteCompleted', details: shown() };
  const { Status, StatusMessage, LastRecordId } = answer.ProvisionedProductDetail as ProvisionedDetail; // as its model says
  const { RecordDetail } = await caller.call('servicecatalog', 'DescribeRecord', { Id: LastRecordId });
  const { RecordType } = RecordDetail as { readonly RecordType: string }; // as its model says
  return {
    status: `${RECORD_WORDS[RecordType] ?? 'Create'}${ENDINGS[Status] ?? 'Failed'}`,
    details: shown(StatusMessage),
  };
}

function stackInput(provider: TemplateProvider, names: Names): Members {
  return {
    TemplateURL: provider.TemplateURL,
    Parameters: parametersOf(provider.Parameters, names).map(({ Key, Value }) => ({
      ParameterKey: Key,
      ParameterValue: Value,
    })),
    Capabilities: ['CAPABILITY_NAMED_IAM'],
    ...(provider.RoleARN !== undefined && { RoleARN: provider.RoleARN }),
  };
}

/** What was given, and the two parameters that SageMaker gives. */
function parametersOf(given: readonly Parameter[] = [], { name, id }: Names) {
  const own = { SageMakerProjectName: name, SageMakerProjectId: id };
  return [
    ...given.map(({ Key = '', Value = '' }) => ({ Key, Value })),
    ...Object.entries(own).map(([Key, Value]) => ({ Key, Value })),
  ];
}

/** The newest version of a product that may be launched. */
async function newest({ ProductId }: CatalogDetails, caller: Caller): Promise<string> {
  const answer = await inOurWords(caller.call('servicecatalog', 'ListProvisioningArtifacts', { ProductId }));
  const versions = answer.ProvisioningArtifactDetails as readonly {
    readonly Id: string;
    readonly Active: boolean;
    readonly Guidance: string;
  }[]; // as its model says
  const found = versions.filter(({ Active, Guidance }) => Active && Guidance === 'DEFAULT').at(-1);
  if (found === undefined) throw invalid(`Product ${ProductId} has no version that can be launched.`);
  return found.Id;
}

async function inOurWords<T>(call: Promise<T>): Promise<T> {
  return call.catch((error: unknown) => {
    throw error instanceof AwsError ? invalid(`${error.code}: ${error.message}`) : error;
  });
}
