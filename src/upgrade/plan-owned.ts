// The plan's half of owned files: replaced where the team left them alone, merged where it did not, never lost.
import type { BaseEntry } from './base';
import { conflictLines } from './conflict-markers';
import { type FileContent, dressMerged, isBinary, sameText, undress, undressSides } from './content';
import { type Draft, type Situation, type TeamFile, write } from './plan';
import { policyOf } from './policy';
import type { Change } from './report';
import { findMoves } from './similarity';
import { compareVersions } from './version-order';

type Regular = Extract<TeamFile, { kind: 'file' }>;

/** What was generated last, and where the team has it now. */
interface Known {
  readonly entry: BaseEntry;
  /** Where the last generation wrote it. */
  readonly origin: string;
  /** Where the team's copy is, when it is anywhere. */
  readonly place?: string;
}

/** @returns conflicts of an earlier merge that nobody has resolved */
export function planOwned(situation: Situation, draft: Draft): Change[] {
  const { base, team, template } = situation;
  const known = locate(situation, renamedEntries(situation));
  const unresolved: Change[] = [];
  for (const [path, content] of template.owned) {
    const before = known.get(path);
    const lines = markersIn(situation, before, path);
    if (lines.length > 0) unresolved.push({ path: before?.place ?? path, kind: 'conflict', why: 'unresolved', lines });
    const policy = policyOf(path, template.policies);
    if (policy === 'skip' || (policy === 'keep' && before)) {
      leave(draft, policy, content, before && [path, before]);
      continue;
    }
    const place = before?.place === undefined || before.place === path ? {} : { place: before.place };
    const file: OwnedFile = { path, content, policy, conflicted: base.conflicted.has(path) };
    draft.entries.set(path, { ...content, ownership: 'owned', ...(before?.origin === path ? place : {}) });
    if (before) planKnown(situation, draft, file, before);
    else planNew(situation, draft, file);
  }
  for (const [path, { entry, origin, place }] of known) {
    if (template.owned.has(path) || template.managed.has(path) || place === undefined) continue;
    if (policyOf(path, template.policies) === 'skip') draft.entries.set(path, entry);
    else planGone(draft, team.read(place), { entry, origin, place });
  }
  return unresolved;
}

/** What the team wants left as it is. Its base stays, so that all that the template changed arrives when the policy goes. */
function leave(draft: Draft, policy: 'keep' | 'skip', content: FileContent, known?: readonly [string, Known]): void {
  if (!known) return;
  const [path, { entry, place }] = known;
  draft.entries.set(path, entry);
  if (policy === 'keep' && place !== undefined && !sameText(entry.bytes, content.bytes)) {
    draft.changes.push({ path: place, kind: 'kept', why: 'its policy is keep; the template changed it' });
  }
}

interface OwnedFile {
  readonly path: string;
  readonly content: FileContent;
  readonly policy: 'merge' | 'keep' | 'replace';
  /** Whether the base's entry is damaged, or was written differently by two branches. */
  readonly conflicted: boolean;
}

/** The base's entries, those of files that we have renamed since under their new names. */
function renamedEntries({ base, template }: Situation): Map<string, Known> {
  const known = new Map<string, Known>();
  for (const [path, entry] of base.entries) {
    if (entry.ownership === 'owned' || template.owned.has(path)) known.set(path, { entry, origin: path });
  }
  const renames = [...template.renames].sort((a, b) => compareVersions(a.version, b.version));
  for (const { version, from, to } of renames) {
    const before = known.get(from);
    if (!before || known.has(to) || (base.version !== undefined && compareVersions(base.version, version) >= 0))
      continue;
    known.delete(from);
    known.set(to, before);
  }
  return known;
}

