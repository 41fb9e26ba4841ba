// Three-way merge of a text, by git.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runSync } from '../process';
import type { Sides } from './content';

/** What becomes of lines that both changed: marked, the team's, or the template's. */
export type ConflictStyle = 'markers' | 'ours' | 'theirs';

export interface TextMerge extends Sides {
  readonly labels: { readonly base: string; readonly team: string; readonly template: string };
}

export interface MergedText {
  readonly bytes: Buffer;
  readonly conflicts: boolean;
}

/** Merges one text. */
export type MergeText = (merge: TextMerge, style: ConflictStyle) => MergedText;

/** git could not merge. */
export class MergeError extends Error {
  override readonly name = 'MergeError';
}

/** Above it `git merge-file` tells an error; up to it, the number of conflicts. */
const MOST_CONFLICTS = 127;

/**
 * Merges with `git merge-file`.
 * @throws MergeError when git cannot, ProcessStartError when there is no git
 */
export const mergeText: MergeText = ({ base, team, template, labels }, style) => {
  const dir = mkdtempSync(join(tmpdir(), 'drone-mlops-merge-'));
  try {
    writeFileSync(join(dir, 'team'), team);
    writeFileSync(join(dir, 'base'), base);
    writeFileSync(join(dir, 'template'), template);
    const labelled = [labels.team, labels.base, labels.template].flatMap((label) => ['-L', label]);
    const styled = style === 'markers' ? '--diff3' : `--${style}`;
    const args = ['merge-file', '-p', '-q', styled, ...labelled, 'team', 'base', 'template'];
    const { code, stdout, stderr } = runSync('git', args, dir);
    if (code === null || code > MOST_CONFLICTS) throw new MergeError(`git merge-file failed: ${stderr.trim()}`);
    return { bytes: stdout, conflicts: code > 0 };
  } finally {
    rmSync(dir, { recursive: true });
  }
};
