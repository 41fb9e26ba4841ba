// What a plan for one root is made from, and of: base × team × template → actions.
import type { Base, BaseEntry } from './base';
import type { FileContent } from './content';
import type { ConflictStyle, MergeText } from './merge-text';
import type { UpgradePolicies } from './policy';
import type { Change } from './report';

/** What the team has at a path; `other` is a link, a folder, or something below either. */
export type TeamFile =
  ({ readonly kind: 'file'; readonly writable: boolean } & FileContent) | { readonly kind: 'other' };

/** The team's side of a root. */
export interface TeamFiles {
  read(path: string): TeamFile | undefined;
  /** Every file of the team's that is no part of an installation, of git's or of another root. */
  list(): readonly string[];
}

/** A file of the template that was renamed between two versions of this package. */
export interface Rename {
  /** The first version with the new name. */
  readonly version: string;
  readonly from: string;
  readonly to: string;
}

/** What this version generates in one root. */
export interface Template {
  readonly version: string;
  /** Rewritten by each generation. */
  readonly managed: ReadonlyMap<string, FileContent & { readonly readonly: boolean }>;
  /** The team's, merged. */
  readonly owned: ReadonlyMap<string, FileContent>;
  /** Written when it is missing, and never again. */
  readonly once: ReadonlyMap<string, FileContent>;
  /** Of the managed: JSON that the team adds to, merged by key; and the keys in it that we decide alone. */
  readonly mergedByKey: ReadonlyMap<string, ReadonlySet<string>>;
  /** Packages that travel with the project; of those that match `stale`, only these stay. */
  readonly carried: { readonly files: ReadonlyMap<string, Buffer>; readonly stale: RegExp };
  readonly renames: readonly Rename[];
  readonly policies: UpgradePolicies;
}

export interface Choices {
  readonly conflicts: ConflictStyle;
  /** Whether managed files that were edited by hand are rewritten all the same. */
  readonly overwrite: boolean;
}

export type Action =
  | {
      readonly do: 'write';
      readonly path: string;
      readonly bytes: Buffer;
      readonly executable: boolean;
      readonly readonly: boolean;
    }
  | { readonly do: 'remove'; readonly path: string };

/** A managed file that was edited by hand. */
export interface HandEdit {
  readonly path: string;
  /** What was generated; none when nobody knows. */
  readonly generated?: Buffer;
  readonly edited: Buffer;
}

export interface Plan {
  readonly actions: readonly Action[];
  readonly changes: readonly Change[];
  readonly entries: ReadonlyMap<string, BaseEntry>;
  /** Where there are any, nothing may be written. */
  readonly handEdits: readonly HandEdit[];
  /** Conflicts of an earlier merge; where there are any, nothing may be written. */
  readonly unresolved: readonly Change[];
}

/** What both halves of the plan go by. */
export interface Situation {
  readonly base: Base;
  readonly team: TeamFiles;
  readonly template: Template;
  readonly choices: Choices;
  readonly merge: MergeText;
}

/** A half of the plan while it grows. */
export interface Draft {
  readonly actions: Action[];
  readonly changes: Change[];
  readonly entries: Map<string, BaseEntry>;
}

/** Adds the writing of a file to a draft. */
export function write(draft: Draft, path: string, { bytes, executable }: FileContent, readonly = false): void {
  draft.actions.push({ do: 'write', path, bytes, executable, readonly });
}
