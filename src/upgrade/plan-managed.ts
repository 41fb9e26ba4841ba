// The plan's half of managed files: rewritten, unless someone edited them by hand; and of files that are written once, or carried.
import type { BaseEntry } from './base';
import { type FileContent, sameText } from './content';
import { UnreadableJsonError } from './manifest';
import { mergeJson } from './merge-json';
import { type Draft, type HandEdit, type Situation, write } from './plan';

/** @returns files that stop the run, as long as their edits are not to be overwritten */
export function planManaged(situation: Situation, draft: Draft): HandEdit[] {
  const { base, team, template, choices } = situation;
  const handEdits: HandEdit[] = [];
  for (const [path, content] of template.managed) {
    draft.entries.set(path, { ...content, ownership: 'managed' });
    const entry = base.entries.get(path);
    const ours = template.mergedByKey.get(path);
    if (ours) planMergedByKey(situation, draft, path, ours);
    else planFile(path, content, entry);
  }
  for (const [path, entry] of base.entries) {
    if (entry.ownership !== 'managed' || template.managed.has(path) || template.owned.has(path)) continue;
    // A nested root's definition is managed there, and its own once it is taken out alone.
    if (template.once.has(path)) draft.entries.set(path, entry);
    else planRemoval(path, entry);
  }
  planOnce(situation, draft);
  planCarried(situation, draft);
  return handEdits;

  function planFile(path: string, content: FileContent & { readonly readonly: boolean }, entry?: BaseEntry): void {
    const theirs = team.read(path);
    if (theirs === undefined) {
      write(draft, path, content, content.readonly);
      draft.changes.push({ path, ...(entry ? { kind: 'replaced', why: 'it was missing' } : CREATED) });
      return;
    }
    const bytes = theirs.kind === 'file' ? theirs.bytes : Buffer.from('(no regular file)\n');
    if (theirs.kind === 'file' && sameText(bytes, content.bytes)) {
      if (theirs.writable === content.readonly) write(draft, path, { ...content, bytes }, content.readonly);
      return;
    }
    const untouched = theirs.kind === 'file' && entry !== undefined && sameText(bytes, entry.bytes);
    if (!untouched && !(choices.overwrite && theirs.kind === 'file')) {
      handEdits.push({ path, ...(entry ? { generated: entry.bytes } : {}), edited: bytes });
      return;
    }
    write(draft, path, content, content.readonly);
    draft.changes.push({ path, kind: 'replaced', why: untouched ? 'managed' : 'edited by hand, and overwritten' });
  }

  function planRemoval(path: string, entry: BaseEntry): void {
    const theirs = team.read(path);
    if (theirs?.kind !== 'file') return;
    if (sameText(theirs.bytes, entry.bytes) || choices.overwrite) {
      draft.actions.push({ do: 'remove', path });
      draft.changes.push({ path, kind: 'removed', why: 'the project no longer has it' });
    } else {
      handEdits.push({ path, generated: entry.bytes, edited: theirs.bytes });
    }
  }
}

const CREATED = { kind: 'created', why: 'new in the template' } as const;

function planMergedByKey(
  { base, team, template, choices }: Situation,
  draft: Draft,
  path: string,
  ours: ReadonlySet<string>,
): void {
  const content = template.managed.get(path);
  if (!content) return;
  const theirs = team.read(path);
  if (theirs?.kind !== 'file') {
    write(draft, path, content);
    draft.changes.push({ path, ...CREATED });
    return;
  }
  const entry = base.entries.get(path);
  const winner = choices.conflicts === 'theirs' ? 'template' : 'team';
  const sides = { ...(entry ? { base: entry.bytes } : {}), team: theirs.bytes, template: content.bytes };
  const { bytes, contested } = merged(path, theirs.bytes, () => mergeJson(sides, ours, winner));
  if (!sameText(bytes, theirs.bytes)) {
    write(draft, path, { ...content, bytes });
    draft.changes.push({
      path,
      kind: entry && sameText(entry.bytes, theirs.bytes) ? 'replaced' : 'merged',
      why: 'by key',
    });
  }
  if (contested.length > 0) {
    const kept = winner === 'team' ? 'your values were kept' : 'the template’s values were taken';
    draft.changes.push({ path, kind: 'kept', why: `both changed ${contested.join(', ')}: ${kept}` });
  }
}

function merged<T>(path: string, text: Buffer, merge: () => T): T {
  try {
    return merge();
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new UnreadableJsonError(path, text.toString(), error);
  }
}

function planOnce({ team, template }: Situation, draft: Draft): void {
  for (const [path, content] of template.once) {
    if (team.read(path)) continue;
    write(draft, path, content);
    draft.changes.push({ path, ...CREATED });
  }
}

function planCarried({ team, template: { carried } }: Situation, draft: Draft): void {
  for (const [path, bytes] of carried.files) {
    const theirs = team.read(path);
    if (theirs?.kind === 'file' && theirs.bytes.equals(bytes)) continue;
    write(draft, path, { bytes, executable: false });
    draft.changes.push({ path, kind: theirs ? 'replaced' : 'created', why: 'the generator, as it was packed' });
  }
  if (carried.files.size === 0) return;
  for (const path of team.list()) {
    if (!carried.stale.test(path) || carried.files.has(path)) continue;
    draft.actions.push({ do: 'remove', path });
    draft.changes.push({ path, kind: 'removed', why: 'another version of the generator took its place' });
  }
}
