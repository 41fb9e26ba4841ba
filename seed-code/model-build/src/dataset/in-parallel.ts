// Bounded concurrency: memory grows with the things in flight, never with their number.

/**
 * Does `work` for every item, at most `limit` at a time, beginning them in order; items are taken only as they are needed.
 * @throws the first failure, after the works that had begun are done; no other is begun
 */
export async function inParallel<T>(
  items: Iterable<T> | AsyncIterable<T>,
  limit: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = oneByOne(items);
  const lane = async (): Promise<void> => {
    // A lane that throws closes the queue for the others, as `for … of` does with its iterator.
    for await (const item of queue) await work(item);
  };
  const ends = await Promise.allSettled(Array.from({ length: limit }, lane));
  const failure = ends.find((end) => end.status === 'rejected');
  if (failure) throw failure.reason;
}

async function* oneByOne<T>(items: Iterable<T> | AsyncIterable<T>): AsyncGenerator<T, void> {
  yield* items;
}
