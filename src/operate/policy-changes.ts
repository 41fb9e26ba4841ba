// Permissions that managed policies of a template gain. What is compared is all that a role has by them, since statements move
// from one policy to the next where a policy would become too long.
import type { CdkTemplate } from './cdk';

interface Resource {
  readonly Type?: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

interface Statement {
  readonly Effect?: string;
  readonly Action?: unknown;
  readonly NotAction?: unknown;
  readonly Resource?: unknown;
  readonly NotResource?: unknown;
  readonly Condition?: unknown;
}

/** One action on one resource, and who has it by which condition. */
interface Permission {
  readonly holder: string;
  readonly action: string;
  readonly resource: string;
  readonly condition: string;
}

/** A line for each resource on which somebody may do more than before, or is forbidden less; a line in all for the first policies. */
export function managedPolicyBroadenings(before: CdkTemplate, after: CdkTemplate): string[] {
  const [had, has] = [permissionsOf(before), permissionsOf(after)];
  const gained = [...has.allowed].filter(([key]) => !had.allowed.has(key)).map(([, one]) => one);
  if (had.allowed.size === 0) return firsts(gained);
  const freed = [...had.denied].filter(([key]) => !has.denied.has(key)).map(([, one]) => one);
  return [...lines('Allow', gained), ...lines('No longer deny', freed)];
}

interface Permissions {
  readonly allowed: ReadonlyMap<string, Permission>;
  readonly denied: ReadonlyMap<string, Permission>;
}

function permissionsOf(template: CdkTemplate): Permissions {
  const resources = Object.entries((template.Resources ?? {}) as Readonly<Record<string, Resource>>); // as templates are
  const allowed = new Map<string, Permission>();
  const denied = new Map<string, Permission>();
  for (const [id, { Type, Properties = {} }] of resources) {
    if (Type !== 'AWS::IAM::ManagedPolicy') continue;
    const roles = resources.filter(([, one]) => listed(one.Properties?.ManagedPolicyArns).includes(`\${${id}}`));
    const holder = roles.map(([role]) => `\${${role}}`).join(' and ') || `whoever has \${${id}}`;
    const { Statement: statements } = (Properties.PolicyDocument ?? {}) as { readonly Statement?: unknown };
    for (const statement of (Array.isArray(statements) ? statements : [statements ?? {}]) as readonly Statement[]) {
      const into = statement.Effect === 'Deny' ? denied : allowed;
      for (const one of permissions(holder, statement)) into.set(JSON.stringify(one), one);
    }
  }
  return { allowed, denied };
}

function permissions(holder: string, { Condition, ...statement }: Statement): Permission[] {
  const condition = Condition === undefined ? '' : JSON.stringify(Condition);
  const named = (list: readonly string[], not: unknown) => [...list, ...listed(not).map((one) => `all but ${one}`)];
  const resources = named(listed(statement.Resource), statement.NotResource);
  const actions = named(listed(statement.Action), statement.NotAction);
  return resources.flatMap((resource) => actions.map((action) => ({ holder, action, resource, condition })));
}

/** Values as `Fn::Sub` would have them. */
function listed(value: unknown): string[] {
  if (value === undefined) return [];
  return (Array.isArray(value) ? value : [value]).map((one: unknown) => {
    if (typeof one === 'string') return one;
    const { Ref, 'Fn::Sub': sub } = one as { readonly Ref?: unknown; readonly 'Fn::Sub'?: unknown };
    if (typeof Ref === 'string') return `\${${Ref}}`;
    return typeof sub === 'string' ? sub : JSON.stringify(one);
  });
}

function lines(what: string, all: readonly Permission[]): string[] {
  const byPlace = new Map<string, { readonly actions: Set<string>; readonly place: string }>();
  for (const { holder, action, resource, condition } of all) {
    const place = `to ${holder} on ${resource}${condition && ` where ${condition}`}`;
    const entry = byPlace.get(place) ?? { actions: new Set(), place };
    entry.actions.add(action);
    byPlace.set(place, entry);
  }
  return [...byPlace.values()].map(({ actions, place }) => `${what} ${[...actions].sort().join(', ')} ${place}`);
}

/** Nobody reads hundreds of lines; what the first policies hold is in the assembly. */
function firsts(all: readonly Permission[]): string[] {
  return [...new Set(all.map(({ holder }) => holder))].map((holder) => {
    const theirs = all.filter((one) => one.holder === holder);
    const count = (key: 'action' | 'resource') => new Set(theirs.map((one) => one[key])).size;
    return `Allow ${count('action')} actions on ${count('resource')} resources to ${holder}`;
  });
}
