// The life of a step: read the contract, run, log, and on failure leave one clear sentence where SageMaker looks for it.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { jsonLog, type Log } from './log';
import { containerPaths, containerRoot, type ContainerPaths } from './paths';

/** A failure that the user can do something about; its message is the sentence they will read. */
export class StepError extends Error {
  override readonly name = 'StepError';
}

/** What a step's `main` is given. */
export interface StepContext {
  readonly paths: ContainerPaths;
  /** Arguments after the script's name. */
  readonly args: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  readonly log: Log;
  /** This host's name, for example `algo-1`. */
  readonly host: string;
  /** Every host of the job, in order. */
  readonly hosts: readonly string[];
  /** Aborted on SIGTERM: save what should be saved and return. */
  readonly signal: AbortSignal;
}

interface Resources {
  current_host: string;
  hosts: string[];
}

/** Characters of the failure file that SageMaker keeps. */
const FAILURE_LENGTH = 1024;

/**
 * Runs a step's `main` under the container contract and sets the exit code: 0, or 1 after writing the reason to
 * `output/failure` and `output/message`.
 */
export async function runStep(name: string, main: (context: StepContext) => Promise<void>): Promise<void> {
  const paths = containerPaths(containerRoot());
  const log = jsonLog((line) => process.stdout.write(line));
  const abort = new AbortController();
  process.once('SIGTERM', () => {
    abort.abort(new StepError('The job was stopped.'));
  });
  const began = performance.now();
  try {
    const { current_host: host, hosts } = readResources(paths);
    log('step-started', { step: name, host, hosts: hosts.length });
    await main({
      paths,
      args: process.argv.slice(2),
      environment: process.env,
      log,
      host,
      hosts,
      signal: abort.signal,
    });
    log('step-finished', { step: name, seconds: (performance.now() - began) / 1000 });
  } catch (error) {
    const reason = error instanceof StepError ? error.message : String(error);
    log('step-failed', { step: name, reason, ...(error instanceof Error ? { stack: error.stack } : {}) });
    mkdirSync(dirname(paths.failure), { recursive: true });
    for (const file of [paths.failure, paths.message]) writeFileSync(file, reason.slice(0, FAILURE_LENGTH));
    process.exitCode = 1;
  }
}

function readResources(paths: ContainerPaths): Resources {
  for (const file of [paths.processingResources, paths.trainingResources]) {
    try {
      return JSON.parse(readFileSync(file, 'utf8')) as Resources;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  return { current_host: 'algo-1', hosts: ['algo-1'] };
}
