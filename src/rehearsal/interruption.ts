// What became of a training job whose spot instance was taken away.
import type { JobOutcome } from './jobs';
import type { InterruptionRecord } from './record';

/** The step or epoch that a line of a training job's log says it went on from. */
export function resumedStep(line: string): number | undefined {
  const [, step] = /"event":"training-resumed","step":(\d+)/.exec(line) ?? [];
  return step === undefined ? undefined : Number(step);
}

/** @param resumedFrom what the second container said */
export function interruptionOf(
  jobs: ReadonlyMap<string, JobOutcome>,
  resumedFrom: number | undefined,
): InterruptionRecord | undefined {
  const [taken] = [...jobs.values()].flatMap(({ interruptions = [] }) => interruptions);
  if (taken === undefined) return undefined;
  return { milliseconds: taken.milliseconds, checkpoints: taken.checkpoints, resumedFrom: resumedFrom ?? null };
}

/** Why an interruption that was asked for proves nothing; undefined when it does. */
export function interruptionFault(record: InterruptionRecord | undefined): string | undefined {
  if (record === undefined) {
    return 'No training job was interrupted: it ended, or came from the cache, before the moment that --interrupt-training names.';
  }
  if (record.resumedFrom !== null) return undefined;
  return 'The interrupted training job began anew instead of going on from its checkpoints: see its log.';
}
