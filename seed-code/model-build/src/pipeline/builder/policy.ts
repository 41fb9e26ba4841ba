// Cache and retry policies of a step.
// Source: SageMaker Developer Guide, "Caching pipeline steps" and "Retry policy for pipeline steps".

/** Reuse the outputs of an earlier successful run with the same cache key, until it is `expireAfter` old (ISO 8601). */
export interface Cache {
  readonly expireAfter: `P${string}`;
}

/** Faults of the pipeline service itself; every step that can be retried takes them. */
export type StepFault = 'Step.SERVICE_FAULT' | 'Step.THROTTLING';
/** Faults of a job; processing and training steps take them. */
export type JobFault = 'SageMaker.JOB_INTERNAL_ERROR' | 'SageMaker.CAPACITY_ERROR' | 'SageMaker.RESOURCE_LIMIT';

export interface Retry<Fault extends StepFault | JobFault = StepFault | JobFault> {
  readonly faults: readonly Fault[];
  /** Seconds before the first retry, at most 43,200. */
  readonly interval: number;
  /** Each interval is this many times the one before. */
  readonly backoff: number;
  /** Give up after so many attempts (at most 20), or so many minutes (at most 14,400). */
  readonly until: { readonly attempts: number } | { readonly minutes: number };
}

export function cacheJson(cache: Cache | undefined) {
  return cache ? { CacheConfig: { Enabled: true, ExpireAfter: cache.expireAfter } } : {};
}

export function retryJson(retries: readonly Retry[] = []) {
  if (retries.length === 0) return {};
  return {
    RetryPolicies: retries.map(({ faults, interval, backoff, until }) => ({
      ExceptionType: faults,
      IntervalSeconds: interval,
      BackoffRate: backoff,
      ...('attempts' in until ? { MaxAttempts: until.attempts } : { ExpireAfterMin: until.minutes }),
    })),
  };
}
