// What a merge has to know of earlier versions: names that files of the template had, and changes that no merge can make.
import { PACKAGE_NAME } from '../package-root';
import { type Base, type Migration, type Rename, compareVersions } from '../upgrade';

/** Owned files that a version renamed: the team's edits move along. */
export const RENAMES: Readonly<Record<'platform' | 'model-build', readonly Rename[]>> = {
  platform: [],
  'model-build': [],
};

const FIRST_WITH_BASE = '0.1.0';

/** What a project needs beyond the merge, by the first version that needs it. */
export const MIGRATIONS: readonly Migration[] = [
  {
    version: FIRST_WITH_BASE,
    about: 'took over what was generated before there was a base',
    migrate({ base, team }) {
      if (base.version !== undefined || !isOlder(json(team.read('.projen/deps.json')))) return undefined;
      const recorded: unknown = json(team.read('.projen/files.json')).files;
      if (!Array.isArray(recorded)) return undefined;
      const entries: Base['entries'] = new Map(
        [...(recorded as unknown[]), 'package.json', '.projenrc.ts'].flatMap((path) => {
          const file = typeof path === 'string' ? team.read(path) : undefined;
          if (file?.kind !== 'file') return [];
          const bytes =
            path === 'package.json' ? withoutTeamDependencies(file.bytes, team.read('.projen/deps.json')) : file.bytes;
          return [[String(path), { ownership: 'managed', executable: file.executable, bytes }] as const];
        }),
      );
      return { base: { ...base, entries } };
    },
  },
];

/** Whether a version without a base generated last, as projen's record says: a base that was lost is another matter. */
function isOlder(record: Record<string, unknown>): boolean {
  const dependencies = (record.dependencies ?? []) as readonly { name: string; version?: string }[];
  const spec = dependencies.find(({ name }) => name === PACKAGE_NAME)?.version ?? '';
  const version = /\d+\.\d+\.\d+/.exec(spec)?.[0];
  return version !== undefined && compareVersions(version, FIRST_WITH_BASE) < 0;
}

/** package.json as it was generated: version 0.0 noted in projen's record which dependencies are the team's. */
function withoutTeamDependencies(manifest: Buffer, record: Parameters<typeof json>[0]): Buffer {
  const value = JSON.parse(manifest.toString()) as Record<string, unknown>;
  // Written by projen, of projen's type.
  const dependencies = (json(record).dependencies ?? []) as readonly { name: string; metadata?: { owner?: string } }[];
  const ours = new Set(dependencies.filter(({ metadata }) => metadata?.owner !== 'team').map(({ name }) => name));
  for (const section of ['dependencies', 'devDependencies']) {
    const kept = Object.entries(value[section] ?? {}).filter(([name]) => ours.has(name));
    value[section] = Object.fromEntries(kept);
  }
  return Buffer.from(JSON.stringify(value));
}

function json(
  file: { readonly kind: 'other' } | { readonly kind: 'file'; readonly bytes: Buffer } | undefined,
): Record<string, unknown> {
  return file?.kind === 'file' ? (JSON.parse(file.bytes.toString()) as Record<string, unknown>) : {};
}
