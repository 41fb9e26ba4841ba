// Evaluates a detector on a labelled folder, image by image in rows: hosts share them, and a run without a shard adds up what
// all of them made, to the numbers of one host.
import type { FlightRule } from '../config';
import {
  captureTime,
  dropOf,
  imageRows,
  labelText,
  parseYoloLabels,
  tellFlights,
  toTruths,
  type DataFolder,
  type FolderImage,
  type RowsOptions,
} from '../dataset';
import { DetectionEvaluation } from '../metrics';
import {
  decodeImage,
  heightAboveGround,
  ImageError,
  type Detection,
  type Detector,
  type DetectOptions,
  type Truth,
} from '../vision';
import { CANDIDATES, MAX_DETECTIONS } from './candidates';
import type { DroppedFrame } from './held-out';

export interface FolderEvaluationOptions extends Pick<
  RowsOptions<Row>,
  'folder' | 'images' | 'out' | 'shard' | 'inFlight' | 'onProgress' | 'signal'
> {
  readonly detector: Detector;
  /** SHA-256 of the model's file: rows of another model are made anew. */
  readonly modelHash: string;
  readonly settings: Pick<DetectOptions, 'tiling' | 'merge' | 'wholeFrame'>;
  readonly flight: FlightRule;
}

export interface FolderEvaluation {
  /** Of a shard, its own images alone. */
  readonly evaluation: DetectionEvaluation;
  readonly dropped: readonly DroppedFrame[];
  readonly images: number;
  /** Images that an earlier run, or another host, had looked at. */
  readonly reused: number;
}

/** An image as its row holds it, or why training would drop it. */
type Row = DroppedFrame | LookedAtRow;

interface LookedAtRow {
  readonly path: string;
  readonly capturedAt: string | null;
  readonly altitude: number | null;
  /** Class, left, top, right, bottom of each truth; one list, since all rows are in memory before flights can be told. */
  readonly truths: readonly number[];
  /** Class, score, left, top, right, bottom of each detection. */
  readonly detections: readonly number[];
}

const TRUTH = 5;
const DETECTION = 6;

/** @throws SplitError when the rule does not tell the flights; DetectorError */
export async function evaluateFolder(options: FolderEvaluationOptions): Promise<FolderEvaluation> {
  const { detector, modelHash, settings, flight, ...work } = options;
  const { rows, reused } = await imageRows<Row>({
    ...work,
    kind: 'detections',
    settings: ['drone-mlops/detections@1', modelHash, detector.classes, detector.imageSize, settings],
    work: (image) => lookAt(work.folder, image, detector, { ...CANDIDATES, ...settings }),
  });
  const looked = rows.flatMap((row) => ('reason' in row ? [] : [row]));
  const evaluation = new DetectionEvaluation({ classes: detector.classes, maxDetections: MAX_DETECTIONS });
  for (const [index, told] of tellFlights(looked, flight).entries()) {
    const { path, altitude, truths, detections } = looked[index];
    evaluation.add({
      ...{ id: path, flight: told, altitude: altitude ?? undefined },
      truths: truthsOf(truths),
      detections: detectionsOf(detections),
    });
  }
  const dropped = rows.flatMap((row) => ('reason' in row ? [row] : []));
  return { evaluation, dropped, images: looked.length, reused };
}

async function lookAt(
  folder: DataFolder,
  image: FolderImage,
  detector: Detector,
  options: DetectOptions,
): Promise<Row> {
  const { path } = image;
  const bytes = await folder.place.read(path);
  const labels = parseYoloLabels(await labelText(folder, image), detector.classes.length);
  try {
    const frame = await decodeImage(bytes, path);
    const drop = dropOf(frame, labels);
    if (drop) return { path, ...drop };
    const found = await detector.detect(frame, options);
    return {
      path,
      capturedAt: await captureTime(bytes),
      altitude: (await heightAboveGround(bytes)) ?? null,
      truths: toTruths(labels.rows, frame).flatMap(({ classIndex, box }) => [classIndex, ...box]),
      detections: found.flatMap(({ classIndex, score, box }) => [classIndex, score, ...box]),
    };
  } catch (error) {
    if (error instanceof ImageError) return { path, reason: 'unreadable', detail: error.message };
    throw error;
  }
}

function truthsOf(numbers: readonly number[]): Truth[] {
  return Array.from({ length: numbers.length / TRUTH }, (_, index) => {
    const [classIndex, left, top, right, bottom] = numbers.slice(index * TRUTH, (index + 1) * TRUTH);
    return { classIndex, box: [left, top, right, bottom] };
  });
}

function detectionsOf(numbers: readonly number[]): Detection[] {
  return Array.from({ length: numbers.length / DETECTION }, (_, index) => {
    const [classIndex, score, left, top, right, bottom] = numbers.slice(index * DETECTION, (index + 1) * DETECTION);
    return { classIndex, score, box: [left, top, right, bottom] };
  });
}
