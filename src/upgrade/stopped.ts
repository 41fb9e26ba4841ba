// Why a generation stops before it writes anything, or is not done when it has written.
import { diffOf } from './diff';
import type { HandEdit } from './plan';
import { type Change, describeConflicts } from './report';

/** Conflicts of an earlier merge are still in the files. */
export class UnresolvedConflictsError extends Error {
  override readonly name = 'UnresolvedConflictsError';

  constructor(readonly conflicts: readonly Change[]) {
    super(`Nothing was written. ${describeConflicts(conflicts)}`);
    withoutTrace(this);
  }
}

/** Managed files were edited by hand. */
export class HandEditsError extends Error {
  override readonly name = 'HandEditsError';

  constructor(readonly edits: readonly HandEdit[]) {
    super(
      [
        `Nothing was written: ${edits.map(({ path }) => path).join(', ')} ${edits.length === 1 ? 'is' : 'are'} managed, and edited by hand.`,
        diffOf(
          edits.map(({ path, generated, edited }) => ({
            path,
            ...(generated ? { before: generated } : {}),
            after: edited,
          })),
        ).trimEnd(),
        'Two ways out: make the change in `.projenrc.ts`, and take it out of the file;',
        'or drop it: `npx drone-mlops regenerate --overwrite`.',
      ].join('\n'),
    );
    withoutTrace(this);
  }
}

/** The merge left conflicts in files. */
export class ConflictsError extends Error {
  override readonly name = 'ConflictsError';

  constructor(readonly conflicts: readonly Change[]) {
    super(describeConflicts(conflicts));
    withoutTrace(this);
  }
}

/** `npx projen` prints the stack of what `.projenrc.ts` throws; for what a person has to do, the sentence is enough. */
function withoutTrace(error: Error): void {
  error.stack = `${error.name}: ${error.message}`;
}
