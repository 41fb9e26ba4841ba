// Random numbers that depend on nothing but a seed and a position, so that training resumes without storing a generator's state.

/** A stream of random numbers. */
export interface Random {
  /** Uniform in [0, 1). */
  uniform(): number;
  /** Uniform in [low, high). */
  between(low: number, high: number): number;
  /** Uniform integer in [0, count). */
  below(count: number): number;
  /** Standard normal. */
  normal(): number;
}

/** The stream at `position` (for example a step's number) of `seed`; mulberry32 (T. Ettinger, public domain). */
export function randomAt(seed: number, position: number): Random {
  // Mixed twice, so that neighbouring positions begin at unrelated states.
  let state = mix(mix(seed | 0) ^ Math.imul(position + 1, 0x9e3779b1));
  const uniform = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    return (mix(state) >>> 0) / 2 ** 32;
  };
  return {
    uniform,
    between: (low, high) => low + (high - low) * uniform(),
    below: (count) => Math.floor(uniform() * count),
    // Box–Muller; 1 - u keeps the logarithm finite.
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
  };
}

function mix(value: number): number {
  let mixed = value;
  mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return mixed ^ (mixed >>> 14);
}
