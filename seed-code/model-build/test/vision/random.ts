// Random numbers that are the same in every run.

export interface RandomNumbers {
  /** In [0, 1). */
  next(): number;
  /** A whole number from `low` to `high`, both included. */
  integer(low: number, high: number): number;
}

// Named once: a look-up of the global costs more than the product.
const { imul } = Math;

/** Mulberry32. */
export function randomNumbers(seed: number): RandomNumbers {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = imul(state ^ (state >>> 15), 1 | state);
    t = (t + imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  return { next, integer: (low, high) => low + Math.floor(next() * (high - low + 1)) };
}

/** Noise: RGB bytes of a frame. */
export function randomPixels(width: number, height: number, seed: number): Uint8Array {
  const random = randomNumbers(seed);
  const words = new Uint32Array(Math.ceil((width * height * 3) / 4));
  for (let i = 0; i < words.length; i += 1) words[i] = random.next() * 2 ** 32;
  return new Uint8Array(words.buffer, 0, width * height * 3);
}
