// Why an event pattern is not one.

/** A pattern that EventBridge would not take; the message is the reason. */
export class PatternError extends Error {
  override readonly name = 'PatternError';
}
