// The numbers of an evaluation, under the names that `evaluation.json` and the command line give them.
import { CalibrationTally, type Calibration } from './calibration';
import { summarize, type CocoCurve, type CocoNumbers } from './coco';
import type { DetectionEvaluation } from './evaluation';
import type { ImageGroup } from './image-groups';
import { AT_75, type AreaRange } from './thresholds';
import {
  bestConfidenceIndex,
  CONFIDENCES,
  PINNED_RULES,
  PINNED_ULTRALYTICS,
  type UltralyticsCurve,
  type UltralyticsRules,
} from './ultralytics';

/** COCO's twelve numbers; −1 where no truth counts. `AR<n>` is recall with n detections an image and class. */
export interface CocoMetrics {
  /** Detections of a class in an image that count in all numbers whose name says no other. */
  readonly maxDetections: number;
  readonly AP: number;
  readonly AP50: number;
  readonly AP75: number;
  readonly APs: number;
  readonly APm: number;
  readonly APl: number;
  readonly AR1: number;
  readonly AR10: number;
  readonly AR100: number;
  /** With {@link maxDetections}. */
  readonly AR: number;
  readonly ARs: number;
  readonly ARm: number;
  readonly ARl: number;
}

/** Ultralytics' numbers, means over the classes that have truths; −1 where none has. */
export interface UltralyticsMetrics {
  /** Precision and recall at {@link confidence}. */
  readonly P: number;
  readonly R: number;
  readonly F1: number;
  /** The confidence of the highest mean F1. */
  readonly confidence: number;
  readonly mAP50: number;
  readonly mAP75: number;
  readonly mAP50_95: number;
  /** The version whose rules were followed, where it is the pinned one, and the rules. */
  readonly version: string | null;
  readonly rules: UltralyticsRules;
}

export interface ClassMetrics {
  readonly name: string;
  readonly truths: number;
  readonly coco: { readonly AP: number; readonly AP50: number; readonly AP75: number; readonly AR: number };
  /** Null for a class without truths. */
  readonly ultralytics: Record<'P' | 'R' | 'F1' | 'mAP50' | 'mAP75' | 'mAP50_95', number> | null;
}

/** COCO's numbers for a part of the truths, or of the images. */
export interface PartMetrics {
  readonly truths: number;
  readonly AP: number;
  readonly AP50: number;
  readonly AR: number;
}

export interface GroupMetrics extends PartMetrics {
  readonly images: number;
}

/** Sides in pixels, as the square root of the area: < 16, 16–32, 32–96, above. */
export const SIZES = {
  tiny: 'under16',
  small: 'from16to32',
  medium: 'medium',
  large: 'large',
} as const satisfies Record<string, AreaRange>;

export type Size = keyof typeof SIZES;

export interface EvaluationResult {
  readonly images: number;
  readonly truths: number;
  readonly coco: CocoMetrics;
  readonly ultralytics: UltralyticsMetrics;
  readonly perClass: readonly ClassMetrics[];
  readonly bySize: Readonly<Record<Size, PartMetrics>>;
  /** Only flights that were named. */
  readonly byFlight: Readonly<Record<string, GroupMetrics>>;
  /** Only images whose altitude is known. */
  readonly byAltitude: Readonly<Record<string, GroupMetrics>>;
  readonly calibration: Calibration;
}

export function report(evaluation: DetectionEvaluation): EvaluationResult {
  const all = evaluation.cocoCurves();
  const inRange = ofRanges(evaluation, all);
  const groups = evaluation.imageGroups();
  const tally = new CalibrationTally();
  evaluation.eachOutcome((score, right) => {
    tally.add(score, right);
  });
  const ultralytics = evaluation.ultralyticsCurves();
  return {
    images: groups.reduce((sum, { images }) => sum + images, 0),
    truths: countTruths(evaluation, 'all'),
    coco: cocoMetrics(evaluation, inRange),
    ultralytics: ultralyticsMetrics(evaluation.rules, ultralytics),
    perClass: perClass(evaluation, all, ultralytics),
    bySize: {
      tiny: ofSize(evaluation, inRange, SIZES.tiny),
      small: ofSize(evaluation, inRange, SIZES.small),
      medium: ofSize(evaluation, inRange, SIZES.medium),
      large: ofSize(evaluation, inRange, SIZES.large),
    },
    byFlight: byKey(evaluation, groups, ({ flight }) => flight),
    byAltitude: byKey(evaluation, groups, ({ altitudeBand }) => altitudeBand),
    calibration: tally.result(),
  };
}

