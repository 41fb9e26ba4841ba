// Evaluates detections against truths: images arrive one by one, and are matched on arrival; only what the curves need is kept.
import type { Box, Detection, Truth } from '../vision/detection';
import {
  CROWD,
  detectionColumns,
  IGNORED,
  truthColumns,
  type BoxColumns,
  type ClassBoxes,
  type DetectionColumns,
  type TruthColumns,
} from './boxes';
import { accumulate, type CocoCurve } from './coco';
import { CocoMatcher, IGNORE_SHIFT } from './coco-matching';
import { ImageGroups, type ImageGroup } from './image-groups';
import { MatchedDetections, type ImageId, type RankedDetections } from './matched-detections';
import { report, type EvaluationResult } from './report';
import { groupByBucket, indices, sortRun, type Buckets } from './sort';
import { AREA_RANGE_NAMES, type AreaRange } from './thresholds';
import { accumulateUltralytics, PINNED_RULES, type UltralyticsCurve, type UltralyticsRules } from './ultralytics';
import { matchUltralytics } from './ultralytics-matching';

export interface EvaluationOptions {
  /** Class names, by index. */
  readonly classes: readonly string[];
  /**
   * Detections of a class in an image that count for COCO's numbers.
   * @default 100 as in COCO; dense scenes need more: VisDrone has 500
   */
  readonly maxDetections?: number;
  /** @default - the rules of the version that the training image pins */
  readonly ultralytics?: UltralyticsRules;
}

/** A labelled object as COCO knows it. */
export interface EvaluatedTruth extends Truth {
  /** A region of many objects: absorbs any number of detections, counts neither for nor against. */
  readonly crowd?: boolean;
  /** Counts neither for nor against. */
  readonly ignored?: boolean;
  /** In square pixels. @default - the area of the box */
  readonly area?: number;
}

/** One image with everything that is known about it. */
export interface EvaluatedImage {
  /** Equal scores of two images rank by it, as in pycocotools; those of one image rank as they are given. */
  readonly id: ImageId;
  readonly truths: readonly EvaluatedTruth[];
  readonly detections: readonly Detection[];
  readonly flight?: string;
  /** Metres above ground, where known. */
  readonly altitude?: number;
}

/** What was given to an evaluation cannot be evaluated. */
export class EvaluationError extends Error {
  override readonly name = 'EvaluationError';
}

/** COCO's default for the detections of a class in an image that count. */
const COCO_MAX_DETECTIONS = 100;
const RANGES = AREA_RANGE_NAMES.length;
/** The bit of a mask that says: ignored at IoU .5. */
const IGNORED_AT_HALF = 1 << IGNORE_SHIFT;

/**
 * COCO's and Ultralytics' metrics over images that arrive in any order. Memory grows with detections, by some 100 bytes each.
 * @example
 * const evaluation = new DetectionEvaluation({ classes: ['vehicle'] });
 * evaluation.add({ id: 1, truths, detections, flight: 'north' });
 * evaluation.result().coco.AP50;
 */
export class DetectionEvaluation {
  readonly classes: readonly string[];
  readonly maxDetections: number;
  readonly rules: UltralyticsRules;
  private readonly kept = new MatchedDetections(RANGES);
  private readonly groups: ImageGroups;
  private readonly matcher = new CocoMatcher();
  /** Made when numbers are asked for, until another image comes. */
  private ranking: readonly RankedDetections[] | null = null;

  constructor(options: EvaluationOptions) {
    this.classes = options.classes;
    this.maxDetections = options.maxDetections ?? COCO_MAX_DETECTIONS;
    this.rules = options.ultralytics ?? PINNED_RULES;
    this.groups = new ImageGroups(options.classes.length, RANGES);
  }

  /** @throws EvaluationError that names the image when a class, a box or a score is impossible */
  add({ id, truths, detections, ...taken }: EvaluatedImage): void {
    this.addColumns(id, toTruthColumns(truths), toDetectionColumns(detections), taken);
  }

  /** As {@link add}, of boxes that are in columns already. */
  addColumns(
    id: ImageId,
    truths: TruthColumns,
    detections: DetectionColumns,
    taken: Pick<EvaluatedImage, 'flight' | 'altitude'> = {},
  ): void {
    this.check(id, truths, detections);
    this.ranking = null;
    const group = this.groups.of(taken.flight, taken.altitude);
    group.images += 1;
    const { order: truthOrder, starts: truthStarts } = byClass(truths, this.classes.length);
    const { order, starts } = byClass(detections, this.classes.length);
    const boxes = { detections, order, start: 0, end: 0, truths, truthOrder, truthStart: 0, truthEnd: 0 };
    const base = this.kept.append(id, detections.length);
    for (let classIndex = 0; classIndex < this.classes.length; classIndex += 1) {
      boxes.start = starts[classIndex];
      boxes.end = starts[classIndex + 1];
      boxes.truthStart = truthStarts[classIndex];
      boxes.truthEnd = truthStarts[classIndex + 1];
      if (boxes.start === boxes.end && boxes.truthStart === boxes.truthEnd) continue;
      sortRun(order, boxes.start, boxes.end, detections.score);
      this.matchClass(group, classIndex, boxes, base + boxes.start);
    }
  }

  /** Every number that is reported. */
  result(): EvaluationResult {
    return report(this);
  }

