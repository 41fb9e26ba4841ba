// The order of keys in S3's listings: by their UTF-8 bytes, which differs from JavaScript's beyond the Basic Multilingual Plane.

const SURROGATE_OR_ABOVE = /[\ud800-\uffff]/;

export function compareUtf8(a: string, b: string): number {
  if (SURROGATE_OR_ABOVE.test(a) || SURROGATE_OR_ABOVE.test(b)) return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Index of the first key that is not before `key`; `keys` is sorted. */
export function firstAtLeast(keys: readonly string[], key: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compareUtf8(keys[middle] ?? '', key) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
