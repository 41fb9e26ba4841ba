// One container, as a child process that finds the container's file system below a root of its own.
import { createWriteStream } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { constants } from 'node:os';
import { finished } from 'node:stream/promises';
import { start, type Exit } from '../../process';
import type { LogLine, RuntimeImage } from './types';

/** What to run, and where. */
export interface ContainerSpec {
  readonly host: string;
  /** Stands for `/opt/ml`. */
  readonly root: string;
  readonly image: RuntimeImage;
  /** The command and its arguments, with paths as the container has them. */
  readonly command: readonly string[];
  /** What the job asks for. */
  readonly environment: Readonly<Record<string, string>>;
  /** What the region insists on. */
  readonly isolation: Readonly<Record<string, string>>;
  /** File that gets everything the container prints. */
  readonly log: string;
  readonly onLine: (line: LogLine) => void;
}

export interface Container {
  /** Settles when the process has ended and its log is written. */
  readonly ended: Promise<Exit>;
  /** Largest resident memory seen so far, in bytes; undefined where the system does not tell. */
  peakMemory(): number | undefined;
  /** SIGTERM, then SIGKILL when it has not ended so many seconds later. */
  stop(graceSeconds: number): void;
}

/** Between two looks at a container's memory, in milliseconds; the kernel keeps the peak between them. */
const MEMORY_INTERVAL_MS = 250;

/**
 * Starts a container.
 * @throws ProcessStartError when its command does not exist
 */
export async function startContainer(spec: ContainerSpec): Promise<Container> {
  const home = homeOf(spec.root);
  await mkdir(home, { recursive: true });
  const log = createWriteStream(spec.log, { flags: 'a' }); // of a job that is started again it holds both
  const written = finished(log).then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
  );
  const lines = { stdout: new LineSplitter(), stderr: new LineSplitter() };
  const tell = (stream: LogLine['stream'], texts: readonly string[]): void => {
    for (const text of texts) {
      log.write(`${text}\n`);
      spec.onLine({ host: spec.host, stream, text });
    }
  };
  const [command = '', ...args] = spec.command.map((word) => mapped(word, spec.root));
  const child = start(command === 'node' ? process.execPath : command, args, {
    cwd: home,
    env: {
      PATH: process.env.PATH,
      LANG: process.env.LANG ?? 'C.UTF-8',
      ...spec.image.environment,
      ...spec.environment,
      HOME: home,
      TMPDIR: home,
      NODE_PATH: spec.image.nodePath,
      DRONE_MLOPS_ROOT: spec.root,
      ...spec.isolation,
    },
    onStdout: (text) => {
      tell('stdout', lines.stdout.push(text));
    },
    onStderr: (text) => {
      tell('stderr', lines.stderr.push(text));
    },
  });

  let peak: number | undefined;
  const look = setInterval(() => {
    void peakMemory(child.pid).then((bytes) => {
      peak = bytes ?? peak;
    });
  }, MEMORY_INTERVAL_MS);
  let kill: NodeJS.Timeout | undefined;
  let alive = true;
  const ended = child.exited.then(async (exit) => {
    alive = false;
    clearInterval(look);
    clearTimeout(kill);
    for (const stream of ['stdout', 'stderr'] as const) tell(stream, lines[stream].rest());
    log.end();
    const problem = await written;
    if (problem !== undefined) throw problem;
    return exit;
  });
  return {
    ended,
    peakMemory: () => peak,
    stop: (graceSeconds) => {
      if (!alive) return;
      child.kill('SIGTERM');
      kill ??= setTimeout(() => {
        child.kill('SIGKILL');
      }, graceSeconds * 1000);
    },
  };
}

/** The folder that is a container's home and temporary folder: beside its root, since both are outside of `/opt/ml`. */
export function homeOf(root: string): string {
  return `${root}.home`;
}

/** The exit code as a container engine reports it: 128 and the signal's number for a process that a signal ended. */
export function exitCode({ code, signal }: Exit): number {
  return code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
}

/** A word of a command line with the container's `/opt/ml`, at its start or behind `=`, below `root` instead. */
function mapped(word: string, root: string): string {
  return word.replace(/(^|=)\/opt\/ml(?=\/|$)/, (_path, before: string) => before + root);
}

/** The kernel's high-water mark of a process's resident memory (Linux's `VmHWM`). */
async function peakMemory(pid: number): Promise<number | undefined> {
  try {
    const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(await readFile(`/proc/${pid}/status`, 'utf8')) ?? [];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  } catch {
    return undefined; // it has ended, or the system has no /proc
  }
}

/** Cuts a stream of text into lines. */
class LineSplitter {
  private begun = '';

  push(text: string): string[] {
    const lines = (this.begun + text).split('\n');
    this.begun = lines.pop() ?? '';
    return lines;
  }

  /** The last line, when nothing ended it. */
  rest(): string[] {
    return this.begun === '' ? [] : [this.begun];
  }
}
