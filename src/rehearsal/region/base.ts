// What every service of the region stands on: where it is, where it keeps what it has, who calls, and how to call others.
import type { JobRuntime } from '../jobs';
import type { Principals } from './access';
import type { Collection } from './collection';
import type { RegionEvent } from './events';
import type { Storage } from './s3';
import type { Apis } from './service';

export interface Base {
  readonly account: string;
  readonly region: string;
  /** Of the region's server, for example `http://127.0.0.1:40123`. */
  readonly url: string;
  /** Everything that is kept lies below it. */
  readonly stateDir: string;
  /** The resources of one kind, kept in the folder `name`, for example `sns/topics`. */
  collection<T>(name: string): Collection<T>;
  readonly storage: Storage;
  /** How child processes run. */
  readonly runtime: JobRuntime;
  /** Work that goes on between requests; the region stops it when it closes. */
  readonly running: Running;
  readonly apis: Apis;
  readonly principals: Principals;
  readonly tell: (event: RegionEvent) => void;
}

/** Work that goes on between requests, by the ARN of what it is for. */
export class Running {
  private readonly works = new Map<string, { readonly stop: AbortController; readonly done: Promise<void> }>();
  private readonly closing = new AbortController();

  /** Aborted when the region closes: requests that wait then wait no more. */
  get closed(): AbortSignal {
    return this.closing.signal;
  }

  start(arn: string, work: (signal: AbortSignal) => Promise<void>): void {
    const stop = new AbortController();
    const done = work(stop.signal).finally(() => this.works.delete(arn));
    this.works.set(arn, { stop, done });
  }

  stop(arn: string): void {
    this.works.get(arn)?.stop.abort();
  }

  /** Stops everything, and waits until it has ended. */
  async close(): Promise<void> {
    this.closing.abort();
    const works = [...this.works.values()];
    for (const { stop } of works) stop.abort();
    await Promise.allSettled(works.map(({ done }) => done));
  }
}
