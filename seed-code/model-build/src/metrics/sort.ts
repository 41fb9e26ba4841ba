// Stable sorts of indices over typed keys: what decides which of two equal scores comes first.

const DIGIT_BITS = 16;
const DIGITS = 1 << DIGIT_BITS;

/**
 * Sorts `order` by descending `scores[index]`, stably: radix sort, four passes over 16-bit digits of the float64.
 * @param scores any finite numbers
 */
export function sortByScoreDescending(order: Uint32Array<ArrayBuffer>, scores: Float64Array): Uint32Array<ArrayBuffer> {
  const keysAsFloats = new Float64Array(order.length);
  for (let index = 0; index < order.length; index += 1) keysAsFloats[index] = scores[order[index]] + 0; // −0 becomes 0.
  const words = new Uint32Array(keysAsFloats.buffer); // Little-endian, as every platform of Node is that ONNX Runtime supports.
  // Ascending unsigned keys for descending floats: flip positives' bits below the sign, leave negatives as they are.
  let high = new Uint32Array(order.length);
  let low = new Uint32Array(order.length);
  for (let index = 0; index < order.length; index += 1) {
    const top = words[2 * index + 1];
    const flip = top >>> 31 === 0;
    high[index] = flip ? top ^ 0x7fffffff : top;
    low[index] = flip ? ~words[2 * index] : words[2 * index];
  }
  let from = order.slice();
  let to = new Uint32Array(order.length);
  let highTo = new Uint32Array(order.length);
  let lowTo = new Uint32Array(order.length);
  for (let pass = 0; pass < 4; pass += 1) {
    const keys = pass < 2 ? low : high;
    const shift = (pass % 2) * DIGIT_BITS;
    const starts = digitStarts(keys, shift);
    if (!starts) continue;
    for (let index = 0; index < from.length; index += 1) {
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
  return from;
}

/** Where each digit's run begins; null when all keys share one digit, so that the pass can be left out. */
function digitStarts(keys: Uint32Array, shift: number): Uint32Array | null {
  const starts = new Uint32Array(DIGITS);
  for (const key of keys) starts[(key >>> shift) & (DIGITS - 1)] += 1;
  if (keys.length === 0 || starts[(keys[0] >>> shift) & (DIGITS - 1)] === keys.length) return null;
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
  for (const index of order) starts[bucketOf[index] + 1] += 1;
  for (let bucket = 0; bucket < buckets; bucket += 1) starts[bucket + 1] += starts[bucket];
  const place = starts.slice();
  const grouped = new Uint32Array(order.length);
  for (const index of order) {
    grouped[place[bucketOf[index]]] = index;
    place[bucketOf[index]] += 1;
  }
  return { order: grouped, starts };
}

/** 0, 1, … length − 1. */
export function indices(length: number): Uint32Array<ArrayBuffer> {
  const values = new Uint32Array(length);
  for (let index = 0; index < length; index += 1) values[index] = index;
  return values;
}
