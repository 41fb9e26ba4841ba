// Service Catalog's resource types of CloudFormation.
import { randomUUID } from 'node:crypto';
import {
  picked,
  tagsOf,
  textOf,
  type Properties,
  type Resource,
  type ResourceContext,
  type ResourceType,
} from '../cloudformation/resource';
import { unlessGone } from '../cloudformation/shapes';
import type { Members } from '../service';

const GONE = 'ResourceNotFoundException';

const portfolio: ResourceType = {
  type: 'AWS::ServiceCatalog::Portfolio',
  properties: { DisplayName: 'updates', Description: 'updates', ProviderName: 'updates', Tags: 'updates' },
  required: ['DisplayName', 'ProviderName'],
  attributes: ['PortfolioName'],
  async create(properties, context) {
    const answer = await context.caller.call('servicecatalog', 'CreatePortfolio', {
      ...picked(properties, 'DisplayName', 'Description', 'ProviderName'),
      Tags: tagsOf(properties, context),
      IdempotencyToken: randomUUID(),
    });
    const { Id, DisplayName } = answer.PortfolioDetail as Readonly<Record<string, string>>; // checked against its model
    return { physicalId: Id ?? '', attributes: { PortfolioName: DisplayName ?? '' } };
  },
  async update(Id, properties, before, context) {
    await context.caller.call('servicecatalog', 'UpdatePortfolio', {
      Id,
      ...picked(properties, 'DisplayName', 'Description', 'ProviderName'),
      ...tagChanges(properties, before, context),
    });
    return { physicalId: Id, attributes: { PortfolioName: textOf(properties, 'DisplayName') ?? '' } };
  },
  async delete(Id, _properties, { caller }) {
    await unlessGone(caller.call('servicecatalog', 'DeletePortfolio', { Id }), GONE);
  },
};

interface DeclaredArtifact extends Members {
  readonly Name?: string;
}
interface PresentArtifact {
  readonly Id: string;
  readonly Name: string;
}

const product: ResourceType = {
  type: 'AWS::ServiceCatalog::CloudFormationProduct',
  properties: {
    Name: 'updates',
    Owner: 'updates',
    Description: 'updates',
    Distributor: 'updates',
    ProvisioningArtifactParameters: 'updates',
    ReplaceProvisioningArtifacts: 'updates',
    Tags: 'updates',
  },
  required: ['Name', 'Owner'],
  attributes: ['ProductName', 'ProvisioningArtifactIds', 'ProvisioningArtifactNames'],
  async create(properties, context) {
    const [first = {}, ...others] = artifactsOf(properties);
    const answer = await context.caller.call('servicecatalog', 'CreateProduct', {
      ...picked(properties, 'Name', 'Owner', 'Description', 'Distributor'),
      ProductType: 'CLOUD_FORMATION_TEMPLATE',
      ProvisioningArtifactParameters: first,
      Tags: tagsOf(properties, context),
      IdempotencyToken: randomUUID(),
    });
    const view = answer.ProductViewDetail as { readonly ProductViewSummary: { readonly ProductId: string } }; // as its model says
    const { ProductId } = view.ProductViewSummary;
    for (const Parameters of others) await addArtifact(ProductId, Parameters, context);
    return described(ProductId, properties, context);
  },
  // Source: CloudFormation User Guide, AWS::ServiceCatalog::CloudFormationProduct: ReplaceProvisioningArtifacts.
  async update(Id, properties, before, context) {
    const { caller } = context;
    await caller.call('servicecatalog', 'UpdateProduct', {
      Id,
      ...picked(properties, 'Name', 'Owner', 'Description', 'Distributor'),
      ...tagChanges(properties, before, context),
    });
    const formerly = artifactsOf(before).map((one) => JSON.stringify(one));
    const declared = artifactsOf(properties);
    const replacesAll = properties.ReplaceProvisioningArtifacts === true;
    const kept = replacesAll ? [] : declared.filter((one) => formerly.includes(JSON.stringify(one)));
    const present = await presentArtifacts(Id, context);
    for (const one of declared) if (!kept.includes(one)) await addArtifact(Id, one, context);
    const names = kept.map(({ Name }) => Name);
    for (const artifact of present) {
      if (names.includes(artifact.Name)) continue;
      const ProvisioningArtifactId = artifact.Id;
      await caller.call('servicecatalog', 'DeleteProvisioningArtifact', { ProductId: Id, ProvisioningArtifactId });
    }
    return described(Id, properties, context);
  },
  async delete(Id, _properties, { caller }) {
    await unlessGone(caller.call('servicecatalog', 'DeleteProduct', { Id }), GONE);
  },
};

