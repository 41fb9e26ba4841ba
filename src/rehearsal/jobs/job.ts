// What processing and training jobs share: the hosts' folders, their containers side by side, and how a job ended.
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ProcessStartError } from '../../process';
import { exitCode, homeOf, startContainer } from './container';
import { ClientError } from './files';
import type { HostRecord, JobOutcome, JobRuntime, LogLine, RuntimeImage } from './types';

/** SageMaker's time between SIGTERM and SIGKILL, in seconds (API reference, `StopTrainingJob`). */
const GRACE_S = 120;
/** Characters of a FailureReason (botocore, `FailureReason`). */
const REASON_LENGTH = 1024;

/** A host's name and the folder that stands for its `/opt/ml`. */
export interface Host {
  readonly name: string;
  readonly root: string;
}

/** The file below a host's root that a path of the container means. */
export function onHost({ root }: Host, path: string): string {
  return join(root, path.replace(/^\/opt\/ml/, ''));
}

export async function writeJson(file: string, value: unknown): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, JSON.stringify(value));
}

/** @throws ClientError when a rehearsal has no such image */
export function imageOf(uri: string, runtime: JobRuntime): RuntimeImage {
  const image = runtime.image(uri);
  if (image === undefined)
    throw new ClientError(`A rehearsal has no image "${uri}"; it has those that the project's own pipeline names.`);
  return image;
}

/** What all hosts of a job run. */
export interface JobCommand {
  readonly image: RuntimeImage;
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly isolation: Readonly<Record<string, string>>;
  readonly maxRuntimeSeconds: number;
}

/** How the containers of a job ended. */
export interface HostsEnd {
  readonly end: 'completed' | 'failed' | 'stopped' | 'timed-out';
  readonly hosts: readonly HostRecord[];
  /** The host that failed first. */
  readonly failed?: Host;
}

/** Runs a job's containers until all have ended; when one fails, or the time is up, the others are stopped. */
export async function runHosts(
  job: string,
  hosts: readonly Host[],
  what: JobCommand,
  runtime: JobRuntime,
  signal: AbortSignal,
): Promise<HostsEnd> {
  if (signal.aborted) return { end: 'stopped', hosts: [] };
  const timeUp = AbortSignal.timeout(what.maxRuntimeSeconds * 1000);
  const failure = new AbortController();
  const over = AbortSignal.any([signal, timeUp, failure.signal]);
  let failed: Host | undefined;
  let interrupted = false;
  const runHost = async (host: Host): Promise<HostRecord> => {
    const log = `${host.root}.log`;
    const onLine = (line: LogLine): void => runtime.onLog?.(job, line);
    const container = await startContainer({ ...what, host: host.name, root: host.root, log, onLine });
    const stop = (): void => {
      interrupted = true;
      container.stop(runtime.graceSeconds ?? GRACE_S);
    };
    over.addEventListener('abort', stop, { once: true });
    if (over.aborted) stop();
    const exit = await container.ended;
    over.removeEventListener('abort', stop);
    const code = exitCode(exit);
    if (code !== 0 && !over.aborted) {
      failed = host;
      failure.abort();
    }
    const peakMemoryAtLeast = container.peakMemory();
    const peak = peakMemoryAtLeast === undefined ? {} : { peakMemoryAtLeast };
    return { host: host.name, log, exitCode: code, signal: exit.signal, ...peak };
  };
  const running = hosts.map((host) =>
    runHost(host).catch((error: unknown) => {
      failure.abort();
      throw error;
    }),
  );
  await Promise.allSettled(running); // nothing of the job is left when this returns
  const records = await Promise.all(running);
  if (failed !== undefined) return { end: 'failed', hosts: records, failed };
  return { end: !interrupted ? 'completed' : signal.aborted ? 'stopped' : 'timed-out', hosts: records };
}

/**
 * Runs a job in the folders of its hosts, which are gone afterwards, save their logs.
 * @returns how it ended: what goes wrong is a failure reason, not an exception
 */
export async function runJob(
  name: string,
  hostCount: number,
  runtime: JobRuntime,
  work: (hosts: readonly Host[]) => Promise<Omit<JobOutcome, 'startTime' | 'endTime'>>,
): Promise<JobOutcome> {
  const startTime = new Date();
  const folder = join(runtime.folder, name);
  const hosts = Array.from({ length: hostCount }, (_, index) => `algo-${index + 1}`).map((host) => ({
    name: host,
    root: join(folder, host),
  }));
  const prepare = async (): Promise<void> => {
    await rm(folder, { recursive: true, force: true }); // what an interrupted run of the same name left
    for (const { root } of hosts) await mkdir(join(root, 'output'), { recursive: true });
  };
  const outcome = await prepare()
    .then(() => work(hosts))
    .catch((error: unknown) => ({
      status: 'Failed' as const,
      failureReason: failureReason(error),
      hosts: [],
    }));
  if (runtime.keep !== true)
    for (const { root } of hosts)
      for (const path of [root, homeOf(root)]) await rm(path, { recursive: true, force: true }).catch(() => undefined); // the next run clears what is left
  return { ...outcome, startTime, endTime: new Date() };
}

function failureReason(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const ours = error instanceof ClientError || error instanceof ProcessStartError;
  return `${ours ? 'ClientError' : 'InternalServerError'}: ${message}`.slice(0, REASON_LENGTH);
}

/**
 * The failure reason of a job whose container failed.
 * @param text what the container left for it, if anything
 */
export function algorithmError(end: HostsEnd, text: string | undefined): string {
  const record = end.hosts.find(({ host }) => host === end.failed?.name);
  const killed = record?.signal ?? null;
  const silent =
    killed === null ? 'See the log' : `${killed} ended the container, as SIGKILL does when memory runs out`;
  const code = `, exit code: ${record?.exitCode ?? 1}`;
  return `AlgorithmError: ${text ?? silent}`.slice(0, REASON_LENGTH - code.length) + code;
}

/** The reason of a job that was stopped at its time limit. */
export function timedOut(seconds: number): string {
  return `The job was stopped since it exceeded its MaxRuntimeInSeconds of ${seconds}.`;
}

/** The beginning of a file that a container may have left, in characters; undefined when it has not. */
export async function leftBehind(host: Host, path: string, length: number): Promise<string | undefined> {
  try {
    return (await readFile(onHost(host, path), 'utf8')).slice(0, length);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
