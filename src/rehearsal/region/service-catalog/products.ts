// Products and their versions, each with a template that the service keeps for itself.
import { assumed, documented } from '../behaviour';
import type { Tag } from '../cloudformation/resource';
import { objectUri } from '../cloudformation/target';
import type { Caller } from '../service';
import { seconds } from '../time';
import { without } from '../without';
import {
  API,
  artifactOf,
  catalogArn,
  existing,
  inUse,
  invalid,
  newId,
  notFound,
  ONE_PAGE,
  onProduct,
  operation,
  PAGED,
  retagged,
  type Artifact,
  type Catalog,
  type Product,
} from './world';

interface ArtifactParameters {
  readonly Name?: string;
  readonly Description?: string;
  readonly Info?: Readonly<Record<string, string>>;
  readonly Type?: string;
  readonly DisableTemplateValidation?: boolean;
}

const TEMPLATE = 'CLOUD_FORMATION_TEMPLATE';
const URL_KEY = 'LoadTemplateFromURL';

const ARTIFACT_CLAIMS = [
  documented(
    'The template is read when the version is made, in the name of whoever makes it.',
    `${API}, ProvisioningArtifactProperties: Info`,
  ),
  documented('A template that CloudFormation does not accept is refused.', `${API}, ProvisioningArtifactProperties`),
  assumed(`Products are of ${TEMPLATE}, their templates of a URL of S3 (${URL_KEY}); others are refused.`),
];

const createProduct = operation<{
  Name: string;
  Owner: string;
  Description?: string;
  Distributor?: string;
  ProductType: string;
  Tags?: readonly Tag[];
  ProvisioningArtifactParameters?: ArtifactParameters;
}>(
  'CreateProduct',
  {
    claims: ARTIFACT_CLAIMS,
    refuses: ['SupportDescription', 'SupportEmail', 'SupportUrl', 'SourceConnection'],
    access: (_input, world) => onProduct('CreateProduct', 'Id')({}, world),
  },
  async (input, world, caller) => {
    const { Name, Owner, Description, Distributor, ProductType, Tags = [], ProvisioningArtifactParameters } = input;
    if (ProductType !== TEMPLATE) throw invalid(`The rehearsal region has no products of ${ProductType}.`);
    const artifact = await newArtifact(ProvisioningArtifactParameters ?? {}, world, caller);
    const Id = newId('prod');
    const product: Product = {
      Id,
      ARN: catalogArn(world, `product/${Id}`),
      Name,
      Owner,
      ...(Description !== undefined && { ShortDescription: Description }),
      ...(Distributor !== undefined && { Distributor }),
      CreatedTime: seconds(),
      tags: Tags,
      artifacts: [artifact],
    };
    world.products.put(Id, product);
    return {
      ProductViewDetail: viewDetail(product),
      ProvisioningArtifactDetail: artifactDetail(artifact),
      Tags: product.tags,
    };
  },
);

const updateProduct = operation<{
  Id: string;
  Name?: string;
  Owner?: string;
  Description?: string;
  Distributor?: string;
  AddTags?: readonly Tag[];
  RemoveTags?: readonly string[];
}>(
  'UpdateProduct',
  {
    claims: [],
    refuses: ['SupportDescription', 'SupportEmail', 'SupportUrl', 'SourceConnection'],
    access: onProduct('UpdateProduct', 'Id'),
  },
  ({ Id, Name, Owner, Description, Distributor, AddTags, RemoveTags }, world) => {
    const before = existing(world.products, 'Product', Id);
    const product: Product = {
      ...before,
      Name: Name ?? before.Name,
      Owner: Owner ?? before.Owner,
      ...(Description !== undefined && { ShortDescription: Description }),
      ...(Distributor !== undefined && { Distributor }),
      tags: retagged(before.tags, AddTags, RemoveTags),
    };
    world.products.put(Id, product);
    return { ProductViewDetail: viewDetail(product), Tags: product.tags };
  },
);

