// Finds the few values above a threshold among very many: what a head's scores are.

/** Values that are looked at together. */
const GROUP = 8;

/**
 * Indices of the values above `threshold`, ascending.
 * @param threshold 0 or more, and a float32
 */
export function indicesAbove(values: Float32Array, threshold: number): number[] {
  // Floats that are not negative sort as their bits do, so one subtraction each and one branch a group pass over nearly all.
  // What overflows or is no number only makes a group be looked at once more.
  const bits = new Int32Array(values.buffer, values.byteOffset, values.length);
  const [least] = new Int32Array(Float32Array.of(threshold).buffer);
  const found: number[] = [];
  const look = (from: number, to: number): void => {
    for (let index = from; index < to; index += 1) if (values[index] > threshold) found.push(index);
  };
  let i = 0;
  for (; i + GROUP <= bits.length; i += GROUP) {
    const signs =
      (least - bits[i]) |
      (least - bits[i + 1]) |
      (least - bits[i + 2]) |
      (least - bits[i + 3]) |
      (least - bits[i + 4]) |
      (least - bits[i + 5]) |
      (least - bits[i + 6]) |
      (least - bits[i + 7]);
    if (signs < 0) look(i, i + GROUP);
  }
  look(i, bits.length);
  return found;
}
