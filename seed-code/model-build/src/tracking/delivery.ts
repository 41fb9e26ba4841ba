// Sends a journal's entries in order, from the disk; an outage only makes it wait.
import { setTimeout as sleep } from 'node:timers/promises';
import { firstBatch, isBatchable } from './batches';
import type { Entry } from './entry';
import { TrackingOutageError, TrackingRefusedError } from './errors';
import { findRun, settle, type FoundRun } from './find-run';
import type { Journal, PlacedEntry } from './journal';
import type { MlflowClient } from './mlflow';

/** Events as the container's log takes them. */
export type Tell = (event: string, fields?: Record<string, unknown>) => void;

export interface DeliveryOptions {
  readonly tell: Tell;
  /** Milliseconds before the next try in an outage; doubled after each, up to 30 seconds. */
  readonly pauseMs?: number;
  /** Milliseconds that entries are gathered for before they are sent. */
  readonly gatherMs?: number;
}

const LONGEST_PAUSE_MS = 30_000;

export class Delivery {
  private place: number;
  private found?: FoundRun;
  private working?: Promise<void>;
  private readonly stopping = new AbortController();
  private outage = false;
  private hopeless = false;
  /** After a refusal: one entry at a time until here, so that only what is at fault is left out. */
  private singlyUntil = 0;

  constructor(
    private readonly client: MlflowClient,
    private readonly journal: Journal,
    private readonly options: DeliveryOptions,
  ) {
    this.place = journal.begin;
  }

  /** Something new is in the journal. */
  wake(): void {
    this.working ??= this.work().finally(() => {
      this.working = undefined;
    });
  }

  /** The run on the server, once it is known. */
  get run(): FoundRun | undefined {
    return this.found;
  }

  /**
   * Waits until everything was sent, or so many milliseconds are over.
   * @returns the number of entries that were not
   */
  async finish(withinMs: number): Promise<number> {
    const over = new AbortController();
    const time = sleep(withinMs, undefined, { signal: over.signal }).catch(() => undefined);
    let late = false;
    void time.then(() => (late = true));
    while (!late && !this.hopeless && this.journal.read(this.place).length > 0) {
      this.wake();
      await Promise.race([this.working, time]);
    }
    over.abort();
    this.stopping.abort();
    await this.working;
    let left = 0;
    for (let place = this.place; ;) {
      const entries = this.journal.read(place);
      if (entries.length === 0) return left;
      left += entries.length;
      place = entries.at(-1)?.end ?? place;
    }
  }

  private async work(): Promise<void> {
    const { signal } = this.stopping;
    const { pauseMs = 1000, gatherMs = 200, tell } = this.options;
    let pause = pauseMs;
    await wait(gatherMs, signal);
    while (!signal.aborted && !this.hopeless) {
      const entries = this.journal.read(this.place);
      if (entries.length === 0) return;
      try {
        const { run } = (this.found ??= await findRun(this.client, this.journal.header));
        this.place = await this.sendFirst(run.id, entries);
        if (this.outage) tell('tracking-restored', { run: run.id });
        this.outage = false;
        pause = pauseMs;
      } catch (error) {
        if (!(error instanceof TrackingOutageError)) {
          // A run that cannot be made, for want of a permission for example: what follows has nowhere to go either.
          tell('tracking-refused', { reason: (error as Error).message, kept: this.journal.folder });
          this.hopeless = true;
          return;
        }
        if (!this.outage) tell('tracking-outage', { reason: error.message, kept: this.journal.folder });
        this.outage = true;
        await wait(pause, signal);
        pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
      }
    }
  }

  /** @returns the place behind what was sent, or refused for good */
  private async sendFirst(run: string, entries: readonly PlacedEntry[]): Promise<number> {
    const [first] = entries;
    if (first === undefined) return this.place;
    if (!isBatchable(first.entry)) {
      await this.orTell(first.entry, () => this.sendOne(run, first.entry));
      return first.end;
    }
    const firstOther = entries.findIndex(({ entry }) => !isBatchable(entry));
    const limit = first.end <= this.singlyUntil ? 1 : firstOther === -1 ? entries.length : firstOther;
    const group = entries.slice(0, limit);
    // As they were appended: each fits into a request.
    const { batch, taken } = firstBatch(group.map(({ entry }) => entry).filter(isBatchable));
    const last = group[taken - 1] ?? first;
    if (limit === 1) {
      await this.orTell(first.entry, () => this.client.logBatch(run, batch));
      return first.end;
    }
    try {
      await this.client.logBatch(run, batch);
      return last.end;
    } catch (error) {
      if (!(error instanceof TrackingRefusedError)) throw error;
      this.singlyUntil = last.end;
      return this.place;
    }
  }

  private async sendOne(run: string, entry: Entry): Promise<void> {
    switch (entry.kind) {
      case 'dataset': {
        await this.client.logInput(run, entry);
        return;
      }
      case 'artifact': {
        const bytes = this.journal.artifact(entry.file);
        if (bytes) await this.client.putArtifact(run, entry.path, bytes);
        else this.options.tell('tracking-refused', { entry: 'artifact', reason: `${entry.file} is gone.` });
        return;
      }
      case 'end': {
        await this.client.updateRun(run, entry.status, entry.timestamp);
        const { parent } = this.journal.header;
        if (!parent || !this.found) return;
        const whole = await settle(this.client, this.found.run.experimentId, parent);
        if (whole && entry.execution) await this.client.updateRun(whole.id, entry.execution, entry.timestamp);
        return;
      }
      default:
        throw new Error(`${entry.kind} goes by the batch.`);
    }
  }

  private async orTell(entry: Entry, send: () => Promise<unknown>): Promise<void> {
    try {
      await send();
    } catch (error) {
      if (!(error instanceof TrackingRefusedError)) throw error;
      this.options.tell('tracking-refused', { entry: entry.kind, reason: error.message });
    }
  }
}

/** An aborted wait ends at once. */
async function wait(milliseconds: number, signal: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal }).catch(() => undefined);
}