const deleteProduct = operation<{ Id: string }>(
  'DeleteProduct',
  {
    claims: [documented('One that a portfolio offers: ResourceInUseException.', `${API}, DeleteProduct`)],
    access: onProduct('DeleteProduct', 'Id'),
  },
  ({ Id }, { portfolios, products }) => {
    existing(products, 'Product', Id);
    if (portfolios.all().some((portfolio) => portfolio.products.includes(Id)))
      throw inUse(`Product ${Id} is offered by a portfolio: take it out first.`);
    products.delete(Id);
    return {};
  },
);

const describeProductAsAdmin = operation<{ Id?: string; Name?: string }>(
  'DescribeProductAsAdmin',
  { claims: [], refuses: ['SourcePortfolioId'], access: onProduct('DescribeProductAsAdmin', 'Id') },
  (input, world) => {
    const product = named(world, input);
    return {
      ProductViewDetail: viewDetail(product),
      ProvisioningArtifactSummaries: product.artifacts.map((artifact) => ({
        ...without(artifactDetail(artifact), 'Type', 'Active', 'Guidance'),
        ProvisioningArtifactMetadata: {},
      })),
      Tags: product.tags,
    };
  },
);

const searchProductsAsAdmin = operation<{
  PortfolioId?: string;
  Filters?: { readonly FullTextSearch?: readonly string[] };
}>(
  'SearchProductsAsAdmin',
  {
    claims: [ONE_PAGE, assumed('FullTextSearch, the only filter, finds words of names.')],
    refuses: [...PAGED, 'SortBy', 'SortOrder', 'ProductSource'],
  },
  ({ PortfolioId, Filters }, { portfolios, products }) => {
    const offered = PortfolioId === undefined ? undefined : existing(portfolios, 'Portfolio', PortfolioId).products;
    const found = products.all().filter(({ Id }) => offered?.includes(Id) ?? true);
    return { ProductViewDetails: found.filter(matching(Filters)).map(viewDetail) };
  },
);

const createArtifact = operation<{ ProductId: string; Parameters: ArtifactParameters }>(
  'CreateProvisioningArtifact',
  { claims: ARTIFACT_CLAIMS, access: onProduct('CreateProvisioningArtifact', 'ProductId') },
  async ({ ProductId, Parameters }, world, caller) => {
    const artifact = await newArtifact(Parameters, world, caller);
    const product = existing(world.products, 'Product', ProductId);
    world.products.put(ProductId, { ...product, artifacts: [...product.artifacts, artifact] });
    return answered(artifact);
  },
);

const updateArtifact = operation<{
  ProductId: string;
  ProvisioningArtifactId: string;
  Name?: string;
  Description?: string;
  Active?: boolean;
  Guidance?: 'DEFAULT' | 'DEPRECATED';
}>(
  'UpdateProvisioningArtifact',
  {
    claims: [
      documented(
        'One that is not active, or DEPRECATED, cannot be launched; what was launched from it goes on.',
        `${API}, UpdateProvisioningArtifact: Active, Guidance`,
      ),
    ],
    access: onProduct('UpdateProvisioningArtifact', 'ProductId'),
  },
  ({ ProductId, ProvisioningArtifactId, Name, Description, Active, Guidance }, world) => {
    const product = existing(world.products, 'Product', ProductId);
    const before = artifactOf(product, ProvisioningArtifactId);
    const after: Artifact = {
      ...before,
      Name: Name ?? before.Name,
      ...(Description !== undefined && { Description }),
      Active: Active ?? before.Active,
      Guidance: Guidance ?? before.Guidance,
    };
    const artifacts = product.artifacts.map((artifact) => (artifact.Id === after.Id ? after : artifact));
    world.products.put(ProductId, { ...product, artifacts });
    return answered(after);
  },
);

const deleteArtifact = operation<{ ProductId: string; ProvisioningArtifactId: string }>(
  'DeleteProvisioningArtifact',
  {
    claims: [documented('The only one of a product: ResourceInUseException.', `${API}, DeleteProvisioningArtifact`)],
    access: onProduct('DeleteProvisioningArtifact', 'ProductId'),
  },
  ({ ProductId, ProvisioningArtifactId }, world) => {
    const product = existing(world.products, 'Product', ProductId);
    artifactOf(product, ProvisioningArtifactId);
    const artifacts = product.artifacts.filter(({ Id }) => Id !== ProvisioningArtifactId);
    if (artifacts.length === 0) throw inUse(`${ProvisioningArtifactId} is the only version of product ${ProductId}.`);
    world.products.put(ProductId, { ...product, artifacts });
    return {};
  },
);

