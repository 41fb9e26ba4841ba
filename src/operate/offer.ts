// The product as Service Catalog has it: which versions are offered, and whether the people in Studio get to it.
import {
  ListConstraintsForPortfolioCommand,
  ListPrincipalsForPortfolioCommand,
  ListProvisioningArtifactsCommand,
  UpdateProvisioningArtifactCommand,
} from '@aws-sdk/client-service-catalog';
import type { Account } from './account';
import type { Aws } from './aws';
import type { Platform, PlatformNamesIn } from './platform';
import { describeStack, outputOf } from './stack-state';

/** The product of a platform, where it has been published. */
export interface Product {
  readonly productId: string;
  readonly portfolioId: string;
  readonly versions: readonly ProductVersion[];
}

export interface ProductVersion {
  readonly version: string;
  readonly id: string;
  /** Whether Studio advises against it. */
  readonly deprecated: boolean;
}

/** What the catalog's stack made; undefined before it did. */
export async function findProduct(
  aws: Pick<Aws, 'catalog' | 'cloudformation'>,
  stackName: string,
): Promise<Product | undefined> {
  const stack = await describeStack(aws, stackName);
  const productId = outputOf(stack, 'ProductId');
  const portfolioId = outputOf(stack, 'PortfolioId');
  if (productId === undefined || portfolioId === undefined) return undefined;
  const { ProvisioningArtifactDetails = [] } = await aws.catalog.send(
    new ListProvisioningArtifactsCommand({ ProductId: productId }),
  );
  const versions = ProvisioningArtifactDetails.map(({ Name = '', Id = '', Guidance }) => ({
    version: Name,
    id: Id,
    deprecated: Guidance === 'DEPRECATED',
  }));
  return { productId, portfolioId, versions };
}

/** Versions whose guidance is not what the platform says, by the guidance that they are to have. */
export function guidanceChanges(
  { versions }: Product,
  { deprecated }: Pick<Platform, 'deprecated'>,
): { readonly version: ProductVersion; readonly deprecate: boolean }[] {
  return versions.flatMap((version) => {
    const deprecate = deprecated.has(version.version);
    return deprecate === version.deprecated ? [] : [{ version, deprecate }];
  });
}

export async function applyGuidance(
  { catalog }: Pick<Aws, 'catalog'>,
  { productId }: Product,
  changes: ReturnType<typeof guidanceChanges>,
): Promise<void> {
  for (const { version, deprecate } of changes) {
    await catalog.send(
      new UpdateProvisioningArtifactCommand({
        ProductId: productId,
        ProvisioningArtifactId: version.id,
        Guidance: deprecate ? 'DEPRECATED' : 'DEFAULT',
      }),
    );
  }
}

/**
 * What keeps people in Studio from launching the product, a sentence each; none when the way is free.
 * A launch takes a principal of the portfolio, and a role to launch with.
 */
export async function launchPathFaults(
  { catalog }: Pick<Aws, 'catalog'>,
  { productId, portfolioId }: Product,
  { options }: Pick<Platform, 'options'>,
  names: Pick<PlatformNamesIn, 'launchRole'>,
  account: Account,
): Promise<string[]> {
  const { Principals = [] } = await catalog.send(new ListPrincipalsForPortfolioCommand({ PortfolioId: portfolioId }));
  const known = new Set(Principals.map(({ PrincipalARN }) => PrincipalARN));
  const missing = options.studioRoles.filter((role) => !known.has(`arn:${account.partition}:iam:::role/${role}`));
  const { ConstraintDetails = [] } = await catalog.send(
    new ListConstraintsForPortfolioCommand({ PortfolioId: portfolioId, ProductId: productId }),
  );
  return [
    // The stack takes both for given: publishing again would not bring them back.
    ...missing.map(
      (role) =>
        `The portfolio ${portfolioId} does not know ${role} any more, so people in Studio with this role see no product: \`aws servicecatalog associate-principal-with-portfolio --portfolio-id ${portfolioId} --principal-arn 'arn:${account.partition}:iam:::role/${role}' --principal-type IAM_PATTERN --region ${account.region}\` opens it to them again.`,
    ),
    ...(ConstraintDetails.some(({ Type }) => Type === 'LAUNCH')
      ? []
      : [
          `The product ${productId} has no launch constraint any more, so it would be launched in the name of whoever launches it: \`aws servicecatalog create-constraint --portfolio-id ${portfolioId} --product-id ${productId} --type LAUNCH --parameters '{"RoleArn":"arn:${account.partition}:iam::${account.id}:role/${names.launchRole}"}' --region ${account.region}\` gives it one again.`,
        ]),
  ];
}
