// One generation of a project with all its roots: finish what was interrupted, read, decide, and only then write, all of it as one.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BASE_FILE, type Base, type BaseEntry, EMPTY_BASE, checkBaseVersion, formatBase, parseBase } from './base';
import { diffOf } from './diff';
import { commit } from './journal';
import { mergeText } from './merge-text';
import { type Migration, type MigrationResult, runMigrations } from './migration';
import type { Action, Plan, Template } from './plan';
import { planRoot } from './plan-root';
import { checkPolicies } from './policy';
import type { Change, Report } from './report';
import type { Settings } from './settings';
import { HandEditsError, UnresolvedConflictsError } from './stopped';
import { teamFilesIn } from './team-files';

/** A root as this version renders it. */
export interface RenderedRoot {
  /** Below the project, with `/`; empty for the project itself, which comes first. */
  readonly folder: string;
  readonly template: Template;
  readonly migrations: readonly Migration[];
}

interface PlannedRoot {
  readonly folder: string;
  readonly from?: string;
  readonly actions: readonly Action[];
  readonly changes: readonly Change[];
  readonly plan: Plan;
}

/**
 * Brings a project to what its roots render, and says what it did.
 * @param dir the project's folder, absolute
 * @throws NewerBaseError, UnresolvedConflictsError, HandEditsError, PolicyError, UnreadableJsonError: nothing was written
 */
export function regenerate(dir: string, roots: readonly RenderedRoot[], settings: Settings): Report {
  const folders = roots.map(({ folder }) => folder).filter((folder) => folder !== '');
  const outer = readBase(dir);
  const deleted = folders.filter((folder) => outer.entries.has(rootMark(folder)) && !existsSync(join(dir, folder)));
  const planned = roots
    .filter(({ folder }) => !deleted.includes(folder))
    .map((root) => planOne(dir, root, root.folder === '' ? folders : [], settings));

  const unresolved = planned.flatMap(({ folder, plan }) => plan.unresolved.map((change) => inFolder(folder, change)));
  if (unresolved.length > 0) throw new UnresolvedConflictsError(unresolved);
  const handEdits = planned.flatMap(({ folder, plan }) => plan.handEdits.map((edit) => inFolder(folder, edit)));
  if (handEdits.length > 0) throw new HandEditsError(handEdits);

  const actions = planned.flatMap((root) => root.actions.map((action) => inFolder(root.folder, action)));
  const changes = [
    ...planned.flatMap((root) => root.changes.map((change) => inFolder(root.folder, change))),
    ...deleted.map((folder): Change => ({ path: `${folder}/`, kind: 'stays deleted', why: 'you deleted the folder' })),
  ];
  const from = planned[0]?.from;
  const report: Report = {
    ...(from === undefined ? {} : { from }),
    to: roots[0]?.template.version ?? '',
    changes,
    written: !settings.dryRun,
    install: planned.filter(changesPackage).map(({ folder }) => (folder === '' ? '.' : folder)),
    ...(settings.diff ? { diff: diffOf(differences(dir, actions)) } : {}),
  };
  if (!settings.dryRun) commit(dir, actions);
  return report;
}

function planOne(dir: string, root: RenderedRoot, nested: readonly string[], settings: Settings): PlannedRoot {
  const { folder, template, migrations } = root;
  checkPolicies(template.policies);
  const at = join(dir, folder);
  const found = readBase(at);
  checkBaseVersion(found, template.version, folder === '' ? 'This project' : folder);
  const state = runMigrations({ base: found, team: teamFilesIn(at, nested) }, migrations);
  const plan = planRoot({ ...state, template, choices: settings, merge: mergeText });
  const actions = [...plan.actions, ...migratedFiles(state, plan), ...baseAction(at, template, plan, found, nested)];
  const migrated = state.done.map(({ version, about }): Change => ({
    path: BASE_FILE,
    kind: 'merged',
    why: `migration to ${version}: ${about}`,
  }));
  return {
    folder,
    ...(found.version === undefined ? {} : { from: found.version }),
    actions,
    changes: [...migrated, ...plan.changes],
    plan,
  };
}

/** Files that a migration rewrote and the plan leaves as they are. */
function migratedFiles({ files, team }: MigrationResult, plan: Plan): Action[] {
  const written = new Set(plan.actions.map(({ path }) => path));
  return [...files].flatMap(([path, bytes]) => {
    if (written.has(path)) return [];
    const before = team.read(path);
    return [{ do: 'write', path, bytes, executable: before?.kind === 'file' && before.executable, readonly: false }];
  });
}

function baseAction(at: string, { version }: Template, plan: Plan, found: Base, nested: readonly string[]): Action[] {
  const marks = nested.map((folder) => [rootMark(folder), ROOT_MARK] as const);
  const text = formatBase(version, new Map([...plan.entries, ...marks]), found);
  const file = join(at, BASE_FILE);
  if (existsSync(file) && readFileSync(file, 'utf8').replaceAll('\r\n', '\n') === text) return [];
  return [{ do: 'write', path: BASE_FILE, bytes: Buffer.from(text), executable: false, readonly: false }];
}

/** Entry of a base that says a root in this folder was generated. */
function rootMark(folder: string): string {
  return `${folder}/`;
}

const ROOT_MARK: BaseEntry = { ownership: 'managed', bytes: Buffer.alloc(0), executable: false };

function readBase(root: string): Base {
  const file = join(root, BASE_FILE);
  return existsSync(file) ? parseBase(readFileSync(file, 'utf8')) : EMPTY_BASE;
}

function changesPackage({ actions }: PlannedRoot): boolean {
  return actions.some(({ path }) => path === 'package.json');
}

function differences(dir: string, actions: readonly Action[]): { path: string; before?: Buffer; after?: Buffer }[] {
  return actions
    .filter(({ path }) => !path.endsWith(BASE_FILE))
    .map((action) => {
      const file = join(dir, action.path);
      return {
        path: action.path,
        ...(existsSync(file) ? { before: readFileSync(file) } : {}),
        ...(action.do === 'write' ? { after: action.bytes } : {}),
      };
    });
}

/** Something of a root's, by its place in the project. */
function inFolder<T extends { path: string; from?: string; beside?: string }>(folder: string, item: T): T {
  if (folder === '') return item;
  const { path, from, beside } = item;
  return {
    ...item,
    path: `${folder}/${path}`,
    ...(from === undefined ? {} : { from: `${folder}/${from}` }),
    ...(beside === undefined ? {} : { beside: `${folder}/${beside}` }),
  };
}
