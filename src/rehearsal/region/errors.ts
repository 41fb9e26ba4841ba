// Errors as AWS names them; each protocol writes them its own way.

/** An answer other than success. */
export class AwsError extends Error {
  override readonly name = 'AwsError';

  constructor(
    /** For example `ValidationException` or `NoSuchKey`. */
    readonly code: string,
    message: string,
    readonly status = 400,
    /** Further members of the error's shape. */
    readonly details: Readonly<Record<string, string | number>> = {},
  ) {
    super(message);
  }
}
