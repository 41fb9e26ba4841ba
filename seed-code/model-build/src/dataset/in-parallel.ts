// Bounded concurrency: memory grows with the things in flight, never with their number.

/**
 * Does `work` for every item, at most `limit` at a time, and begins them in order.
 * @throws the first failure, after the works that had begun are done; no other is begun
 */
export async function inParallel<T>(
  items: Iterable<T>,
  limit: number,
  work: (item: T, index: number) => Promise<void>,
): Promise<void> {
  const queue = numbered(items);
  const lane = async (): Promise<void> => {
    // A lane that throws closes the queue for the others, as `for … of` does with its iterator.
    for (const [index, item] of queue) await work(item, index);
  };
  const ends = await Promise.allSettled(Array.from({ length: limit }, lane));
  const failure = ends.find((end) => end.status === 'rejected');
  if (failure) throw failure.reason;
}

function* numbered<T>(items: Iterable<T>): Generator<readonly [number, T]> {
  let index = 0;
  for (const item of items) yield [index++, item];
}
