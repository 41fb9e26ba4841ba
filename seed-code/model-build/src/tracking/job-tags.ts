// What a job of a pipeline knows of the execution that it is a step of: tags of the job, which are no part of a cache key.

/** Tags that the definition gives each job when a tracking server is configured. */
export const JOB_TAGS = {
  /** URL or ARN of the tracking server. */
  tracking: 'drone-mlops:tracking',
  execution: 'drone-mlops:execution',
  commit: 'drone-mlops:commit',
  /** URI of the data version. */
  data: 'drone-mlops:data',
} as const;

/** Added to a job when its execution is linked: the run that it was. */
export const RUN_TAG = 'drone-mlops:run';

/**
 * Says that the job's tags are to be read. It is part of the cache key: steps run once more when tracking is switched on,
 * and neither another execution, nor commit, nor server changes it.
 */
export const TRACKING_ENVIRONMENT = { DRONE_MLOPS_TRACKING: 'job-tags' } as const;

/** Name of the processing output that takes a journal which could not be sent. */
export const TRACKING_OUTPUT = 'tracking';
