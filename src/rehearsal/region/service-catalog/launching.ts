// What a launch goes by: a way, a role, a template and values.
import { AwsError } from '../errors';
import type { Caller, Members } from '../service';
import { asLaunchRole, launchConstraint, roleOf } from './constraints';
import { launchPaths, type LaunchPath } from './launch-paths';
import { invalid, notFound, type Artifact, type Catalog, type Product } from './world';

export interface ParameterGiven {
  readonly Key?: string;
  readonly Value?: string;
  readonly UsePreviousValue?: boolean;
}

export function refuseUnlessLaunchable({ Id, Name, Active, Guidance }: Artifact): void {
  if (Active && Guidance === 'DEFAULT') return;
  throw invalid(`Version ${Name} (${Id}) is ${Active ? 'deprecated' : 'not active'}: launch another one.`);
}

/** @throws AwsError when there is none, or more than one and none is named */
export function pathOf(world: Catalog, product: Product, principal: string, id: string | undefined): LaunchPath {
  const paths = launchPaths(world, product, principal).filter((path) => id === undefined || path.id === id);
  const [path, another] = paths;
  if (path === undefined) throw notFound(`No launch paths found for resource: ${product.Id}`);
  if (another !== undefined) throw invalid(`Product ${product.Id} has several launch paths: name one.`);
  return path;
}

export function launchRole(world: Catalog, { portfolio }: LaunchPath, { Id }: Product): string | undefined {
  const constraint = launchConstraint(world, portfolio.Id, Id);
  return constraint && roleOf(constraint.parameters);
}

export async function launcher(world: Catalog, role: string | undefined, caller: Caller): Promise<Caller> {
  return role === undefined ? caller : asLaunchRole(world, role);
}

/** The template as the launch role reads it, from Service Catalog's own bucket. */
export function templateOf({ Id, template }: Artifact, by: Caller): Members {
  by.requires({
    action: 's3:GetObject',
    resources: [`arn:aws:s3:::sc-templates/${Id}`],
    context: { 's3:ExistingObjectTag/servicecatalog:provisioning': 'true' },
  });
  by.requires({ action: 'cloudformation:GetTemplateSummary', resources: ['*'] });
  return { TemplateBody: template };
}

export function valuesOf(
  given: readonly ParameterGiven[],
  before: Readonly<Record<string, string>>,
): Record<string, string> {
  const named = given.filter(({ UsePreviousValue }) => UsePreviousValue !== true);
  return { ...before, ...Object.fromEntries(named.map(({ Key = '', Value = '' }) => [Key, Value])) };
}

export function listed(parameters: Readonly<Record<string, string>>) {
  return Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({ ParameterKey, ParameterValue }));
}

/** The id of the stack that a call answers with, or why CloudFormation refused. */
export async function stackId(
  call: () => Promise<Members>,
): Promise<{ readonly id?: string; readonly refused?: string }> {
  try {
    return { id: String((await call()).StackId) };
  } catch (error) {
    if (error instanceof AwsError) return { refused: error.message };
    throw error;
  }
}
