// Evaluates a detector on the frames that training did not see.
import {
  chooseOperatingPoint,
  compareModels,
  type Comparison,
  ConfusionMatrix,
  DetectionEvaluation,
  EvaluationError,
  type OperatingPointMetrics,
} from '../metrics';
import type { Log } from '../sagemaker';
import { randomStream } from '../sample';
import type { Detection, Detector, DetectOptions, MergeOptions } from '../vision';
import { CANDIDATES, MAX_DETECTIONS, NMS_IOU } from './candidates';
import { Gallery } from './gallery';
import { GoldenFrames } from './golden';
import {
  lookAtFrames,
  type DroppedFrame,
  type HeldOutFrames,
  type LookedAt,
  type PartSize,
  type TiledOptions,
} from './held-out';

/** The model that serves today, looking at frames as it does there. */
export interface LiveModel {
  readonly detector: Detector;
  readonly served: Pick<DetectOptions, 'tiling' | 'merge' | 'wholeFrame'>;
}

export interface ModelEvaluationInputs extends Pick<HeldOutFrames, 'split' | 'images' | 'signal'> {
  readonly detector: Detector;
  readonly tiling: TiledOptions['tiling'];
  readonly merge: MergeOptions;
  readonly sizes: Readonly<Record<HeldOutFrames['part'], PartSize>>;
  readonly log: Log;
  /** Looks at the test frames too, so that the two can be compared. */
  readonly live: LiveModel | null;
}

/** How the model is to be used: from which confidence, and whether it looks at the whole frame beside its tiles. */
export interface OperatingPoint {
  readonly confidence: number;
  /** IoU above which NMS suppresses. */
  readonly iou: number;
  /** How the tiles' detections became one list. */
  readonly merge: MergeOptions['method'];
  /** Whether that gave the higher mAP50. */
  readonly wholeFrame: boolean;
  readonly chosenOn: 'validation';
}

export interface ModelEvaluation {
  readonly operatingPoint: OperatingPoint;
  /** What the operating point gives on validation. */
  readonly validation: Pick<OperatingPointMetrics, 'P' | 'R' | 'F1'> & {
    /** mAP50 with the whole frame's pass, and with tiles alone. */
    readonly mAP50: { readonly wholeFrame: number; readonly tilesAlone: number };
  };
  /** At the operating point's way of looking. */
  readonly sliced: DetectionEvaluation;
  readonly fullFrame: DetectionEvaluation;
  /** With the live model, over the test part's flights; null where there is none. */
  readonly comparison: Comparison | null;
  readonly confusion: ConfusionMatrix;
  readonly gallery: Gallery;
  readonly golden: GoldenFrames;
  readonly images: Readonly<Record<HeldOutFrames['part'], number>>;
  readonly dropped: readonly DroppedFrame[];
}

/** IoU at which truth and prediction pair in the confusion matrix, as in Ultralytics' own. */
const CONFUSION_IOU = 0.45;
/** Of the comparison's resamples, so that an evaluation can be repeated. */
const COMPARISON_SEED = 1;
/** Frames between two lines of progress. */
const PROGRESS = 25;

/**
 * Chooses the operating point on validation frames, then evaluates on test frames; each frame is decoded once.
 * @throws ManifestError, HeldOutError, EvaluationError
 */
export async function evaluateModel(inputs: ModelEvaluationInputs): Promise<ModelEvaluation> {
  const { detector, tiling, merge, live } = inputs;
  const options: TiledOptions = { ...CANDIDATES, tiling, merge };
  const empty = (classes = detector.classes) => new DetectionEvaluation({ classes, maxDetections: MAX_DETECTIONS });

  const [withWholeFrame, inTiles] = [empty(), empty()];
  const inValidation = await walk(inputs, 'validation', options, (looked) => {
    add(withWholeFrame, looked, looked.found.sliced);
    add(inTiles, looked, looked.found.tiles);
    return Promise.resolve();
  });
  const mAP50 = { wholeFrame: mAP50Of(withWholeFrame), tilesAlone: mAP50Of(inTiles) };
  const wholeFrame = mAP50.wholeFrame >= mAP50.tilesAlone;
  const { confidence, P, R, F1 } = chooseOperatingPoint(wholeFrame ? withWholeFrame : inTiles);
  const operatingPoint: OperatingPoint = {
    ...{ confidence, iou: NMS_IOU, merge: merge.method, wholeFrame },
    chosenOn: 'validation',
  };
  inputs.log('operating-point', { confidence, wholeFrame, P, R, F1 });

  const [sliced, fullFrame, ofLive] = [empty(), empty(), empty(live?.detector.classes)];
  const confusion = new ConfusionMatrix(detector.classes.length, confidence, CONFUSION_IOU);
  const [gallery, golden] = [new Gallery(), new GoldenFrames(detector.classes)];
  const inTest = await walk(inputs, 'test', options, async (looked) => {
    const found = wholeFrame ? looked.found.sliced : looked.found.tiles;
    add(sliced, looked, found);
    add(fullFrame, looked, looked.found.fullFrame);
    if (live) {
      add(ofLive, looked, await live.detector.detect(looked.frame, { ...live.served, ...CANDIDATES }));
    }
    const shown = found.filter(({ score }) => score >= confidence);
    const counts = confusion.add(looked.truths, shown);
    await gallery.add(looked.record, looked.frame, looked.truths, shown, counts);
    if (golden.wants(looked)) {
      golden.keep(looked, await detector.detect(looked.frame, { confidence, iou: NMS_IOU, tiling, merge, wholeFrame }));
    }
  });
  return {
    operatingPoint,
    validation: { P, R, F1, mAP50 },
    ...{ sliced, fullFrame, confusion, gallery, golden },
    comparison: live && compare(sliced, ofLive),
    images: { validation: inValidation.seen, test: inTest.seen },
    dropped: [...inValidation.dropped, ...inTest.dropped],
  };
}

function mAP50Of(evaluation: DetectionEvaluation): number {
  return evaluation.result().ultralytics.mAP50;
}

function compare(candidate: DetectionEvaluation, live: DetectionEvaluation): Comparison {
  if (JSON.stringify(candidate.classes) !== JSON.stringify(live.classes)) {
    return { verdict: 'not decidable', reason: `the live model knows the classes ${live.classes.join(', ')}` };
  }
  const random = randomStream(COMPARISON_SEED, 0);
  return compareModels(candidate, live, { random: () => random.between(0, 1) });
}

function add(
  evaluation: DetectionEvaluation,
  { record, truths, altitude }: LookedAt,
  detections: readonly Detection[],
): void {
  evaluation.add({ id: record.path, flight: record.flight, altitude, truths, detections });
}

async function walk(
  { split, images, detector, sizes, signal, log }: ModelEvaluationInputs,
  part: HeldOutFrames['part'],
  options: TiledOptions,
  visit: (looked: LookedAt) => Promise<void>,
): Promise<{ seen: number; dropped: DroppedFrame[] }> {
  let seen = 0;
  const of = sizes[part].frames;
  const dropped = await lookAtFrames({ split, images, part, detector, options, signal }, async (looked) => {
    await visit(looked);
    seen += 1;
    if (seen % PROGRESS === 0 || seen === of) log('evaluated', { part, images: seen, of });
  });
  for (const { path, reason, detail } of dropped) log('image-dropped', { part, path, reason, detail });
  if (seen === 0)
    throw new EvaluationError(
      `Every image of the ${part} part was dropped, ${dropped[0].path} for example: ${dropped[0].detail}.`,
    );
  return { seen, dropped };
}
