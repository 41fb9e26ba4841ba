// What can go wrong with tracking; none of it ever fails a training job.

/** The tracking server is named in a way that leads nowhere. */
export class TrackingAddressError extends Error {
  override readonly name = 'TrackingAddressError';
}

/** The tracking server cannot be reached, or is not able to answer now: the same request may succeed later. */
export class TrackingOutageError extends Error {
  override readonly name = 'TrackingOutageError';
}

/** The tracking server answered that it will not do what was asked. */
export class TrackingRefusedError extends Error {
  override readonly name = 'TrackingRefusedError';

  /** @param code MLflow's `error_code`, such as `RESOURCE_DOES_NOT_EXIST` */
  constructor(
    message: string,
    readonly code: string,
  ) {
    super(message);
  }
}
