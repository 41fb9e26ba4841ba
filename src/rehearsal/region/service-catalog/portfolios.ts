// Portfolios: what they offer, and to whom.
import { documented } from '../behaviour';
import type { Tag } from '../cloudformation/resource';
import { seconds } from '../time';
import { without } from '../without';
import {
  API,
  catalogArn,
  existing,
  inUse,
  newId,
  notFound,
  ONE_PAGE,
  onPortfolio,
  onProduct,
  operation,
  PAGED,
  retagged,
  type Portfolio,
  type PortfolioPrincipal,
} from './world';

const createPortfolio = operation<{
  DisplayName: string;
  Description?: string;
  ProviderName: string;
  Tags?: readonly Tag[];
}>(
  'CreatePortfolio',
  { claims: [], access: (_input, world) => onPortfolio('CreatePortfolio', 'Id')({}, world) },
  ({ DisplayName, Description, ProviderName, Tags = [] }, world) => {
    const Id = newId('port');
    const portfolio: Portfolio = {
      Id,
      ARN: catalogArn(world, `portfolio/${Id}`),
      DisplayName,
      ...(Description !== undefined && { Description }),
      ProviderName,
      CreatedTime: seconds(),
      tags: Tags,
      products: [],
      principals: [],
    };
    world.portfolios.put(Id, portfolio);
    return described(portfolio);
  },
);

const updatePortfolio = operation<{
  Id: string;
  DisplayName?: string;
  Description?: string;
  ProviderName?: string;
  AddTags?: readonly Tag[];
  RemoveTags?: readonly string[];
}>(
  'UpdatePortfolio',
  { claims: [], access: onPortfolio('UpdatePortfolio', 'Id') },
  ({ Id, DisplayName, Description, ProviderName, AddTags, RemoveTags }, world) => {
    const before = existing(world.portfolios, 'Portfolio', Id);
    const portfolio: Portfolio = {
      ...before,
      DisplayName: DisplayName ?? before.DisplayName,
      ProviderName: ProviderName ?? before.ProviderName,
      ...(Description !== undefined && { Description }),
      tags: retagged(before.tags, AddTags, RemoveTags),
    };
    world.portfolios.put(Id, portfolio);
    return described(portfolio);
  },
);

const describePortfolio = operation<{ Id: string }>(
  'DescribePortfolio',
  { claims: [], access: onPortfolio('DescribePortfolio', 'Id') },
  ({ Id }, { portfolios }) => described(existing(portfolios, 'Portfolio', Id)),
);

const listPortfolios = operation(
  'ListPortfolios',
  { claims: [ONE_PAGE], refuses: PAGED },
  (_input, { portfolios }) => ({ PortfolioDetails: portfolios.all().map(detail) }),
);

const deletePortfolio = operation<{ Id: string }>(
  'DeletePortfolio',
  {
    claims: [
      documented('One with products, principals or constraints: ResourceInUseException.', `${API}, DeletePortfolio`),
    ],
    access: onPortfolio('DeletePortfolio', 'Id'),
  },
  ({ Id }, { portfolios, constraints }) => {
    const { products, principals } = existing(portfolios, 'Portfolio', Id);
    if (products.length + principals.length > 0 || constraints.all().some(({ PortfolioId }) => PortfolioId === Id)) {
      throw inUse(`Portfolio ${Id} has products, principals or constraints: take them out first.`);
    }
    portfolios.delete(Id);
    return {};
  },
);

interface Offer {
  readonly PortfolioId: string;
  readonly ProductId: string;
}

const associateProduct = operation<Offer>(
  'AssociateProductWithPortfolio',
  { claims: [], refuses: ['SourcePortfolioId'] },
  ({ PortfolioId, ProductId }, { portfolios, products }) => {
    const portfolio = existing(portfolios, 'Portfolio', PortfolioId);
    existing(products, 'Product', ProductId);
    portfolios.put(PortfolioId, { ...portfolio, products: [...new Set([...portfolio.products, ProductId])] });
    return {};
  },
);

