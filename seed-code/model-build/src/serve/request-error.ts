// What is wrong with a request, and the HTTP status that says so.

export type RequestStatus = 400 | 404 | 406 | 413 | 415 | 503;

/** A request that cannot be answered; its message goes to the caller. */
export class RequestError extends Error {
  override readonly name = 'RequestError';

  constructor(
    readonly status: RequestStatus,
    message: string,
  ) {
    super(message);
  }
}
