// Managed spot training: an instance is taken away at a chosen moment, and the job goes on elsewhere from its checkpoints.
// Source: SageMaker Developer Guide, "Managed Spot Training in Amazon SageMaker" and "Use Checkpoints in Amazon SageMaker".
import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { homeOf } from './container';
import { files, mirror } from './files';
import { onHost, type Host, type HostsEnd } from './job';
import type { Interruption, JobRuntime } from './types';

/** Between two looks for a first checkpoint, in milliseconds. */
const LOOK_MS = 100;

interface Checkpoints {
  readonly S3Uri: string;
  readonly LocalPath: string;
}

/**
 * Runs a job whose first instance is taken away `seconds` after its first checkpoint: SIGTERM, SIGKILL after the grace, the
 * checkpoints to S3, and the same job again on an empty instance. A job that ends before is left alone.
 * @param launch lays out the hosts' folders and runs their containers until they end or the signal is aborted
 */
export async function runInterrupted(
  launch: (signal: AbortSignal) => Promise<HostsEnd>,
  hosts: readonly Host[],
  checkpoints: Checkpoints,
  seconds: number,
  runtime: JobRuntime,
  signal: AbortSignal,
): Promise<{ readonly end: HostsEnd; readonly interruptions?: readonly Interruption[] }> {
  const taken = new AbortController();
  const ended = new AbortController();
  const began = performance.now();
  const folders = hosts.map((host) => onHost(host, checkpoints.LocalPath));
  const clock = firstCheckpoint(folders, ended.signal)
    .then(() => sleep(seconds * 1000, undefined, { signal: ended.signal }))
    .then(() => {
      taken.abort();
    })
    .catch(() => undefined); // it ended before
  const first = await launch(AbortSignal.any([signal, taken.signal])).finally(() => {
    ended.abort();
  });
  await clock;
  const milliseconds = performance.now() - began;
  if (!taken.signal.aborted || signal.aborted || first.end !== 'stopped') return { end: first };

  const kept: string[] = [];
  for (const [index, host] of hosts.entries()) {
    await mirror(folders[index], checkpoints.S3Uri, runtime.store);
    kept.push(...(await files(folders[index])));
    for (const path of [host.root, homeOf(host.root)]) await rm(path, { recursive: true, force: true });
  }
  return { end: await launch(signal), interruptions: [{ milliseconds, checkpoints: kept }] };
}

/** @throws AbortError when the job ends before */
async function firstCheckpoint(folders: readonly string[], signal: AbortSignal): Promise<void> {
  for (;;) {
    for (const folder of folders) {
      const found = await files(folder).catch(() => []); // not laid out yet
      // What is being written aside is no checkpoint.
      if (found.some((path) => !path.endsWith('.partial'))) return;
    }
    await sleep(LOOK_MS, undefined, { signal });
  }
}
