// Launch constraints: the role that a product of a portfolio is launched with.
import { z } from 'zod';
import { mayAssume } from '../access';
import { assumed, documented } from '../behaviour';
import { AwsError } from '../errors';
import type { Caller } from '../service';
import { without } from '../without';
import {
  API,
  existing,
  GUIDE,
  invalid,
  newId,
  notFound,
  ONE_PAGE,
  onProduct,
  operation,
  PAGED,
  type Catalog,
  type Constraint,
} from './world';

const launch = z.strictObject({ RoleArn: z.string() });

interface Declared {
  readonly PortfolioId: string;
  readonly ProductId: string;
  readonly Parameters: string;
  readonly Type: string;
  readonly Description?: string;
}

const createConstraint = operation<Declared>(
  'CreateConstraint',
  {
    claims: [
      documented(
        'A product of a portfolio has one launch constraint at most: DuplicateResourceException.',
        `${API}, CreateConstraint: Type`,
      ),
      documented('Whoever makes one hands the role to Service Catalog.', `${GUIDE}, "Launch constraints"`),
      assumed('Constraints are of LAUNCH, with a RoleArn; others are refused.'),
    ],
    access: onProduct('CreateConstraint', 'ProductId'),
  },
  ({ PortfolioId, ProductId, Parameters, Type, Description }, world, caller) => {
    if (!existing(world.portfolios, 'Portfolio', PortfolioId).products.includes(ProductId))
      throw notFound(`Product ${ProductId} is not in portfolio ${PortfolioId}.`);
    if (Type !== 'LAUNCH') throw invalid(`The rehearsal region has no constraints of ${Type}.`);
    caller.requires(passing(roleOf(Parameters)));
    if (launchConstraint(world, PortfolioId, ProductId) !== undefined) {
      const message = `Product ${ProductId} has a launch constraint in portfolio ${PortfolioId} already.`;
      throw new AwsError('DuplicateResourceException', message);
    }
    const constraint: Constraint = {
      ConstraintId: newId('cons'),
      Type,
      ...(Description !== undefined && { Description }),
      PortfolioId,
      ProductId,
      parameters: Parameters,
    };
    world.constraints.put(constraint.ConstraintId, constraint);
    return answered(constraint, world);
  },
);

const updateConstraint = operation<{ Id: string; Description?: string; Parameters?: string }>(
  'UpdateConstraint',
  { claims: [] },
  ({ Id, Description, Parameters }, world, caller) => {
    const before = existing(world.constraints, 'Constraint', Id);
    if (Parameters !== undefined) caller.requires(passing(roleOf(Parameters)));
    const constraint: Constraint = {
      ...before,
      ...(Description !== undefined && { Description }),
      parameters: Parameters ?? before.parameters,
    };
    world.constraints.put(Id, constraint);
    return answered(constraint, world);
  },
);

const deleteConstraint = operation<{ Id: string }>('DeleteConstraint', { claims: [] }, ({ Id }, { constraints }) => {
  existing(constraints, 'Constraint', Id);
  constraints.delete(Id);
  return {};
});

const listConstraints = operation<{ PortfolioId: string; ProductId?: string }>(
  'ListConstraintsForPortfolio',
  { claims: [ONE_PAGE], refuses: PAGED },
  ({ PortfolioId, ProductId }, world) => {
    existing(world.portfolios, 'Portfolio', PortfolioId);
    const found = world.constraints
      .all()
      .filter((one) => one.PortfolioId === PortfolioId && (ProductId ?? one.ProductId) === one.ProductId);
    return { ConstraintDetails: found.map((constraint) => detail(constraint, world)) };
  },
);

export const CONSTRAINT_OPERATIONS = [createConstraint, updateConstraint, deleteConstraint, listConstraints];

export function launchConstraint(world: Catalog, portfolio: string, product: string): Constraint | undefined {
  return world.constraints
    .all()
    .find(({ PortfolioId, ProductId }) => PortfolioId === portfolio && ProductId === product);
}

/** The role that a constraint's parameters name. @throws AwsError InvalidParametersException */
export function roleOf(parameters: string): string {
  const parsed = launch.safeParse(JSON.parse(parameters));
  if (!parsed.success) throw invalid(`The parameters of a launch constraint are {"RoleArn": …}, not ${parameters}`);
  return parsed.data.RoleArn;
}

/**
 * Service Catalog as the launch role.
 * @throws AwsError InvalidParametersException when the role is not there, or does not trust Service Catalog
 */
export async function asLaunchRole({ apis, principals }: Catalog, roleArn: string): Promise<Caller> {
  if (!(await mayAssume(apis, SERVICE, roleArn))) {
    throw invalid(`Access denied while assuming the role ${roleArn}: it is not there, or does not trust ${SERVICE}.`);
  }
  return apis.as(principals.role(roleArn, 'servicecatalog'));
}

const SERVICE = 'servicecatalog.amazonaws.com';

function passing(role: string) {
  return { action: 'iam:PassRole', resources: [role], context: { 'iam:PassedToService': SERVICE } };
}

function detail(constraint: Constraint, { account }: Catalog) {
  return { ...without(constraint, 'parameters'), Owner: account };
}

function answered(constraint: Constraint, world: Catalog) {
  return {
    ConstraintDetail: detail(constraint, world),
    ConstraintParameters: constraint.parameters,
    Status: 'AVAILABLE',
  };
}
