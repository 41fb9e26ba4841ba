// What work on an account needs of the one who asked for it: an ear, patience, and a way to stop it.
import { setTimeout as later } from 'node:timers/promises';

export interface Work {
  /** Hears one sentence about what is going on. */
  readonly say: (text: string) => void;
  readonly signal: AbortSignal;
  readonly env: NodeJS.ProcessEnv;
  /** Between two looks at something that AWS is doing. */
  readonly pollSeconds: number;
}

/**
 * Looks again and again until there is an answer.
 * @param look answers undefined as long as there is none
 */
export async function until<T>({ signal, pollSeconds }: Work, look: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    signal.throwIfAborted();
    const found = await look();
    if (found !== undefined) return found;
    await later(pollSeconds * 1000, undefined, { signal });
  }
}
