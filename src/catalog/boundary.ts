// The permissions boundary of project roles: what the roles of all templates may do, taken together, and nothing beside.
import { valuePattern } from './resource-pattern';
import type { Statement } from './launch-policy';
import type { Template } from './synthesize';

/** A statement of a role in a template; resources are expressions. */
interface RoleStatement {
  readonly Action: readonly string[];
  readonly Resource: readonly unknown[];
}

/**
 * Conditions stay with the roles: a boundary grants nothing.
 * @returns one statement for each set of actions; ARNs are texts for `Fn::Sub`
 */
export function boundaryStatements(templates: readonly Template[]): Statement[] {
  const actions = new Map<string, Set<string>>();
  for (const template of templates) {
    for (const { Action, Resource } of roleStatements(template)) {
      const patterns = Resource.map((value) => ofAnyRelease(valuePattern(template, value)));
      const resources = [...new Set(patterns)].sort();
      const key = JSON.stringify(resources);
      actions.set(key, new Set([...(actions.get(key) ?? []), ...Action]));
    }
  }
  const resources = new Map<string, string[]>();
  for (const [key, names] of [...actions].sort()) {
    const same = JSON.stringify([...names].sort());
    resources.set(same, [...(resources.get(same) ?? []), ...(JSON.parse(key) as string[])]);
  }
  return [...resources].map(([names, all], index) => ({
    Sid: `Most${index + 1}`,
    Effect: 'Allow',
    Action: JSON.parse(names) as string[],
    Resource: [...new Set(all)].sort(),
  }));
}

/**
 * A resource that each release has one of, for all of them: a boundary that named them one by one would grow with every release,
 * beyond what a policy (6,144 characters) and a template that is deployed without a bucket (50 KiB) may hold.
 */
function ofAnyRelease(pattern: string): string {
  return pattern
    .replace(/\/releases\/\d+\.\d+\.\d+\//, '/releases/*/')
    .replace(/(\/releases\/\*\/model-build)\b.*\.zip$/, '$1*.zip');
}

function roleStatements(template: Template): RoleStatement[] {
  return Object.values(template.Resources).flatMap(({ Type, Properties }) => {
    if (Type !== 'AWS::IAM::Role') return [];
    // As src/platform writes roles.
    const policies = (Properties?.Policies ?? []) as readonly { PolicyDocument: { Statement: RoleStatement[] } }[];
    return policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
  });
}
