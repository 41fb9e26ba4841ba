// What a step tells about its run while it goes on. It answers at once and never throws: nobody waits for a tracking server.
import { renameSync, cpSync, rmSync } from 'node:fs';
import { fitting } from './batches';
import { Delivery, type DeliveryOptions } from './delivery';
import type { EndStatus, Entry, RunHeader } from './entry';
import { Journal } from './journal';
import type { MlflowClient } from './mlflow';

/** A run as its step sees it; also takes the metrics of a training run as they come. */
export interface RunLog {
  /** Values of one step of a series, by metric. */
  record(step: number, values: Readonly<Record<string, number>>): void;
  /** The run goes on from a checkpoint: steps up to `step` were recorded before. */
  resumed(step: number): void;
  params(values: Readonly<Record<string, string | number | boolean>>): void;
  tags(values: Readonly<Record<string, string>>): void;
  /** What the run works on. @param digest its version, of which MLflow keeps 36 characters */
  dataset(name: string, digest: string, uri: string, context: string): void;
  artifact(path: string, bytes: Uint8Array | string): void;
  /** The whole execution ends with this step, whatever becomes of it where no code of ours runs; said when the run ends. */
  concludes(status: EndStatus): void;
}

/** A run that nobody follows. */
export const untracked: RunLog = {
  record: () => undefined,
  resumed: () => undefined,
  params: () => undefined,
  tags: () => undefined,
  dataset: () => undefined,
  artifact: () => undefined,
  concludes: () => undefined,
};

export interface RunLogOptions extends DeliveryOptions {
  /** Folder of the journal; gone when everything was sent. */
  readonly journal: string;
  /** Where a journal goes that could not be sent in time. @default where it is */
  readonly keep?: string;
}

export interface OpenRunLog extends RunLog {
  /**
   * Ends the run, and waits a while for what was not sent yet.
   * @returns the run's id on the server; undefined when it was never reached
   */
  end(status: EndStatus, withinMs: number): Promise<string | undefined>;
}

/** MLflow's database has so much room for a dataset's digest. */
const DIGEST_LENGTH = 36;

export function openRunLog(client: MlflowClient, header: RunHeader, options: RunLogOptions): OpenRunLog {
  const journal = Journal.begin(options.journal, header);
  const delivery = new Delivery(client, journal, options);
  let broken = false;
  let execution: EndStatus | undefined;

  /** A full disk is no reason to fail a training job either. */
  const write = (body: () => void): void => {
    try {
      if (!broken) body();
    } catch (error) {
      broken = true;
      options.tell('tracking-broken', { reason: (error as Error).message });
    }
    delivery.wake();
  };
  const append = (entry: Entry): void => {
    write(() => {
      journal.append(entry);
    });
  };
  const batched = (entry: Parameters<typeof fitting>[0]): void => {
    for (const part of fitting(entry)) append(part);
  };

  delivery.wake();
  append({ kind: 'tags', values: header.run.tags });
  return {
    record: (step, values) => {
      batched({ kind: 'metrics', timestamp: Date.now(), step, values });
    },
    resumed: (step) => {
      batched({ kind: 'tags', values: { 'drone-mlops.resumed-from': String(step) } });
    },
    params: (values) => {
      const texts = Object.entries(values).map(([key, value]) => [key, String(value)]);
      batched({ kind: 'params', values: Object.fromEntries(texts) as Record<string, string> });
    },
    tags: (values) => {
      batched({ kind: 'tags', values });
    },
    dataset: (name, digest, uri, context) => {
      append({ kind: 'dataset', name, digest: digest.slice(0, DIGEST_LENGTH), uri, context });
    },
    artifact: (path, bytes) => {
      write(() => {
        journal.appendArtifact(path, Buffer.from(bytes));
      });
    },
    concludes: (status) => {
      execution = status;
    },
    async end(status, withinMs) {
      append({ kind: 'end', status, ...(execution && { execution }), timestamp: Date.now() });
      const left = await delivery.finish(withinMs);
      const run = delivery.run?.run.id;
      if (left === 0) journal.remove();
      else {
        journal.close();
        const kept = moved(options.journal, options.keep);
        options.tell('tracking-buffered', { entries: left, kept, ...(run !== undefined && { run }) });
      }
      return run;
    },
  };
}

export interface Replayed {
  readonly header: RunHeader;
  readonly run?: string;
  /** Entries that are still not sent. */
  readonly left: number;
}

/**
 * Sends a journal that was kept, from its beginning: what had arrived is not there twice afterwards. It is removed then.
 * @throws JournalError
 */
export async function replay(
  client: MlflowClient,
  folder: string,
  options: DeliveryOptions & { readonly withinMs: number },
): Promise<Replayed> {
  const journal = Journal.open(folder);
  const delivery = new Delivery(client, journal, { gatherMs: 0, ...options });
  const left = await delivery.finish(options.withinMs);
  if (left === 0) journal.remove();
  else journal.close();
  const run = delivery.run?.run.id;
  return { header: journal.header, left, ...(run !== undefined && { run }) };
}

function moved(from: string, to: string | undefined): string {
  if (to === undefined || to === from) return from;
  try {
    renameSync(from, to);
  } catch {
    cpSync(from, to, { recursive: true }); // another file system, or a folder that is there
    rmSync(from, { recursive: true });
  }
  return to;
}