/** Looks for each file where it was, and where it is not, for one of the team's that is like it. */
function locate({ base, team, template }: Situation, known: ReadonlyMap<string, Known>): Map<string, Known> {
  const placed = new Map<string, Known>();
  const missing = new Map<string, Buffer>();
  for (const [path, { entry, origin }] of known) {
    const place = [entry.place, origin].find((at) => at !== undefined && team.read(at) !== undefined);
    placed.set(path, { entry, origin, ...(place === undefined ? {} : { place }) });
    if (place === undefined && !isBinary(entry.bytes)) missing.set(path, undress(entry.bytes).text);
  }
  if (missing.size === 0) return placed;
  const taken = new Set([...placed.values()].map(({ place }) => place));
  const candidates = new Map<string, Buffer>();
  for (const path of team.list()) {
    const generated = base.entries.has(path) || template.managed.has(path) || template.owned.has(path);
    const theirs = generated || taken.has(path) || template.once.has(path) ? undefined : team.read(path);
    if (theirs?.kind === 'file' && !isBinary(theirs.bytes)) candidates.set(path, undress(theirs.bytes).text);
  }
  for (const [path, place] of findMoves(missing, candidates)) {
    const before = placed.get(path);
    if (before) placed.set(path, { ...before, place });
  }
  return placed;
}

/** Lines of conflicts in the team's copy that were not generated so. */
function markersIn({ team }: Situation, before: Known | undefined, path: string): number[] {
  const theirs = team.read(before?.place ?? path);
  if (theirs?.kind !== 'file') return [];
  const generated = before ? conflictLines(before.entry.bytes).length : 0;
  const lines = conflictLines(theirs.bytes);
  return lines.length > generated ? lines : [];
}

function planNew({ team }: Situation, draft: Draft, { path, content, policy, conflicted }: OwnedFile): void {
  const theirs = team.read(path);
  if (theirs === undefined) {
    if (conflicted) {
      draft.changes.push({ path, kind: 'stays deleted', why: 'what was generated is not known, and it is not there' });
      return;
    }
    write(draft, path, content);
    draft.changes.push({ path, kind: 'created', why: 'new in the template' });
    return;
  }
  if (theirs.kind === 'file' && sameText(theirs.bytes, content.bytes)) return;
  if (policy === 'replace' && theirs.kind === 'file') {
    write(draft, path, content);
    draft.changes.push({ path, kind: 'replaced', why: 'its policy is replace' });
    return;
  }
  const why = conflicted
    ? 'what was generated is not known, so it counts as edited'
    : 'new in the template, and you have one of that name';
  keep(team.read.bind(team), draft, path, content, why);
}

/** Leaves the team's file alone and lays the template's beside it. */
function keep(
  read: (path: string) => TeamFile | undefined,
  draft: Draft,
  path: string,
  content: FileContent,
  why: string,
): void {
  let beside = `${path}.new`;
  for (let i = 2; read(beside) !== undefined; i++) beside = `${path}.new-${i}`;
  write(draft, beside, content);
  draft.changes.push({ path, kind: 'kept', why, beside });
}

function planKnown(situation: Situation, draft: Draft, file: OwnedFile, before: Known): void {
  const { team } = situation;
  const { path, content, policy } = file;
  const { entry, origin, place } = before;
  const changed = !sameText(entry.bytes, content.bytes) || entry.executable !== content.executable;
  const theirs = place === undefined ? undefined : team.read(place);
  if (place === undefined || theirs === undefined) {
    if (changed) draft.changes.push({ path, kind: 'stays deleted', why: 'you deleted it; the template changed it' });
    return;
  }
  if (theirs.kind === 'other') {
    if (changed)
      draft.changes.push({ path: place, kind: 'kept', why: 'it is no regular file; the template changed it' });
    return;
  }
  const renamed = origin !== path && place === origin;
  if (renamed && team.read(path) !== undefined) {
    draft.changes.push({
      path: place,
      kind: 'kept',
      why: `the template calls it ${path} now, and you have one of that name`,
    });
    keep(team.read.bind(team), draft, path, content, 'renamed in the template, and you have one of that name');
    return;
  }
  const target = renamed ? path : place;
  if (!renamed && origin !== path) draft.entries.set(path, { ...content, ownership: 'owned', place });
  const result = policy === 'replace' ? replaced(theirs, content) : combine(situation, entry, theirs, content);
  const moved = target !== place;
  const written = moved || !result.bytes.equals(theirs.bytes) || result.executable !== theirs.executable;
  if (written) write(draft, target, result);
  if (moved) draft.actions.push({ do: 'remove', path: place });
  const { kind, why, ...rest } = result.change ?? { kind: 'moved', why: 'renamed in the template' };
  if (written || kind === 'kept') {
    const from = moved ? { from: place } : {};
    draft.changes.push({ path: target, kind: moved && kind === 'replaced' ? 'moved' : kind, why, ...rest, ...from });
  }
  if (result.beside) keep(team.read.bind(team), draft, target, content, result.beside);
}

