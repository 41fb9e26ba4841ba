// The order in which the phases of a build follow one another, and what a failure does to it.
// Source: CodeBuild User Guide, "Build phase transitions" and "Build specification reference" (on-failure, finally).
import type { Buildspec, Phase, PhaseName } from './buildspec';
import type { Shell } from './shell';

export interface PhaseOutcome {
  readonly status: 'SUCCEEDED' | 'FAILED';
  /** Why it failed: the command, and how it ended. */
  readonly context?: PhaseContext;
}

export interface PhaseContext {
  /** For example `COMMAND_EXECUTION_ERROR`. */
  readonly statusCode: string;
  readonly message: string;
}

export interface PhaseListener {
  begin(phase: PhaseName): void;
  command(text: string): void;
  end(phase: PhaseName, outcome: PhaseOutcome): void;
}

/**
 * Runs the phases. After a failure of `install` or `pre_build` nothing more runs; `post_build` runs after a failed `build`.
 * @returns whether all succeeded
 */
export async function runPhases(
  { phases }: Pick<Buildspec, 'phases'>,
  shell: Shell,
  listener: PhaseListener,
  signal: AbortSignal,
): Promise<boolean> {
  let isSucceeding = true;
  for (const phase of phases) {
    listener.begin(phase.name);
    const outcome = await runPhase(phase, shell, isSucceeding, listener, signal);
    listener.end(phase.name, outcome);
    if (signal.aborted) return false;
    if (outcome.status === 'SUCCEEDED') continue;
    isSucceeding = false;
    const goesOn = phase.onFailure === undefined ? phase.name === 'build' : phase.onFailure === 'CONTINUE';
    if (!goesOn) break;
  }
  return isSucceeding;
}

async function runPhase(
  phase: Phase,
  shell: Shell,
  isSucceeding: boolean,
  listener: PhaseListener,
  signal: AbortSignal,
): Promise<PhaseOutcome> {
  let context: PhaseContext | undefined;
  for (const commands of [phase.commands, phase.finally]) {
    const succeeding = isSucceeding && context === undefined ? '1' : '0';
    const failure = await shell.run(commands, { CODEBUILD_BUILD_SUCCEEDING: succeeding }, (index) => {
      listener.command(commands[index] ?? '');
    });
    if (failure === undefined) continue;
    const how = failure.code === null ? 'it was ended by a signal' : `exit status ${failure.code}`;
    context ??= {
      statusCode: 'COMMAND_EXECUTION_ERROR',
      message: `Error while executing command: ${commands[failure.index] ?? ''}. Reason: ${how}`,
    };
    if (signal.aborted) break;
  }
  return context === undefined ? { status: 'SUCCEEDED' } : { status: 'FAILED', context };
}
