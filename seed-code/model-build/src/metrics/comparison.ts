// Whether one model is better than another: a paired bootstrap over flights.
// Frames of one flight resemble each other, so flights, not frames, are what is drawn.
// Source: Efron and Tibshirani, "An Introduction to the Bootstrap", 1993, ch. 13 (percentile intervals).
import { summarize } from './coco';
import { EvaluationError, type DetectionEvaluation } from './evaluation';

/** Flights below which resampling them says nothing. */
export const LEAST_FLIGHTS = 5;

export interface ComparisonOptions {
  /** COCO's number that is compared. @default 'AP50' */
  readonly metric?: 'AP' | 'AP50' | 'AP75';
  /** Resamples. @default 1000 */
  readonly samples?: number;
  /** Share of resamples that the interval covers. @default 0.95 */
  readonly coverage?: number;
  /** Numbers in [0, 1), so that a comparison can be repeated. */
  readonly random: () => number;
}

export type Comparison =
  | { readonly verdict: 'not decidable'; readonly reason: string }
  | {
      /** `better` or `worse` when the interval does not reach 0. */
      readonly verdict: 'better' | 'worse' | 'no difference shown';
      /** Candidate minus reference, over all flights. */
      readonly difference: number;
      readonly interval: readonly [low: number, high: number];
      readonly flights: number;
    };

/**
 * Compares a candidate with a reference, both evaluated on the same images.
 * @throws EvaluationError when they were not
 */
export function compareModels(
  candidate: DetectionEvaluation,
  reference: DetectionEvaluation,
  { metric = 'AP50', samples = 1000, coverage = 0.95, random }: ComparisonOptions,
): Comparison {
  const flights = imagesByFlight(candidate);
  if (JSON.stringify(flights) !== JSON.stringify(imagesByFlight(reference))) {
    throw new EvaluationError('The two models were evaluated on different images: compare them on the same flights.');
  }
  const names = flights.map(([name]) => name);
  if (names.length < LEAST_FLIGHTS) {
    return { verdict: 'not decidable', reason: `${names.length} flights; at least ${LEAST_FLIGHTS} are needed` };
  }
  const difference = (counts: ReadonlyMap<string, number>): number => {
    const [a, b] = [candidate, reference].map((evaluation) =>
      summarize(evaluation.cocoCurves('all', undefined, ({ flight }) => counts.get(flight ?? '') ?? 0)),
    );
    return a[metric] - b[metric];
  };
  const differences: number[] = [];
  while (differences.length < samples) {
    const counts = new Map<string, number>();
    for (let draw = 0; draw < names.length; draw += 1) {
      const name = names[Math.floor(random() * names.length)];
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    differences.push(difference(counts));
  }
  differences.sort((a, b) => a - b);
  const tail = (1 - coverage) / 2;
  const [low, high] = [tail, 1 - tail].map((share) => differences[Math.round(share * (samples - 1))]);
  return {
    verdict: low > 0 ? 'better' : high < 0 ? 'worse' : 'no difference shown',
    difference: difference(new Map(names.map((name) => [name, 1]))),
    interval: [low, high],
    flights: names.length,
  };
}

/** Images and truths by flight, as pairs sorted by name; images without a flight take no part. */
function imagesByFlight(evaluation: DetectionEvaluation): [flight: string, counts: [images: number, truths: number]][] {
  const counts = new Map<string, [number, number]>();
  for (const group of evaluation.imageGroups()) {
    if (group.flight === undefined) continue;
    const [images, truths] = counts.get(group.flight) ?? [0, 0];
    counts.set(group.flight, [images + group.images, truths + group.truths.reduce((sum, count) => sum + count, 0)]);
  }
  return [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
}
