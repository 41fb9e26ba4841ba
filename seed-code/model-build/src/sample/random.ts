// The sample's random numbers: fixed for ever, because the scenes' hash stands on them.

// Bound once, as in canvas.ts.
const { floor } = Math;

/** A stream of random numbers; every draw is exact in float64, so it is the same on every machine. */
export interface Random {
  /** Uniform integer, both ends included. */
  int(least: number, most: number): number;
  /** Uniform in [least, most). */
  between(least: number, most: number): number;
  chance(probability: number): boolean;
  pick<T>(list: readonly T[]): T;
  /** 32 random bits. */
  bits(): number;
}

/** Draws thrown away so that similar seeds part. */
const WARM_UP = 12;

/** The stream of `seed` and `stream`; sfc32 (C. Doty-Humphrey, PractRand, public domain). */
export function randomStream(seed: number, stream: number): Random {
  let [a, b, c, counter] = [seed | 0, stream | 0, 0x2545f491, 1];
  const bits = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return sum >>> 0;
  };
  for (let draw = 0; draw < WARM_UP; draw += 1) bits();
  const unit = (): number => bits() / 2 ** 32;
  const int = (least: number, most: number): number => least + floor(unit() * (most - least + 1));
  return {
    int,
    between: (least, most) => least + (most - least) * unit(),
    chance: (probability) => unit() < probability,
    pick: (list) => list[int(0, list.length - 1)],
    bits,
  };
}
