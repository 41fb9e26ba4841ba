// What AWS would have said to each call of a region's log: the roles' own policies, by an independent simulator.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runSimulation } from '@cloud-copilot/iam-simulate';
import type { LoggedCall } from '../../../../src/rehearsal/region/access';
import { ACCOUNT } from '../../../../src/rehearsal/region';

interface Role {
  readonly Arn: string;
  readonly boundary?: string;
  readonly inline: Readonly<Record<string, string>>;
  readonly attached: readonly string[];
}

interface ManagedPolicy {
  readonly Arn: string;
  readonly DefaultVersionId: string;
  readonly versions: readonly { readonly id: string; readonly document: string }[];
}

/** A key's own policy counts as well. */
interface Key {
  readonly arn: string;
  readonly policy?: string;
}

/** Policies as they stand in a region, by ARN. */
export interface Policies {
  readonly roles: ReadonlyMap<string, Role>;
  readonly managed: ReadonlyMap<string, ManagedPolicy>;
  readonly keys: ReadonlyMap<string, Key>;
}

/** The roles and policies that a region has now; those that went before stay. */
export function policiesOf(stateDir: string, before?: Policies): Policies {
  const roles = resources<Role>(join(stateDir, 'iam', 'roles'));
  const managed = resources<ManagedPolicy>(join(stateDir, 'iam', 'policies'));
  const keys = resources<Key>(join(stateDir, 'kms', 'keys'));
  return {
    keys: new Map([...(before?.keys ?? []), ...keys.map((key) => [key.arn, key] as const)]),
    roles: new Map([...(before?.roles ?? []), ...roles.map((role) => [role.Arn, role] as const)]),
    managed: new Map([...(before?.managed ?? []), ...managed.map((policy) => [policy.Arn, policy] as const)]),
  };
}

/**
 * The calls of roles that their policies do not allow, each once, as `role action resource`.
 * @param judged whether a role is among those that are asked about
 */
export async function denied(
  stateDir: string,
  policies: Policies,
  judged: (roleArn: string) => boolean = () => true,
): Promise<string[]> {
  const calls = new Map<string, LoggedCall>();
  for (const line of readFileSync(join(stateDir, 'calls.jsonl'), 'utf8').trim().split('\n')) {
    const call = JSON.parse(line) as LoggedCall; // as the region wrote it
    const { principal, action, resource, context } = call;
    const role = policies.roles.get(principal);
    if (role === undefined || !judged(principal)) continue;
    calls.set(JSON.stringify([principal, action, resource, context]), call);
  }
  const refused: string[] = [];
  for (const call of calls.values()) {
    const said = await verdict(call, policies);
    const role = call.principal.slice(call.principal.lastIndexOf('/') + 1);
    if (said !== 'Allowed') refused.push(`${role} ${call.action} ${call.resource} (${said})`);
  }
  return [...new Set(refused)].sort();
}

/** How many calls of a role were made. */
export function callsOf(stateDir: string, roleArn: string): number {
  const lines = readFileSync(join(stateDir, 'calls.jsonl'), 'utf8').split('\n');
  return lines.filter((line) => line.includes(`"principal":"${roleArn}"`)).length;
}

async function verdict({ principal, action, resource, context }: LoggedCall, policies: Policies): Promise<string> {
  const role = policies.roles.get(principal);
  if (role === undefined) return 'NoSuchRole';
  const named = (arn: string) => ({ name: arn, policy: document(policies.managed.get(arn)) });
  const ofKey = policies.keys.get(resource)?.policy;
  const result = await runSimulation(
    {
      request: {
        principal,
        action,
        resource: { resource, accountId: ACCOUNT },
        contextVariables: Object.fromEntries(
          Object.entries(context).map(([key, value]) => [key, typeof value === 'string' ? value : [...value]]),
        ),
      },
      identityPolicies: [
        ...Object.entries(role.inline).map(([name, text]) => ({ name, policy: JSON.parse(text) as object })),
        ...role.attached.map(named),
      ],
      ...(role.boundary !== undefined && { permissionBoundaryPolicies: [named(role.boundary)] }),
      ...(ofKey !== undefined && { resourcePolicy: JSON.parse(ofKey) as object }),
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    },
    {},
  );
  return result.resultType === 'error' ? JSON.stringify(result.errors) : result.overallResult;
}

function document(policy: ManagedPolicy | undefined): object {
  const text = policy?.versions.find(({ id }) => id === policy.DefaultVersionId)?.document;
  if (text === undefined) throw new Error(`A role has a policy that is not there: ${policy?.Arn ?? ''}`);
  return JSON.parse(text) as object;
}

function resources<T>(folder: string): T[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .map((file) => (JSON.parse(readFileSync(join(folder, file), 'utf8')) as { readonly resource: T }).resource); // a collection's file
}
