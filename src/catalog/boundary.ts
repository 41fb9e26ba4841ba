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
 * @returns one statement for each set of resources; ARNs are texts for `Fn::Sub`
 */
export function boundaryStatements(templates: readonly Template[]): Statement[] {
  const actions = new Map<string, Set<string>>();
  for (const template of templates) {
    for (const { Action, Resource } of roleStatements(template)) {
      const resources = [...new Set(Resource.map((value) => valuePattern(template, value)))].sort();
      const key = JSON.stringify(resources);
      actions.set(key, new Set([...(actions.get(key) ?? []), ...Action]));
    }
  }
  return [...actions].sort().map(([key, names], index) => ({
    Sid: `Most${index + 1}`,
    Effect: 'Allow',
    Action: [...names].sort(),
    Resource: JSON.parse(key) as string[],
  }));
}

function roleStatements(template: Template): RoleStatement[] {
  return Object.values(template.Resources).flatMap(({ Type, Properties }) => {
    if (Type !== 'AWS::IAM::Role') return [];
    // As src/platform writes roles.
    const policies = (Properties?.Policies ?? []) as readonly { PolicyDocument: { Statement: RoleStatement[] } }[];
    return policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
  });
}
