// The worker of callback steps, which on AWS runs wherever the team lets it run: here beside the pipeline.
import { seedCommands } from './seed-commands';

export interface Worker {
  /** Aborted, with the error as its reason, when the worker ends by itself: callback steps are left without an answer. */
  readonly failed: AbortSignal;
  end(): Promise<void>;
}

/** Starts `npm run worker` in the project, where its pipeline has callback steps. */
export function startWorker(
  { steps }: { readonly steps: readonly { readonly kind: string }[] },
  directory: string,
  environment: NodeJS.ProcessEnv,
  signal: AbortSignal,
  onLine: (line: string) => void,
): Worker {
  const [failed, ending] = [new AbortController(), new AbortController()];
  if (!steps.some(({ kind }) => kind === 'callback')) return { failed: failed.signal, end: () => Promise.resolve() };
  const worker = seedCommands(directory, environment, onLine, AbortSignal.any([signal, ending.signal]));
  const ended = worker.run('worker', []).catch((error: unknown) => {
    if (!ending.signal.aborted && !signal.aborted) failed.abort(error);
  });
  return {
    failed: failed.signal,
    async end() {
      ending.abort();
      await ended;
    },
  };
}
