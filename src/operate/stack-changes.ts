// What deploying a stack would change, and which of it deserves a second look: replacements, removals, and broader permissions.
import { GetTemplateCommand } from '@aws-sdk/client-cloudformation';
import type { Statement } from '@aws-cdk/cloudformation-diff/lib/iam/statement';
import { parse } from 'yaml';
import type { Aws } from './aws';
import { CdkError, type CdkTemplate } from './cdk';
import { managedPolicyBroadenings } from './policy-changes';

/** What becomes of one resource. */
export interface ResourceChange {
  readonly id: string;
  readonly type: string;
  readonly change: 'create' | 'update' | 'replace' | 'may replace' | 'destroy' | 'orphan';
}

export interface StackChanges {
  readonly resources: readonly ResourceChange[];
  /** Statements that are added, a line each, where permissions become broader. */
  readonly broadened: readonly string[];
  /** Parts of the template beside its resources that change: outputs, description. */
  readonly others: number;
}

/** Whether nothing would change. */
export function isUnchanged({ resources, others }: StackChanges): boolean {
  return resources.length === 0 && others === 0;
}

/** The template that a stack was deployed with last. */
export async function deployedTemplate(
  { cloudformation }: Pick<Aws, 'cloudformation'>,
  stack: string,
): Promise<CdkTemplate> {
  const { TemplateBody = '{}' } = await cloudformation.send(
    new GetTemplateCommand({ StackName: stack, TemplateStage: 'Original' }),
  );
  return parse(TemplateBody, { version: '1.1' }) as CdkTemplate; // CloudFormation has accepted it as a template
}

/** @param before undefined where there is no stack yet */
export async function stackChanges(before: CdkTemplate | undefined, after: CdkTemplate): Promise<StackChanges> {
  const { fullDiff, ResourceImpact } = await differ();
  const diff = fullDiff(before ?? {}, after);
  const named = {
    [ResourceImpact.WILL_CREATE]: 'create',
    [ResourceImpact.WILL_UPDATE]: 'update',
    [ResourceImpact.WILL_REPLACE]: 'replace',
    [ResourceImpact.MAY_REPLACE]: 'may replace',
    [ResourceImpact.WILL_DESTROY]: 'destroy',
    [ResourceImpact.WILL_ORPHAN]: 'orphan',
    [ResourceImpact.WILL_IMPORT]: 'create',
    [ResourceImpact.NO_CHANGE]: undefined,
  } as const;
  const resources = diff.resources.logicalIds.flatMap((id): ResourceChange[] => {
    const { changeImpact, newResourceType, oldResourceType } = diff.resources.get(id);
    const change = named[changeImpact];
    return change === undefined ? [] : [{ id, type: newResourceType ?? oldResourceType ?? '', change }];
  });
  const { statements, managedPolicies } = diff.iamChanges;
  const broadened = [
    ...statements.additions.filter((one) => !one.isNegativeStatement).map((one) => line(one)),
    ...statements.removals.filter((one) => one.isNegativeStatement).map((one) => line(one, 'No longer deny')),
    ...managedPolicies.additions.map(({ managedPolicyArn, identityArn }) => `${identityArn} gets ${managedPolicyArn}`),
    ...managedPolicyBroadenings(before ?? {}, after),
  ];
  return { resources, broadened, others: diff.outputs.differenceCount + (diff.description === undefined ? 0 : 1) };
}

function line(statement: Statement, said?: string): string {
  const { effect, action, resource, principal } = statement.render();
  // As its template has it; the package types it loosely.
  const condition = statement.condition as object | undefined;
  return [
    said ?? effect,
    action,
    principal && `to ${principal}`,
    `on ${resource}`,
    condition && `where ${JSON.stringify(condition)}`,
  ]
    .filter(Boolean)
    .join(' ')
    .replace(/\{"Fn::Sub":"([^"]+)"\}/g, '$1')
    .replace(/\n/g, ', ');
}

/**
 * What compares templates. It loads the specification of all resource types, and so only where there is something to compare.
 * @throws CdkError when the platform's packages do not hold it
 */
async function differ() {
  try {
    return await import('@aws-cdk/cloudformation-diff');
  } catch (error) {
    if (!/^(ERR_)?MODULE_NOT_FOUND$/.test((error as NodeJS.ErrnoException).code ?? '')) throw error;
    throw new CdkError(
      'The package @aws-cdk/cloudformation-diff is not installed, without which no change can be shown: run `npm ci` in the platform’s repository, or `npm install --save-dev @aws-cdk/cloudformation-diff` where its package.json does not name it.',
    );
  }
}
