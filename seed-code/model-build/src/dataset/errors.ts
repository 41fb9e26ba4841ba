// What can be wrong with a team's data; each message names the place and the remedy.

/** A folder of data cannot be pushed as it is. */
export class DataFolderError extends Error {
  override readonly name = 'DataFolderError';
}

/** Images cannot be put into flights, or flights into parts. */
export class SplitError extends Error {
  override readonly name = 'SplitError';
}

/** Up to a few names, and how many more there are. */
export function someOf(names: readonly string[], limit = 5): string {
  const rest = names.length - limit;
  return names.slice(0, limit).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}
