// What Studio shows of a platform: a portfolio with one product, whose versions are the releases that are offered.
import { CfnOutput, Fn, aws_servicecatalog as servicecatalog } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { PlainStack, PLATFORM_TAG, platformNames } from '../platform';

/** A release as the catalog shows it. Its template has to be in the catalog's bucket already. */
export interface OfferedRelease {
  readonly version: string;
  /** Key of the template in the catalog's bucket. */
  readonly templateKey: string;
}

export interface CatalogStackProps {
  readonly platform: string;
  /** Every release that projects may be on, oldest first. */
  readonly releases: readonly OfferedRelease[];
  /** Roles of people in Studio: names with their paths, which may hold `*`. */
  readonly studioRoles: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
}

/** Tag by which Studio finds products. */
export const VISIBILITY_TAG = { key: 'sagemaker:studio-visibility', value: 'true' } as const;

export class CatalogStack extends PlainStack {
  constructor(scope: Construct, id: string, { platform, releases, studioRoles, tags }: CatalogStackProps) {
    const names = platformNames(platform);
    super(scope, id, {
      stackName: names.stacks.catalog,
      description: `What Studio offers of ${platform}: a portfolio with one product.`,
      tags: { ...tags, [PLATFORM_TAG]: platform },
    });
    const portfolio = new servicecatalog.CfnPortfolio(this, 'Portfolio', {
      displayName: platform,
      providerName: platform,
      description: 'Projects that detect objects in drone imagery.',
    });
    const product = new servicecatalog.CfnCloudFormationProduct(this, 'Product', {
      name: platform,
      owner: platform,
      description: 'A team of its own: a model-build repository, and a build pipeline that trains.',
      provisioningArtifactParameters: releases.map(({ version, templateKey }) => ({
        name: version,
        description: `Release ${version}`,
        info: {
          LoadTemplateFromURL: Fn.sub(
            `https://${names.catalogBucket}.s3.\${AWS::Region}.\${AWS::URLSuffix}/${templateKey}`,
          ),
        },
      })),
      // Versions that projects are on keep their ids when a release joins.
      replaceProvisioningArtifacts: false,
      tags: [VISIBILITY_TAG],
    });
    const association = new servicecatalog.CfnPortfolioProductAssociation(this, 'Offer', {
      portfolioId: portfolio.ref,
      productId: product.ref,
    });
    const constraint = new servicecatalog.CfnLaunchRoleConstraint(this, 'LaunchRole', {
      portfolioId: portfolio.ref,
      productId: product.ref,
      roleArn: Fn.sub(`arn:\${AWS::Partition}:iam::\${AWS::AccountId}:role/${names.launchRole}`),
    });
    constraint.addResourceDependency(association);
    studioRoles.forEach((role, index) => {
      new servicecatalog.CfnPortfolioPrincipalAssociation(this, `Studio${index + 1}`, {
        portfolioId: portfolio.ref,
        principalArn: Fn.sub(`arn:\${AWS::Partition}:iam:::role/${role}`),
        principalType: 'IAM_PATTERN',
      });
    });
    new CfnOutput(this, 'PortfolioId', { value: portfolio.ref });
    new CfnOutput(this, 'ProductId', { value: product.ref });
  }
}
