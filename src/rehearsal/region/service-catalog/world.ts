// What the region keeps of Service Catalog: portfolios, products with their versions, constraints, and what was launched.
import { createHash, randomBytes } from 'node:crypto';
import type { Base } from '../base';
import { assumed } from '../behaviour';
import type { Tag } from '../cloudformation/resource';
import type { Collection } from '../collection';
import { AwsError } from '../errors';
import { operationsOf } from '../service';

export interface Portfolio {
  readonly Id: string;
  readonly ARN: string;
  readonly DisplayName: string;
  readonly Description?: string;
  readonly ProviderName: string;
  /** Seconds since 1970. */
  readonly CreatedTime: number;
  readonly tags: readonly Tag[];
  /** Ids of the products that it offers. */
  readonly products: readonly string[];
  /** Who may launch them. */
  readonly principals: readonly PortfolioPrincipal[];
}

export interface PortfolioPrincipal {
  readonly PrincipalARN: string;
  readonly PrincipalType: 'IAM' | 'IAM_PATTERN';
}

/** A version of a product, with the template that it was made from. */
export interface Artifact {
  readonly Id: string;
  readonly Name: string;
  readonly Description?: string;
  readonly Type: string;
  readonly CreatedTime: number;
  readonly Active: boolean;
  readonly Guidance: 'DEFAULT' | 'DEPRECATED';
  /** Where the template was read. */
  readonly url: string;
  readonly template: string;
}

export interface Product {
  readonly Id: string;
  readonly ARN: string;
  readonly Name: string;
  readonly Owner: string;
  readonly ShortDescription?: string;
  readonly Distributor?: string;
  readonly CreatedTime: number;
  readonly tags: readonly Tag[];
  /** Oldest first. */
  readonly artifacts: readonly Artifact[];
}

export interface Constraint {
  readonly ConstraintId: string;
  readonly Type: string;
  readonly Description?: string;
  readonly PortfolioId: string;
  readonly ProductId: string;
  /** JSON. */
  readonly parameters: string;
}

export type RecordType = 'PROVISION_PRODUCT' | 'UPDATE_PROVISIONED_PRODUCT' | 'TERMINATE_PROVISIONED_PRODUCT';

/** One request to launch, change or end what was launched. */
export interface LaunchRecord {
  readonly RecordId: string;
  readonly RecordType: RecordType;
  readonly CreatedTime: number;
  readonly ProvisionedProductId: string;
  readonly ProvisioningArtifactId: string;
  /** Why CloudFormation would not even begin. */
  readonly refused?: string;
}

/** What was launched. Its status is its stack's. */
export interface Provisioned {
  readonly Id: string;
  readonly Name: string;
  readonly Arn: string;
  readonly CreatedTime: number;
  readonly token: string;
  readonly ProductId: string;
  readonly ProvisioningArtifactId: string;
  readonly PathId: string;
  readonly launchRole?: string;
  /** ARN of whoever launched it. */
  readonly owner: string;
  /** Undefined when CloudFormation would not begin. */
  readonly stackId?: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly lastRecord: string;
  readonly lastProvisioning: string;
}

export interface Catalog extends Base {
  readonly portfolios: Collection<Portfolio>;
  readonly products: Collection<Product>;
  readonly constraints: Collection<Constraint>;
  readonly provisioned: Collection<Provisioned>;
  readonly records: Collection<LaunchRecord>;
}

export function createCatalog(base: Base): Catalog {
  const collection = <T>(name: string): Collection<T> => base.collection(`service-catalog/${name}`);
  return {
    ...base,
    portfolios: collection('portfolios'),
    products: collection('products'),
    constraints: collection('constraints'),
    provisioned: collection('provisioned-products'),
    records: collection('records'),
  };
}

export const operation = operationsOf<Catalog>();

export const API = 'Service Catalog API Reference';
export const GUIDE = 'Service Catalog Administrator Guide';

export const ONE_PAGE = assumed('All come on one page.');
/** Of lists that come on one page, whatever their length. */
export const PAGED = ['PageToken'];

const ID_LENGTH = 13;

/** An id of the form that the service gives: `port-`, `prod-`, `pa-`, and thirteen small letters and digits. */
export function newId(prefix: string): string {
  const letters = '0123456789abcdefghijklmnopqrstuvwxyz';
  return `${prefix}-${Array.from(randomBytes(ID_LENGTH), (byte) => letters[byte % letters.length]).join('')}`;
}

/** The id of a launch path: a portfolio that offers a product. */
export function pathId(portfolio: string, product: string): string {
  return `lpv3-${createHash('sha256').update(`${portfolio}/${product}`).digest('hex').slice(0, ID_LENGTH)}`;
}

export function catalogArn({ region, account }: Base, resource: string): string {
  return `arn:aws:catalog:${region}:${account}:${resource}`;
}

/** The permission to do something to a product. */
export const onProduct =
  <K extends string>(action: string, key: K) =>
  (input: Readonly<Partial<Record<K, string>>>, world: Catalog) => [
    { action: `servicecatalog:${action}`, resources: [catalogArn(world, `product/${input[key] ?? '*'}`)] },
  ];

/** The permission to do something to a portfolio. */
export const onPortfolio =
  <K extends string>(action: string, key: K) =>
  (input: Readonly<Partial<Record<K, string>>>, world: Catalog) => [
    { action: `servicecatalog:${action}`, resources: [catalogArn(world, `portfolio/${input[key] ?? '*'}`)] },
  ];

/** @throws AwsError ResourceNotFoundException */
export function existing<T>(collection: Collection<T>, what: string, id: string): T {
  const found = collection.get(id);
  if (found === undefined) throw notFound(`${what} ${id} not found.`);
  return found;
}

/** The product's version of this id. @throws AwsError ResourceNotFoundException */
export function artifactOf({ artifacts, Id }: Product, id: string): Artifact {
  const found = artifacts.find((artifact) => artifact.Id === id);
  if (found === undefined) throw notFound(`Provisioning artifact ${id} of product ${Id} not found.`);
  return found;
}

export function notFound(message: string): AwsError {
  return new AwsError('ResourceNotFoundException', message);
}

export function invalid(message: string): AwsError {
  return new AwsError('InvalidParametersException', message);
}

export function inUse(message: string): AwsError {
  return new AwsError('ResourceInUseException', message);
}

/** Tags after some were added and some removed. */
export function retagged(tags: readonly Tag[], add: readonly Tag[] = [], remove: readonly string[] = []): Tag[] {
  const merged = new Map([...tags, ...add].map(({ Key, Value }) => [Key, { Key, Value }]));
  for (const key of remove) merged.delete(key);
  return [...merged.values()];
}
