// What stops a conversion; each message names the place and the remedy.

/** A labelled set cannot be read in this format, or written in it. */
export class FormatError extends Error {
  override readonly name = 'FormatError';
}
