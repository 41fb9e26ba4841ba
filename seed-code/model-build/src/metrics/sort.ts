// Stable sorts of indices over typed keys: what decides which of two equal scores comes first.

/** Bits of a digit of the radix sort, and where in a word each of its digits begins. Counters of 11 bits stay in the cache. */
const DIGIT_BITS = 11;
const DIGITS = 1 << DIGIT_BITS;
const SHIFTS = [0, DIGIT_BITS, 2 * DIGIT_BITS] as const;
/** Up to this length an insertion sort is the shortest way. */
const SHORT = 32;

/**
 * Sorts the run of `order` from `start` to before `end` by descending `scores[index]`, stably.
 * @param scores any finite numbers
 */
export function sortRun(order: Uint32Array, start: number, end: number, scores: Float64Array): void {
  if (isSorted(order, start, end, scores)) return; // As models give their detections.
  if (end - start > SHORT) radixSort(order.subarray(start, end), scores);
  else insertionSort(order, start, end, scores);
}

function isSorted(order: Uint32Array, start: number, end: number, scores: Float64Array): boolean {
  for (let at = start + 1; at < end; at += 1) if (scores[order[at]] > scores[order[at - 1]]) return false;
  return true;
}

function insertionSort(order: Uint32Array, start: number, end: number, scores: Float64Array): void {
  for (let at = start + 1; at < end; at += 1) {
    const index = order[at];
    const score = scores[index];
    let to = at;
    for (; to > start && scores[order[to - 1]] < score; to -= 1) order[to] = order[to - 1];
    order[to] = index;
  }
}

/** Passes over the digits of the float64, the lowest first; those that all keys share are left out. */
function radixSort(order: Uint32Array, scores: Float64Array): void {
  const { length } = order;
  const keysAsFloats = new Float64Array(length);
  for (let index = 0; index < length; index += 1) keysAsFloats[index] = scores[order[index]] + 0; // −0 becomes 0.
  const words = new Uint32Array(keysAsFloats.buffer); // Little-endian, as every platform of Node is that ONNX Runtime supports.
  // Ascending unsigned keys for descending floats: flip positives' bits below the sign, leave negatives as they are.
  let high = new Uint32Array(length);
  let low = new Uint32Array(length);
  for (let index = 0; index < length; index += 1) {
    const top = words[2 * index + 1];
    const flip = top >>> 31 === 0;
    high[index] = flip ? top ^ 0x7fffffff : top;
    low[index] = flip ? ~words[2 * index] : words[2 * index];
  }
  let from = order.slice();
  let to = new Uint32Array(length);
  let highTo = new Uint32Array(length);
  let lowTo = new Uint32Array(length);
  for (let pass = 0; pass < 2 * SHIFTS.length; pass += 1) {
    const keys = pass < SHIFTS.length ? low : high;
    const shift = SHIFTS[pass % SHIFTS.length];
    const starts = digitStarts(keys, shift);
    if (!starts) continue;
    for (let index = 0; index < length; index += 1) {
      const digit = (keys[index] >>> shift) & (DIGITS - 1);
      const place = starts[digit];
      starts[digit] = place + 1;
      to[place] = from[index];
      highTo[place] = high[index];
      lowTo[place] = low[index];
    }
    [from, to] = [to, from];
    [high, highTo] = [highTo, high];
    [low, lowTo] = [lowTo, low];
  }
  order.set(from);
}

/** Where each digit's run begins; null when all keys share one digit, so that the pass can be left out. */
function digitStarts(keys: Uint32Array, shift: number): Uint32Array | null {
  const starts = new Uint32Array(DIGITS);
  for (let index = 0; index < keys.length; index += 1) starts[(keys[index] >>> shift) & (DIGITS - 1)] += 1;
  if (starts[(keys[0] >>> shift) & (DIGITS - 1)] === keys.length) return null;
  let sum = 0;
  for (let digit = 0; digit < DIGITS; digit += 1) {
    const count = starts[digit];
    starts[digit] = sum;
    sum += count;
  }
  return starts;
}

/** Indices into one bucket after the other: those of bucket `b` stand at `order[starts[b]]` to before `order[starts[b + 1]]`. */
export interface Buckets {
  readonly order: Uint32Array<ArrayBuffer>;
  readonly starts: Uint32Array;
}

/** Groups `order` by `bucketOf[index]`, stably: one counting sort. */
export function groupByBucket(order: Uint32Array, bucketOf: Int32Array, buckets: number): Buckets {
  const starts = new Uint32Array(buckets + 1);
  for (let at = 0; at < order.length; at += 1) starts[bucketOf[order[at]] + 1] += 1;
  for (let bucket = 0; bucket < buckets; bucket += 1) starts[bucket + 1] += starts[bucket];
  const place = starts.slice();
  const grouped = new Uint32Array(order.length);
  for (let at = 0; at < order.length; at += 1) {
    const bucket = bucketOf[order[at]];
    grouped[place[bucket]] = order[at];
    place[bucket] += 1;
  }
  return { order: grouped, starts };
}

/** 0, 1, … length − 1. */
export function indices(length: number): Uint32Array<ArrayBuffer> {
  const values = new Uint32Array(length);
  for (let index = 0; index < length; index += 1) values[index] = index;
  return values;
}
