// What a person may launch: products of portfolios that they are among the principals of.
import { assumed, documented } from '../behaviour';
import { launchConstraint } from './constraints';
import { matching, named, viewSummary } from './products';
import {
  API,
  existing,
  GUIDE,
  notFound,
  ONE_PAGE,
  onProduct,
  operation,
  PAGED,
  pathId,
  retagged,
  type Catalog,
  type Portfolio,
  type PortfolioPrincipal,
  type Product,
} from './world';

/** A portfolio through which somebody may launch a product. */
export interface LaunchPath {
  readonly id: string;
  readonly portfolio: Portfolio;
}

const listLaunchPaths = operation<{ ProductId: string }>(
  'ListLaunchPaths',
  {
    claims: [
      documented(
        'A product that no portfolio of the caller’s offers is not found.',
        `${API}, ListLaunchPaths: ResourceNotFoundException`,
      ),
      assumed('A path has the tags of its portfolio and its product.'),
    ],
    refuses: PAGED,
    access: onProduct('ListLaunchPaths', 'ProductId'),
  },
  ({ ProductId }, world, { principal }) => {
    const product = existing(world.products, 'Product', ProductId);
    const paths = launchPaths(world, product, principal.arn);
    if (paths.length === 0) throw notFound(`No launch paths found for resource: ${ProductId}`);
    const LaunchPathSummaries = paths.map(({ id, portfolio }) => ({
      Id: id,
      Name: portfolio.DisplayName,
      ConstraintSummaries: [launchConstraint(world, portfolio.Id, ProductId)].flatMap((constraint) =>
        constraint === undefined ? [] : [{ Type: constraint.Type, Description: constraint.Description ?? '' }],
      ),
      Tags: retagged(portfolio.tags, product.tags),
    }));
    return { LaunchPathSummaries };
  },
);

const searchProducts = operation<{ Filters?: { readonly FullTextSearch?: readonly string[] } }>(
  'SearchProducts',
  {
    claims: [documented('Only products that the caller may launch are found.', `${API}, SearchProducts`), ONE_PAGE],
    refuses: [...PAGED, 'SortBy', 'SortOrder'],
  },
  ({ Filters }, world, { principal }) => {
    const found = world.products.all().filter((product) => launchPaths(world, product, principal.arn).length > 0);
    return { ProductViewSummaries: found.filter(matching(Filters)).map(viewSummary) };
  },
);

const describeProduct = operation<{ Id?: string; Name?: string }>(
  'DescribeProduct',
  {
    claims: [documented('A product that the caller may not launch is not found.', `${API}, DescribeProduct`)],
    access: onProduct('DescribeProduct', 'Id'),
  },
  (input, world, { principal }) => {
    const product = named(world, input);
    const paths = launchPaths(world, product, principal.arn);
    if (paths.length === 0) throw notFound(`Product ${product.Id} not found.`);
    return {
      ProductViewSummary: viewSummary(product),
      ProvisioningArtifacts: product.artifacts
        .filter(({ Active }) => Active)
        .map(({ Id, Name, Description, CreatedTime, Guidance }) => ({
          Id,
          Name,
          ...(Description !== undefined && { Description }),
          CreatedTime,
          Guidance,
        })),
      LaunchPaths: paths.map(({ id, portfolio }) => ({ Id: id, Name: portfolio.DisplayName })),
    };
  },
);

export const LAUNCH_PATH_OPERATIONS = [listLaunchPaths, searchProducts, describeProduct];

/** The portfolios through which a principal may launch the product. */
export function launchPaths({ portfolios }: Catalog, { Id }: Product, principalArn: string): LaunchPath[] {
  return portfolios
    .all()
    .filter(({ products, principals }) => products.includes(Id) && principals.some((one) => means(one, principalArn)))
    .map((portfolio) => ({ id: pathId(portfolio.Id, Id), portfolio }));
}

/** Source: Service Catalog API Reference, AssociatePrincipalWithPortfolio: PrincipalARN. */
function means({ PrincipalARN, PrincipalType }: PortfolioPrincipal, arn: string): boolean {
  if (PrincipalType === 'IAM') return PrincipalARN === arn;
  const anyAccount = arn.replace(/^(arn:[^:]+:iam::)\d+:/, '$1:');
  const pattern = PrincipalARN.replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${pattern}$`).test(anyAccount);
}

/** Where {@link GUIDE} tells of tags that what is launched gets. */
export const TAGS_PAGE = `${GUIDE}, "AWS Service Catalog AutoTags" and "Tags"`;
