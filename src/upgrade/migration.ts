// Changes that a merge cannot make: what a project of an older version has to become first, in order, once each.
import type { Base } from './base';
import type { TeamFiles } from './plan';
import { withChanges } from './team-files';
import { compareVersions } from './version-order';

/** A root before it is generated. */
export interface RootState {
  readonly base: Base;
  readonly team: TeamFiles;
}

export interface Migrated {
  /** The base, where the migration changes what counts as generated. */
  readonly base?: Base;
  /** Files of the team's that it rewrites, by path. */
  readonly files?: ReadonlyMap<string, Buffer>;
}

export interface Migration {
  /** The first version that needs it: it runs for roots that an older one generated. */
  readonly version: string;
  /** What it does, as the report says it. */
  readonly about: string;
  /** @returns nothing when there is nothing to do in this root */
  readonly migrate: (root: RootState) => Migrated | undefined;
}

export interface MigrationResult extends RootState {
  readonly files: ReadonlyMap<string, Buffer>;
  readonly done: readonly Migration[];
}

/** Runs the migrations that a root has not had, in the order of their versions. */
export function runMigrations(root: RootState, migrations: readonly Migration[]): MigrationResult {
  const from = root.base.version;
  const due = migrations
    .filter(({ version }) => from === undefined || compareVersions(from, version) < 0)
    .sort((a, b) => compareVersions(a.version, b.version));
  const files = new Map<string, Buffer>();
  const done: Migration[] = [];
  let { base, team } = root;
  for (const migration of due) {
    const migrated = migration.migrate({ base, team });
    if (!migrated) continue;
    done.push(migration);
    for (const [path, bytes] of migrated.files ?? []) files.set(path, bytes);
    base = migrated.base ?? base;
    team = withChanges(root.team, files);
  }
  return { base, team, files, done };
}
