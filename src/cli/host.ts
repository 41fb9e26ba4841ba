// What a command sees of the world it runs in. Commands talk through it alone, so that tests and other fronts can stand in.

export interface Host {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Whether a person is there to answer questions. */
  readonly interactive: boolean;
  /** Aborted when the person, or the system, wants the command to end. */
  readonly interrupted: AbortSignal;
  /** Prints a command's result. */
  print(text: string): void;
  /** Says what is going on, beside the result. */
  say(text: string): void;
}

/** The person, or the system, asked the command to end. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError';

  constructor(message = 'Interrupted: nothing was left behind.') {
    super(message);
  }
}

/** A command was called in a way that it does not know. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** @throws InterruptedError when the host has been interrupted */
export function checkInterrupted(host: Host): void {
  if (host.interrupted.aborted) throw new InterruptedError();
}