interface Combined extends FileContent {
  /** What to say, when anything but the place changed. */
  readonly change?: Pick<Change, 'kind' | 'why' | 'lines'>;
  /** Why the template's is laid beside it. */
  readonly beside?: string;
}

function replaced(theirs: Regular, content: FileContent): Combined {
  const same = sameText(theirs.bytes, content.bytes) && theirs.executable === content.executable;
  return same ? theirs : { ...content, change: { kind: 'replaced', why: 'its policy is replace' } };
}

/** One file, three ways. */
function combine(
  { base, template, choices, merge }: Situation,
  entry: BaseEntry,
  theirs: Regular,
  content: FileContent,
): Combined {
  const executable = theirs.executable === entry.executable ? content.executable : theirs.executable;
  const mode =
    executable === theirs.executable
      ? {}
      : {
          change: { kind: 'merged', why: executable ? 'it became executable' : 'it is no longer executable' } as const,
        };
  if (sameText(theirs.bytes, content.bytes) || sameText(entry.bytes, content.bytes)) {
    return { bytes: theirs.bytes, executable, ...mode };
  }
  const sides = { base: entry.bytes, team: theirs.bytes, template: content.bytes };
  const binary = Object.values(sides).some(isBinary);
  if (sameText(theirs.bytes, entry.bytes)) {
    const bytes = binary ? content.bytes : dressMerged(undress(content.bytes).text, sides);
    return { bytes, executable, change: { kind: 'replaced', why: 'you had not changed it' } };
  }
  if (binary) {
    if (choices.conflicts === 'theirs') {
      return { bytes: content.bytes, executable, change: { kind: 'replaced', why: 'binary, and both changed it' } };
    }
    return { bytes: theirs.bytes, executable, ...mode, beside: 'binary, and both changed it' };
  }
  const labels = {
    team: 'yours',
    base: `create-drone-mlops ${base.version ?? '(before)'}`,
    template: `create-drone-mlops ${template.version}`,
  };
  const { bytes: text, conflicts } = merge({ ...undressSides(sides), labels }, choices.conflicts);
  const bytes = dressMerged(text, sides);
  if (choices.conflicts === 'ours' && bytes.equals(theirs.bytes)) {
    return { bytes, executable, change: { kind: 'kept', why: 'both changed the same lines, and yours were chosen' } };
  }
  const change: Combined['change'] = conflicts
    ? { kind: 'conflict', why: 'both changed the same lines', lines: conflictLines(bytes) }
    : { kind: 'merged', why: 'your edits and the template’s' };
  return { bytes, executable, change };
}

/** A file that the template no longer has. */
function planGone(draft: Draft, theirs: TeamFile | undefined, { entry, origin, place }: Required<Known>): void {
  const untouched =
    theirs?.kind === 'file' && sameText(theirs.bytes, entry.bytes) && theirs.executable === entry.executable;
  if (untouched && place === origin) {
    draft.actions.push({ do: 'remove', path: place });
    draft.changes.push({
      path: place,
      kind: 'removed',
      why: 'the template no longer has it, and you had not changed it',
    });
  } else {
    draft.changes.push({ path: place, kind: 'kept', why: 'the template no longer has it; it is yours alone now' });
  }
}