const disassociateProduct = operation<Offer>(
  'DisassociateProductFromPortfolio',
  {
    claims: [
      documented('One that has constraints: ResourceInUseException.', `${API}, DisassociateProductFromPortfolio`),
    ],
  },
  ({ PortfolioId, ProductId }, { portfolios, constraints }) => {
    const portfolio = existing(portfolios, 'Portfolio', PortfolioId);
    if (!portfolio.products.includes(ProductId))
      throw notFound(`Portfolio ${PortfolioId} does not offer ${ProductId}.`);
    if (constraints.all().some((one) => one.PortfolioId === PortfolioId && one.ProductId === ProductId))
      throw inUse(`Product ${ProductId} has constraints in portfolio ${PortfolioId}: delete them first.`);
    portfolios.put(PortfolioId, { ...portfolio, products: portfolio.products.filter((id) => id !== ProductId) });
    return {};
  },
);

const listPortfoliosForProduct = operation<{ ProductId: string }>(
  'ListPortfoliosForProduct',
  { claims: [ONE_PAGE], refuses: PAGED, access: onProduct('ListPortfoliosForProduct', 'ProductId') },
  ({ ProductId }, { portfolios, products }) => {
    existing(products, 'Product', ProductId);
    return {
      PortfolioDetails: portfolios
        .all()
        .filter((portfolio) => portfolio.products.includes(ProductId))
        .map(detail),
    };
  },
);

type Named = PortfolioPrincipal & { readonly PortfolioId: string };

const associatePrincipal = operation<Named>(
  'AssociatePrincipalWithPortfolio',
  {
    claims: [
      documented(
        'An IAM_PATTERN names no account, and may hold * and ?.',
        `${API}, AssociatePrincipalWithPortfolio: PrincipalARN`,
      ),
    ],
    access: onPortfolio('AssociatePrincipalWithPortfolio', 'PortfolioId'),
  },
  ({ PortfolioId, PrincipalARN, PrincipalType }, { portfolios }) => {
    const portfolio = existing(portfolios, 'Portfolio', PortfolioId);
    const others = portfolio.principals.filter((one) => one.PrincipalARN !== PrincipalARN);
    portfolios.put(PortfolioId, { ...portfolio, principals: [...others, { PrincipalARN, PrincipalType }] });
    return {};
  },
);

const disassociatePrincipal = operation<Omit<Named, 'PrincipalType'>>(
  'DisassociatePrincipalFromPortfolio',
  { claims: [], access: onPortfolio('DisassociatePrincipalFromPortfolio', 'PortfolioId') },
  ({ PortfolioId, PrincipalARN }, { portfolios }) => {
    const portfolio = existing(portfolios, 'Portfolio', PortfolioId);
    const principals = portfolio.principals.filter((one) => one.PrincipalARN !== PrincipalARN);
    portfolios.put(PortfolioId, { ...portfolio, principals });
    return {};
  },
);

const listPrincipals = operation<{ PortfolioId: string }>(
  'ListPrincipalsForPortfolio',
  { claims: [ONE_PAGE], refuses: PAGED, access: onPortfolio('ListPrincipalsForPortfolio', 'PortfolioId') },
  ({ PortfolioId }, { portfolios }) => ({
    Principals: existing(portfolios, 'Portfolio', PortfolioId).principals,
  }),
);

export const PORTFOLIO_OPERATIONS = [
  createPortfolio,
  updatePortfolio,
  describePortfolio,
  listPortfolios,
  deletePortfolio,
  associateProduct,
  disassociateProduct,
  listPortfoliosForProduct,
  associatePrincipal,
  disassociatePrincipal,
  listPrincipals,
];

function detail(portfolio: Portfolio) {
  return without(portfolio, 'tags', 'products', 'principals');
}

function described(portfolio: Portfolio) {
  return { PortfolioDetail: detail(portfolio), Tags: portfolio.tags };
}
