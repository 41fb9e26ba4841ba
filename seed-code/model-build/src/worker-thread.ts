// Starts worker threads, whose files are entries of their own: beside the bundle once bundled, TypeScript before.
import { createRequire } from 'node:module';
import { getPriority, platform, setPriority } from 'node:os';
import { dirname, extname, join } from 'node:path';
import { Worker } from 'node:worker_threads';

/**
 * @param beside `__filename` of whoever starts the worker
 * @param name of the worker's file in the same folder, without its extension
 */
export function startWorkerThread(beside: string, name: string, workerData: unknown): Worker {
  // From TypeScript sources a worker needs the loader that reads them, as it does not inherit it.
  const fromSources = extname(beside) === '.ts';
  const file = join(dirname(beside), `${name}${fromSources ? '.ts' : '.js'}`);
  const execArgv = fromSources ? ['--require', createRequire(beside).resolve('tsx/cjs')] : [];
  return new Worker(file, { workerData, execArgv, name });
}

/** Of 40 steps of niceness: enough that a thread that wakes up goes first. */
const YIELDING_STEPS = 5;
const LEAST_PRIORITY = 19;

/** Lets all other threads of the process go before the calling one. Linux alone has a priority for each thread. */
export function yieldToOthers(): void {
  if (platform() === 'linux') setPriority(Math.min(getPriority() + YIELDING_STEPS, LEAST_PRIORITY));
}
