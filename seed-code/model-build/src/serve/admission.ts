// Who may come in: so many requests at once, so many waiting, the rest are asked to come again.
import { RequestError } from './request-error';

export class Admission {
  private admitted = 0;
  private running = 0;
  private readonly waiting: (() => void)[] = [];
  private readonly idle: (() => void)[] = [];

  /**
   * @param concurrent tasks that run at the same time
   * @param queued requests beyond them that may wait
   */
  constructor(
    private readonly concurrent: number,
    private readonly queued: number,
  ) {}

  /**
   * Takes a request in for as long as `body` runs.
   * @throws RequestError 503 when as many as fit are inside
   */
  async admit<T>(body: () => Promise<T>): Promise<T> {
    if (this.admitted >= this.concurrent + this.queued) throw new RequestError(503, 'The endpoint is busy. Try again.');
    this.admitted += 1;
    try {
      return await body();
    } finally {
      this.admitted -= 1;
      if (this.admitted === 0) for (const resolve of this.idle.splice(0)) resolve();
    }
  }

  /** Runs a task of an admitted request when its turn has come. */
  async run<T>(task: () => Promise<T>): Promise<T> {
    if (this.running >= this.concurrent) await new Promise<void>((resolve) => this.waiting.push(resolve));
    else this.running += 1;
    try {
      return await task();
    } finally {
      const next = this.waiting.shift();
      // The place goes from hand to hand.
      if (next) next();
      else this.running -= 1;
    }
  }

  /** Resolves when nobody is inside. */
  empty(): Promise<void> {
    return this.admitted === 0 ? Promise.resolve() : new Promise((resolve) => this.idle.push(resolve));
  }
}
