// What `upgrade` and `regenerate` have in common: flags, and the end by an interruption.
import { Command, Option } from 'commander';
import type { ConflictStyle, Settings } from '../../upgrade';
import { type Host, InterruptedError } from '../host';

export interface Flags {
  readonly project: string;
  readonly dryRun?: true;
  readonly diff?: true;
  readonly json?: true;
  readonly overwrite?: true;
  readonly conflicts: ConflictStyle;
}

/** What both commands take. */
export function upgradeCommand(name: string, about: string): Command {
  return new Command(name)
    .description(about)
    .allowExcessArguments(false)
    .option('--project <dir>', 'the project', '.')
    .option('--dry-run', 'say what would be done, and leave the project as it is')
    .option('--diff', 'show what changes, as `git diff` does')
    .option('--json', 'print one JSON object')
    .option('--overwrite', 'rewrite managed files that were edited by hand')
    .addOption(
      new Option('--conflicts <style>', 'lines that both changed: marked, yours (ours) or the template’s (theirs)')
        .choices(['markers', 'ours', 'theirs'])
        .default('markers'),
    )
    .addHelpText('after', '\nExit codes: 0 done, 1 failed or conflicts to resolve, 2 wrong usage.');
}

export function settingsOf({ conflicts, overwrite, dryRun, diff }: Flags): Settings {
  return { conflicts, overwrite: overwrite ?? false, dryRun: dryRun ?? false, diff: diff ?? false };
}

const INTERRUPTED = 'Interrupted: the next run finishes what was begun, or drops it.';

/** @throws InterruptedError in place of whatever an interruption made of the work */
export async function uninterrupted<T>(host: Host, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw host.interrupted.aborted ? new InterruptedError(INTERRUPTED) : error;
  }
}