  /**
   * COCO's curve of each class in an area range; null where no truth counts.
   * @param weightOf how often a group of images counts @default - once
   */
  cocoCurves(
    range: AreaRange = 'all',
    maxDetections: number = this.maxDetections,
    weightOf: (group: ImageGroup) => number = () => 1,
  ): (CocoCurve | null)[] {
    const weights = this.groups.all.map(weightOf);
    const index = AREA_RANGE_NAMES.indexOf(range);
    return this.ranked().map((ranked, classIndex) =>
      accumulate(ranked, index, maxDetections, weights, this.truthCount(classIndex, range, weightOf)),
    );
  }

  /** Ultralytics' curve of each class; null where there is no truth. */
  ultralyticsCurves(): (UltralyticsCurve | null)[] {
    return this.ranked().map((ranked, classIndex) => {
      const truths = this.truthCount(classIndex, 'all');
      return truths === 0 ? null : accumulateUltralytics(ranked, truths, this.rules.integration);
    });
  }

  /** Truths that count, of one class in an area range. */
  truthCount(classIndex: number, range: AreaRange, weightOf: (group: ImageGroup) => number = () => 1): number {
    const at = classIndex * RANGES + AREA_RANGE_NAMES.indexOf(range);
    return this.groups.all.reduce((sum, group) => sum + weightOf(group) * group.truths[at], 0);
  }

  /** Images of one flight and altitude band, with their truths counted. */
  imageGroups(): readonly ImageGroup[] {
    return this.groups.all;
  }

  /** Calls `visit` with each detection's score and whether it is right at IoU .5, class by class and by rank; ignored ones are left out. */
  eachOutcome(visit: (score: number, right: boolean, classIndex: number) => void): void {
    for (const [classIndex, { coco, rank, score }] of this.ranked().entries()) {
      const [masks] = coco;
      for (let position = 0; position < score.length; position += 1) {
        if (rank[position] >= this.maxDetections || (masks[position] & IGNORED_AT_HALF) !== 0) continue;
        visit(score[position], (masks[position] & 1) === 1, classIndex);
      }
    }
  }

  /** @param at where the class's detections are kept */
  private matchClass(group: ImageGroup, classIndex: number, boxes: ClassBoxes, at: number): void {
    const { matcher, kept } = this;
    const { start, end, order } = boxes;
    if (boxes.truthStart === boxes.truthEnd) {
      matcher.matchNone(boxes, kept.coco, at * RANGES);
      kept.ultralytics.fill(0, at, at + end - start);
    } else {
      matcher.match(boxes, kept.coco, at * RANGES);
      matchUltralytics(this.rules.matching, boxes, kept.ultralytics, at);
      for (let range = 0; range < RANGES; range += 1) {
        group.truths[classIndex * RANGES + range] += matcher.truths[range];
      }
    }
    for (let position = start; position < end; position += 1) {
      const to = at + position - start;
      kept.score[to] = boxes.detections.score[order[position]];
      kept.classIndex[to] = classIndex;
      kept.rank[to] = position - start;
      kept.group[to] = group.index;
    }
  }

  private ranked(): readonly RankedDetections[] {
    if (this.ranking) return this.ranking;
    const repeated = this.kept.repeatedImage();
    if (repeated !== undefined) throw new EvaluationError(`Image ${repeated} was added twice.`);
    this.ranking = this.kept.rankedByClass(this.classes.length);
    return this.ranking;
  }

  private check(id: ImageId, truths: TruthColumns, detections: DetectionColumns): void {
    for (const [what, { length, classIndex, x, y, width, height }, score] of [
      ['truth', truths, null],
      ['detection', detections, detections.score],
    ] as const) {
      for (let index = 0; index < length; index += 1) {
        const extent = x[index] + y[index] + width[index] + height[index] + (score ? score[index] : 0);
        if (!Number.isFinite(extent))
          throw new EvaluationError(`Image ${id}: ${what} ${index} has a number that is not finite.`);
        if (!(classIndex[index] >= 0 && classIndex[index] < this.classes.length)) {
          throw new EvaluationError(
            `Image ${id}: ${what} ${index} is of class ${classIndex[index]}, but there are ${this.classes.length} classes.`,
          );
        }
      }
    }
  }
}

/** The boxes of each class, in the order in which they were given. */
function byClass({ length, classIndex }: BoxColumns, classes: number): Buckets {
  return groupByBucket(indices(length), classIndex, classes);
}

function toDetectionColumns(detections: readonly Detection[]): DetectionColumns {
  const columns = detectionColumns(detections.length);
  for (const [index, { box, classIndex, score }] of detections.entries()) {
    setBox(columns, index, box, classIndex);
    columns.score[index] = score;
  }
  return columns;
}

function toTruthColumns(truths: readonly EvaluatedTruth[]): TruthColumns {
  const columns = truthColumns(truths.length);
  for (const [index, { box, classIndex, crowd, ignored, area }] of truths.entries()) {
    setBox(columns, index, box, classIndex);
    columns.area[index] = area ?? columns.width[index] * columns.height[index];
    columns.flag[index] = crowd ? CROWD : ignored ? IGNORED : 0;
  }
  return columns;
}

function setBox(columns: BoxColumns, index: number, [left, top, right, bottom]: Box, classIndex: number): void {
  columns.classIndex[index] = classIndex;
  columns.x[index] = left;
  columns.y[index] = top;
  columns.width[index] = right - left;
  columns.height[index] = bottom - top;
}
