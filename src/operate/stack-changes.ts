// What deploying a stack would change, and which of it deserves a second look: replacements, removals, and broader permissions.
import { GetTemplateCommand } from '@aws-sdk/client-cloudformation';
import { parse } from 'yaml';
import type { Aws } from './aws';
import type { CdkTemplate } from './cdk';

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
  // Loads the specification of all resource types: only where there is something to compare.
  const { fullDiff, ResourceImpact } = await import('@aws-cdk/cloudformation-diff');
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
  const broadened = diff.permissionsBroadened
    ? [
        ...statements.additions.map((statement) => {
          const { effect, action, resource, principal } = statement.render();
          return [effect, action, principal && `to ${principal}`, `on ${resource}`]
            .filter(Boolean)
            .join(' ')
            .replace(/\n/g, ', ');
        }),
        ...managedPolicies.additions.map(
          ({ managedPolicyArn, identityArn }) => `${identityArn} gets ${managedPolicyArn}`,
        ),
      ]
    : [];
  return { resources, broadened, others: diff.outputs.differenceCount + (diff.description === undefined ? 0 : 1) };
}
