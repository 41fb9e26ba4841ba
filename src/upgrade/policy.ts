// How the team wants its owned files treated, by glob.

/**
 * `merge`: three ways; `keep`: what is there stays as it is; `replace`: the template's always; `skip`: as if the template did
 * not have it.
 */
export type UpgradePolicy = 'merge' | 'keep' | 'replace' | 'skip';

const POLICIES: readonly string[] = ['merge', 'keep', 'replace', 'skip'] satisfies UpgradePolicy[];

/** Policies by glob: `*` is anything in one folder, `**` in any depth, `?` one character, `{a,b}` either. The last that fits counts. */
export type UpgradePolicies = Readonly<Record<string, UpgradePolicy>>;

/** A policy that does not exist. */
export class PolicyError extends Error {
  override readonly name = 'PolicyError';
}

/** @throws PolicyError for a policy that there is not, as a definition in plain JavaScript may name */
export function checkPolicies(policies: UpgradePolicies): void {
  for (const [glob, policy] of Object.entries(policies)) {
    if (!POLICIES.includes(policy)) {
      throw new PolicyError(`.projenrc.ts, policies: '${glob}' is one of ${POLICIES.join(', ')}, not '${policy}'.`);
    }
  }
}

export function policyOf(path: string, policies: UpgradePolicies): UpgradePolicy {
  const fitting = Object.entries(policies).filter(([glob]) => globPattern(glob).test(path));
  return fitting.at(-1)?.[1] ?? 'merge';
}

/** What policies say of a folder: those that begin with it, without it, and those for any depth. */
export function policiesBelow(folder: string, policies: UpgradePolicies): UpgradePolicies {
  return Object.fromEntries(
    Object.entries(policies).flatMap(([glob, policy]) => {
      if (glob.startsWith(`${folder}/`)) return [[glob.slice(folder.length + 1), policy] as const];
      return glob.startsWith('**') ? [[glob, policy] as const] : [];
    }),
  );
}

function globPattern(glob: string): RegExp {
  const source = glob.replaceAll(/\*\*\/|\*\*|\*|\?|\{[^{}]*\}|[.+^$()|[\]\\{}]/g, (part) => {
    if (part === '**/') return '(?:.*/)?';
    if (part === '**') return '.*';
    if (part === '*') return '[^/]*';
    if (part === '?') return '[^/]';
    if (part.length > 1) return `(?:${part.slice(1, -1).split(',').map(escaped).join('|')})`;
    return escaped(part);
  });
  return new RegExp(`^${source}$`);
}

function escaped(text: string): string {
  return text.replaceAll(/[.+^$()|[\]\\{}*?]/g, '\\$&');
}