const listArtifacts = operation<{ ProductId: string }>(
  'ListProvisioningArtifacts',
  { claims: [assumed('Versions come oldest first.')], access: onProduct('ListProvisioningArtifacts', 'ProductId') },
  ({ ProductId }, { products }) => ({
    ProvisioningArtifactDetails: existing(products, 'Product', ProductId).artifacts.map(artifactDetail),
  }),
);

export const PRODUCT_OPERATIONS = [
  createProduct,
  updateProduct,
  deleteProduct,
  describeProductAsAdmin,
  searchProductsAsAdmin,
  createArtifact,
  updateArtifact,
  deleteArtifact,
  listArtifacts,
];

/** The product of this id, or of this name. @throws AwsError */
export function named({ products }: Catalog, { Id, Name }: { readonly Id?: string; readonly Name?: string }): Product {
  if (Id !== undefined) return existing(products, 'Product', Id);
  const found = products.all().find((product) => product.Name === Name);
  if (found === undefined) throw notFound(`Product ${Name ?? '(neither Id nor Name given)'} not found.`);
  return found;
}

/** Whether a product is among those that a search for words means. */
export function matching({ FullTextSearch = [] }: { readonly FullTextSearch?: readonly string[] } = {}) {
  const words = FullTextSearch.map((word) => word.toLowerCase());
  return ({ Name }: Product): boolean => words.every((word) => Name.toLowerCase().includes(word));
}

/** A product as everybody sees it. */
export function viewSummary({ Id, Name, Owner, ShortDescription, Distributor }: Product) {
  return {
    Id: Id.replace('prod-', 'prodview-'),
    ProductId: Id,
    Name,
    Owner,
    ...(ShortDescription !== undefined && { ShortDescription }),
    ...(Distributor !== undefined && { Distributor }),
    Type: TEMPLATE,
    HasDefaultPath: false,
  };
}

function viewDetail(product: Product) {
  return {
    ProductViewSummary: viewSummary(product),
    Status: 'AVAILABLE',
    ProductARN: product.ARN,
    CreatedTime: product.CreatedTime,
  };
}

function artifactDetail(artifact: Artifact) {
  return without(artifact, 'template', 'url');
}

function answered(artifact: Artifact) {
  return {
    ProvisioningArtifactDetail: artifactDetail(artifact),
    Info: { TemplateUrl: artifact.url },
    Status: 'AVAILABLE',
  };
}

async function newArtifact(parameters: ArtifactParameters, { storage }: Catalog, caller: Caller): Promise<Artifact> {
  const { Name = 'v1.0', Description, Info = {}, Type = TEMPLATE, DisableTemplateValidation = false } = parameters;
  const url = Info[URL_KEY];
  if (Type !== TEMPLATE || url === undefined || Object.keys(Info).length > 1) {
    throw invalid(`The rehearsal region makes versions of ${TEMPLATE} from Info.${URL_KEY}, and of nothing else.`);
  }
  const uri = objectUri(url);
  caller.requires({ action: 's3:GetObject', resources: [uri.replace('s3://', 'arn:aws:s3:::')] });
  const template = await storage.readText(uri).catch((error: unknown) => {
    throw invalid(`The template cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  });
  if (!DisableTemplateValidation) {
    await caller.call('cloudformation', 'ValidateTemplate', { TemplateBody: template }).catch((error: unknown) => {
      throw invalid(`Invalid templateBody. ${error instanceof Error ? error.message : String(error)}`);
    });
  }
  return {
    Id: newId('pa'),
    Name,
    ...(Description !== undefined && { Description }),
    Type,
    CreatedTime: seconds(),
    Active: true,
    Guidance: 'DEFAULT',
    url,
    template,
  };
}
