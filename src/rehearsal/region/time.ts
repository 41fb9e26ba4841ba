// Times as AWS's protocols write them.

/** Seconds since 1970. */
export function seconds(date: Date = new Date()): number {
  return date.getTime() / 1000;
}