type NumbersByRange = Readonly<Record<AreaRange, CocoNumbers>>;

function ofRanges(evaluation: DetectionEvaluation, all: readonly (CocoCurve | null)[]): NumbersByRange {
  const of = (range: AreaRange) => summarize(evaluation.cocoCurves(range));
  return {
    ...{ all: summarize(all), small: of('small'), medium: of('medium'), large: of('large') },
    ...{ under16: of('under16'), from16to32: of('from16to32') },
  };
}

function cocoMetrics(evaluation: DetectionEvaluation, { all, small, medium, large }: NumbersByRange): CocoMetrics {
  const { AP, AP50, AP75, AR } = all;
  const [AR1, AR10, AR100] = [1, 10, 100].map((count) =>
    count === evaluation.maxDetections ? AR : summarize(evaluation.cocoCurves('all', count)).AR,
  );
  return {
    maxDetections: evaluation.maxDetections,
    ...{ AP, AP50, AP75 },
    ...{ APs: small.AP, APm: medium.AP, APl: large.AP },
    ...{ AR1, AR10, AR100, AR },
    ...{ ARs: small.AR, ARm: medium.AR, ARl: large.AR },
  };
}

function ultralyticsMetrics(rules: UltralyticsRules, curves: readonly (UltralyticsCurve | null)[]): UltralyticsMetrics {
  const present = curves.filter((curve) => curve !== null);
  const best = present.length === 0 ? 0 : bestConfidenceIndex(present);
  const pinned = rules.integration === PINNED_RULES.integration && rules.matching === PINNED_RULES.matching;
  const mean = (value: (curve: UltralyticsCurve) => number) =>
    present.length === 0 ? -1 : present.reduce((sum, curve) => sum + value(curve), 0) / present.length;
  return {
    P: mean(({ precision }) => precision[best]),
    R: mean(({ recall }) => recall[best]),
    F1: mean(({ f1 }) => f1[best]),
    confidence: CONFIDENCES[best],
    mAP50: mean(({ ap }) => ap[0]),
    mAP75: mean(({ ap }) => ap[AT_75]),
    mAP50_95: mean(({ ap }) => meanOf(ap)),
    version: pinned ? PINNED_ULTRALYTICS : null,
    rules,
  };
}

function perClass(
  evaluation: DetectionEvaluation,
  coco: readonly (CocoCurve | null)[],
  ultralytics: readonly (UltralyticsCurve | null)[],
): ClassMetrics[] {
  const present = ultralytics.filter((curve) => curve !== null);
  const best = present.length === 0 ? 0 : bestConfidenceIndex(present);
  return evaluation.classes.map((name, classIndex) => {
    const curve = ultralytics[classIndex];
    return {
      name,
      truths: evaluation.truthCount(classIndex, 'all'),
      coco: summarize([coco[classIndex]]),
      ultralytics: curve && {
        P: curve.precision[best],
        R: curve.recall[best],
        F1: curve.f1[best],
        mAP50: curve.ap[0],
        mAP75: curve.ap[AT_75],
        mAP50_95: meanOf(curve.ap),
      },
    };
  });
}

function ofSize(evaluation: DetectionEvaluation, inRange: NumbersByRange, range: AreaRange): PartMetrics {
  const { AP, AP50, AR } = inRange[range];
  return { truths: countTruths(evaluation, range), AP, AP50, AR };
}

function byKey(
  evaluation: DetectionEvaluation,
  groups: readonly ImageGroup[],
  keyOf: (group: ImageGroup) => string | undefined,
): Record<string, GroupMetrics> {
  const keys = [...new Set(groups.map(keyOf))].filter((key) => key !== undefined).sort();
  return Object.fromEntries(
    keys.map((key) => {
      const weightOf = (group: ImageGroup) => (keyOf(group) === key ? 1 : 0);
      const { AP, AP50, AR } = summarize(evaluation.cocoCurves('all', evaluation.maxDetections, weightOf));
      const images = groups.reduce((sum, group) => sum + weightOf(group) * group.images, 0);
      return [key, { images, truths: countTruths(evaluation, 'all', weightOf), AP, AP50, AR }];
    }),
  );
}

function countTruths(
  evaluation: DetectionEvaluation,
  range: AreaRange,
  weightOf?: (group: ImageGroup) => number,
): number {
  return evaluation.classes.reduce((sum, _, index) => sum + evaluation.truthCount(index, range, weightOf), 0);
}

function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
