// What a generation did to a project's files, and why.

/** What happened to a file. */
export type ChangeKind =
  'created' | 'replaced' | 'merged' | 'conflict' | 'moved' | 'removed' | 'kept' | 'stays deleted';

export interface Change {
  /** Below the project, with `/`. */
  readonly path: string;
  readonly kind: ChangeKind;
  readonly why: string;
  /** Where the file was before. */
  readonly from?: string;
  /** Lines that open a conflict. */
  readonly lines?: readonly number[];
  /** Where the template's version was laid, beside the team's. */
  readonly beside?: string;
}

export interface Report {
  /** The version that generated last; none when this is the first generation. */
  readonly from?: string;
  readonly to: string;
  readonly changes: readonly Change[];
  /** Whether anything was written: not in a dry run. */
  readonly written: boolean;
  /** Whether packages may have to be installed, by root (`.` is the project itself). */
  readonly install: readonly string[];
  /** What would change, as `git diff` shows it, where that was asked for. */
  readonly diff?: string;
}

/** What a person has to look at: everything but files that simply followed the template. */
export function needsAttention({ kind, beside }: Change): boolean {
  return kind === 'conflict' || kind === 'kept' || kind === 'stays deleted' || beside !== undefined;
}

/** A line for each change. */
export function describeChange({ path, kind, why, from, lines, beside }: Change): string {
  const at = lines?.[0] === undefined ? '' : `:${lines[0]}`;
  const moved = from === undefined ? '' : ` (from ${from})`;
  const laid = beside === undefined ? '' : `; the template's is in ${beside}`;
  return `${kind.padEnd(13)} ${path}${at}${moved}: ${why}${laid}`;
}

export function conflictsOf(report: Report): readonly Change[] {
  return report.changes.filter(({ kind }) => kind === 'conflict');
}

/** Each conflict with its line, and what to do. */
export function describeConflicts(conflicts: readonly Change[]): string {
  const places = conflicts.flatMap(({ path, lines = [] }) => lines.map((line) => `  ${path}:${line}`));
  return [
    `${places.length === 1 ? 'One conflict is' : `${places.length} conflicts are`} left to resolve:`,
    ...places,
    'Choose the lines between the markers (`git diff --check` lists them), then run `npx projen` again.',
  ].join('\n');
}
