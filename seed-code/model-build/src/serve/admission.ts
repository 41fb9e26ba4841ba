// Who may come in: so many requests, the rest are asked to come again.
import { RequestError } from './request-error';

export class Admission {
  private admitted = 0;
  private readonly idle: (() => void)[] = [];

  /** @param places requests that may be inside at once, worked on or waiting */
  constructor(private readonly places: number) {}

  /**
   * Takes a request in for as long as `body` runs.
   * @throws RequestError 503 when as many as fit are inside
   */
  async admit<T>(body: () => Promise<T>): Promise<T> {
    if (this.admitted >= this.places) throw new RequestError(503, 'The endpoint is busy. Try again.');
    this.admitted += 1;
    try {
      return await body();
    } finally {
      this.admitted -= 1;
      if (this.admitted === 0) for (const resolve of this.idle.splice(0)) resolve();
    }
  }

  /** Resolves when nobody is inside. */
  empty(): Promise<void> {
    return this.admitted === 0 ? Promise.resolve() : new Promise((resolve) => this.idle.push(resolve));
  }
}