/** A type whose resource joins two others, and is nothing beside them. */
function association(
  type: string,
  properties: readonly string[],
  [join, part]: readonly [string, string],
  partedBy: readonly string[],
): ResourceType {
  return {
    type: `AWS::ServiceCatalog::${type}`,
    properties: Object.fromEntries(properties.map((name) => [name, 'replaces'])),
    required: properties,
    async create(given, { caller }) {
      await caller.call('servicecatalog', join, given);
      return { physicalId: properties.map((name) => textOf(given, name)).join('|') };
    },
    update: (physicalId) => Promise.resolve({ physicalId }),
    async delete(_physicalId, given, { caller }) {
      await unlessGone(caller.call('servicecatalog', part, picked(given, ...partedBy)), GONE);
    },
  };
}

const OFFER = ['PortfolioId', 'ProductId'];

const launchRole: ResourceType = {
  type: 'AWS::ServiceCatalog::LaunchRoleConstraint',
  properties: { PortfolioId: 'replaces', ProductId: 'replaces', RoleArn: 'updates', Description: 'updates' },
  required: [...OFFER, 'RoleArn'],
  async create(properties, { caller }) {
    const answer = await caller.call('servicecatalog', 'CreateConstraint', {
      ...picked(properties, ...OFFER, 'Description'),
      Type: 'LAUNCH',
      Parameters: parameters(properties),
      IdempotencyToken: randomUUID(),
    });
    const { ConstraintId } = answer.ConstraintDetail as { readonly ConstraintId: string }; // as its model says
    return { physicalId: ConstraintId };
  },
  async update(Id, properties, _before, { caller }) {
    const input = { Id, ...picked(properties, 'Description'), Parameters: parameters(properties) };
    await caller.call('servicecatalog', 'UpdateConstraint', input);
    return { physicalId: Id };
  },
  async delete(Id, _properties, { caller }) {
    await unlessGone(caller.call('servicecatalog', 'DeleteConstraint', { Id }), GONE);
  },
};

export const SERVICE_CATALOG_RESOURCES: readonly ResourceType[] = [
  portfolio,
  product,
  launchRole,
  association(
    'PortfolioProductAssociation',
    OFFER,
    ['AssociateProductWithPortfolio', 'DisassociateProductFromPortfolio'],
    OFFER,
  ),
  association(
    'PortfolioPrincipalAssociation',
    ['PortfolioId', 'PrincipalARN', 'PrincipalType'],
    ['AssociatePrincipalWithPortfolio', 'DisassociatePrincipalFromPortfolio'],
    ['PortfolioId', 'PrincipalARN', 'PrincipalType'],
  ),
];

function parameters({ RoleArn }: Properties): string {
  return JSON.stringify({ RoleArn });
}

function artifactsOf({ ProvisioningArtifactParameters = [] }: Properties): readonly DeclaredArtifact[] {
  return ProvisioningArtifactParameters as readonly DeclaredArtifact[]; // the calls check them
}

async function addArtifact(
  ProductId: string,
  Parameters: DeclaredArtifact,
  { caller }: ResourceContext,
): Promise<void> {
  const input = { ProductId, Parameters, IdempotencyToken: randomUUID() };
  await caller.call('servicecatalog', 'CreateProvisioningArtifact', input);
}

async function presentArtifacts(ProductId: string, { caller }: ResourceContext): Promise<readonly PresentArtifact[]> {
  const answer = await caller.call('servicecatalog', 'ListProvisioningArtifacts', { ProductId });
  return answer.ProvisioningArtifactDetails as readonly PresentArtifact[]; // as its model says
}

async function described(id: string, properties: Properties, context: ResourceContext): Promise<Resource> {
  const artifacts = await presentArtifacts(id, context);
  return {
    physicalId: id,
    attributes: {
      ProductName: textOf(properties, 'Name') ?? '',
      ProvisioningArtifactIds: artifacts.map(({ Id }) => Id).join(','),
      ProvisioningArtifactNames: artifacts.map(({ Name }) => Name).join(','),
    },
  };
}

/** Tags to add, and keys to remove. */
function tagChanges(properties: Properties, { Tags = [] }: Properties, context: ResourceContext) {
  const AddTags = tagsOf(properties, context);
  const keys = AddTags.map(({ Key }) => Key);
  const RemoveTags = (Tags as readonly { readonly Key: string }[]) // CloudFormation kept them as they were checked
    .map(({ Key }) => Key)
    .filter((key) => !keys.includes(key));
  return { AddTags, ...(RemoveTags.length > 0 && { RemoveTags }) };
}
