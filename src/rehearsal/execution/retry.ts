// When a failed step is tried again. Source: SageMaker Developer Guide, "Retry Policy for Pipeline Steps".

/** The exceptions that a step can be retried after. */
export const RETRYABLE_EXCEPTIONS = [
  'Step.SERVICE_FAULT',
  'Step.THROTTLING',
  'SageMaker.JOB_INTERNAL_ERROR',
  'SageMaker.CAPACITY_ERROR',
  'SageMaker.RESOURCE_LIMIT',
] as const;
export type RetryableException = (typeof RETRYABLE_EXCEPTIONS)[number];

export interface RetryPolicy {
  readonly exceptions: ReadonlySet<string>;
  readonly intervalSeconds: number;
  readonly backoffRate: number;
  /** Retries after the first attempt; no limit when undefined. */
  readonly maxAttempts?: number;
  /** Minutes since the step began after which nothing is retried; no limit when undefined. */
  readonly expireAfterMinutes?: number;
}

/** The retries of one step: each policy counts its own. */
export class Retries {
  private readonly made = new Map<RetryPolicy, number>();

  constructor(private readonly policies: readonly RetryPolicy[]) {}

  /**
   * Milliseconds to wait before the next attempt; undefined when there is to be none.
   * @param elapsed milliseconds since the step began
   */
  next(exception: RetryableException | undefined, elapsed: number): number | undefined {
    const policy = this.policies.find(({ exceptions }) => exception !== undefined && exceptions.has(exception));
    if (policy === undefined) return undefined;
    const made = this.made.get(policy) ?? 0;
    const wait = policy.intervalSeconds * 1000 * policy.backoffRate ** made;
    if (made >= (policy.maxAttempts ?? Infinity)) return undefined;
    if (elapsed + wait > (policy.expireAfterMinutes ?? Infinity) * 60_000) return undefined;
    this.made.set(policy, made + 1);
    return wait;
  }
}
