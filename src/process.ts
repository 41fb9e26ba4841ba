// The one place that starts child processes. Prints nothing: what a process says goes to the caller.
import { spawn, spawnSync, type ChildProcessWithoutNullStreams } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';

/** How a process ended: with a code, or by a signal. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** How a process ended, and everything it said. */
export interface Finished extends Exit {
  readonly stdout: string;
  readonly stderr: string;
}

export interface ProcessOptions {
  /** @default the current folder */
  readonly cwd?: string;
  /** The whole environment. @default this process's own */
  readonly env?: NodeJS.ProcessEnv;
  /** What the process reads from its standard input. @default nothing: the input is closed */
  readonly input?: string | Uint8Array;
  /** Aborting it sends SIGTERM to the process and its descendants. */
  readonly signal?: AbortSignal;
  readonly onStdout?: (text: string) => void;
  readonly onStderr?: (text: string) => void;
}

/** A process under way. It leads a process group of its own, so that its descendants end when it does. */
export interface RunningProcess {
  readonly pid: number;
  /** Settles when the process has ended and its output has been read. Never rejects. */
  readonly exited: Promise<Exit>;
  /** Sends a signal to the process and its descendants. @default SIGTERM */
  kill(signal?: NodeJS.Signals): void;
}

/** A command that the system could not start at all. */
export class ProcessStartError extends Error {
  override readonly name = 'ProcessStartError';
}

const underWay = new Set<number>();
process.on('exit', () => {
  for (const pid of underWay) signalGroup(pid, 'SIGKILL');
});

/**
 * Starts a process and returns at once.
 * @throws ProcessStartError when the command or its folder does not exist, or may not be used
 */
export function start(command: string, args: readonly string[], options: ProcessOptions = {}): RunningProcess {
  const { child, ...running } = launch(command, args, options);
  child.stdout.setEncoding('utf8').on('data', (text: string) => options.onStdout?.(text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => options.onStderr?.(text));
  child.stdin.end(options.input ?? '');
  return running;
}

/** A process under way whose input and output are streams of bytes. */
export interface PipedProcess extends RunningProcess {
  readonly stdin: Writable;
  readonly stdout: Readable;
}

/**
 * Starts a process, and leaves its input and its output to the caller.
 * @throws ProcessStartError as {@link start}
 */
export function startPiped(
  command: string,
  args: readonly string[],
  options: Omit<ProcessOptions, 'input' | 'onStdout'> = {},
): PipedProcess {
  const { child, ...running } = launch(command, args, options);
  child.stderr.setEncoding('utf8').on('data', (text: string) => options.onStderr?.(text));
  return { ...running, stdin: child.stdin, stdout: child.stdout };
}

function launch(
  command: string,
  args: readonly string[],
  options: ProcessOptions,
): RunningProcess & { readonly child: ChildProcessWithoutNullStreams } {
  const child = spawn(command, args, { cwd: options.cwd, env: options.env, detached: true });
  const pid = child.pid;
  if (pid === undefined) {
    child.on('error', () => undefined); // its cause arrives later than this call returns
    const where = options.cwd === undefined ? '' : ` in ${options.cwd}`;
    throw new ProcessStartError(`${command} cannot be started${where}: see that both exist and may be used.`);
  }
  underWay.add(pid);
  child.stdin.on('error', () => undefined); // a process may end without reading its input

  const kill = (signal: NodeJS.Signals = 'SIGTERM'): void => {
    signalGroup(pid, signal);
  };
  const abort = (): void => {
    kill();
  };
  if (options.signal?.aborted) abort();
  options.signal?.addEventListener('abort', abort, { once: true });
  child.on('exit', () => {
    signalGroup(pid, 'SIGKILL'); // what it left behind
    underWay.delete(pid);
    options.signal?.removeEventListener('abort', abort);
  });
  const exited = new Promise<Exit>((resolve) => {
    child.on('close', (code, signal) => {
      resolve({ code, signal });
    });
  });
  return { pid, exited, kill, child };
}

/**
 * Runs a process to its end, whatever its exit code.
 * @throws ProcessStartError as {@link start}
 */
export async function run(command: string, args: readonly string[], options: ProcessOptions = {}): Promise<Finished> {
  let stdout = '';
  let stderr = '';
  const { exited } = start(command, args, {
    ...options,
    onStdout: (text) => {
      stdout += text;
      options.onStdout?.(text);
    },
    onStderr: (text) => {
      stderr += text;
      options.onStderr?.(text);
    },
  });
  return { ...(await exited), stdout, stderr };
}

/** How a process ended, and what it wrote, as bytes. */
export interface FinishedBytes {
  readonly code: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** The most that {@link runSync} takes of a process's output. */
const MOST_OUTPUT = 1 << 28;

/**
 * Runs a short process to its end and waits for it: for synthesis, which is synchronous.
 * @throws ProcessStartError as {@link start}
 */
export function runSync(command: string, args: readonly string[], cwd: string): FinishedBytes {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, maxBuffer: MOST_OUTPUT });
  if (error) throw new ProcessStartError(`${command} cannot be started in ${cwd}: ${error.message}.`);
  return { code: status, stdout, stderr: stderr.toString() };
}

/** Starts a program that goes its own way, such as a browser: it outlives this process, and whether it starts is not told. */
export function release(command: string, args: readonly string[], env: NodeJS.ProcessEnv): void {
  const child = spawn(command, args, { env, detached: true, stdio: 'ignore' });
  child.on('error', () => undefined);
  child.unref();
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error; // already gone
  }
}
