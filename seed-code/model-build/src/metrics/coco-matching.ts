// COCO's matching of one image's detections of one class to its truths, at all IoU thresholds and area ranges.
// Source: cocoapi, PythonAPI/pycocotools/cocoeval.py (evaluateImg) and common/maskApi.c (bbIou).
import { CROWD, type ClassBoxes, type DetectionColumns, type TruthColumns } from './boxes';
import { grown } from './matched-detections';
import { ALL_THRESHOLDS, AREA_RANGE_NAMES, AREA_RANGES, IOU_THRESHOLDS, reachedBy } from './thresholds';

const RANGES = AREA_RANGE_NAMES.length;
const LOWEST = AREA_RANGE_NAMES.map((name) => AREA_RANGES[name][0]);
const HIGHEST = AREA_RANGE_NAMES.map((name) => AREA_RANGES[name][1]);

/** Masks of a detection say in their low ten bits at which IoU thresholds it is a true positive, in the next ten at which it
 * is ignored; where neither bit is set it is a false positive. */
export const IGNORE_SHIFT = IOU_THRESHOLDS.length;
export const IGNORED_EVERYWHERE = ALL_THRESHOLDS << IGNORE_SHIFT;

// Bound once: a loader of TypeScript sources makes every use of an import a call.
const [ALL, IS_CROWD, SHIFT, grow, reached] = [ALL_THRESHOLDS, CROWD, IGNORE_SHIFT, grown, reachedBy] as const;

/** pycocotools caps a threshold just below 1. */
const MATCH_AT = IOU_THRESHOLDS.map((threshold) => Math.min(threshold, 1 - 1e-10));

/** Matches one group of boxes after another; buffers and results are reused. */
export class CocoMatcher {
  /** After {@link match}: how many truths count in each area range. */
  readonly truths = new Uint32Array(RANGES);

  /** Truths that overlap a detection enough to be matched; those of the detection at `position` end at `ends[position]`. */
  private candidateTruth = new Uint32Array(64);
  private candidateIou = new Float64Array(64);
  private ends = new Uint32Array(0);
  /** By position: the thresholds that the highest IoU of its candidates reaches. */
  private reached = new Uint16Array(0);
  private area = new Float64Array(0);
  /** By position: the mask before detections outside the area range are ignored. */
  private matched = new Uint32Array(0);
  /** By truth: the thresholds at which it is taken. */
  private taken = new Uint16Array(0);
  private ignored = new Uint8Array(0);

  /** @param masks receives a mask for each detection and area range, at `at + position * ranges + range` */
  match(boxes: ClassBoxes, masks: Uint32Array, at: number): void {
    const { start, end } = boxes;
    const count = boxes.truthEnd - boxes.truthStart;
    this.reserve(end - start, count);
    this.findCandidates(boxes);
    for (let range = 0; range < RANGES; range += 1) {
      const lowest = LOWEST[range];
      const highest = HIGHEST[range];
      // Area ranges that ignore the same truths match alike.
      const changed = this.markIgnored(boxes, lowest, highest);
      if (changed || range === 0) this.claim(boxes);
      this.truths[range] = count - sum(this.ignored, count);
      for (let position = 0; position < end - start; position += 1) {
        const area = this.area[position];
        let mask = this.matched[position];
        if (area < lowest || area > highest) {
          const unmatched = ~(mask | (mask >>> SHIFT)) & ALL;
          mask |= unmatched << SHIFT;
        }
        masks[at + position * RANGES + range] = mask;
      }
    }
  }

  /** As {@link match}, of boxes without truths. */
  matchNone({ detections, order, start, end }: ClassBoxes, masks: Uint32Array, at: number): void {
    let to = at;
    for (let position = start; position < end; position += 1) {
      const detection = order[position];
      const area = detections.width[detection] * detections.height[detection];
      for (let range = 0; range < RANGES; range += 1) {
        masks[to] = area < LOWEST[range] || area > HIGHEST[range] ? IGNORED_EVERYWHERE : 0;
        to += 1;
      }
    }
  }

  private reserve(detections: number, truths: number): void {
    if (this.ends.length < detections) {
      this.ends = new Uint32Array(2 * detections);
      this.reached = new Uint16Array(2 * detections);
      this.area = new Float64Array(2 * detections);
      this.matched = new Uint32Array(2 * detections);
    }
    if (this.taken.length < truths) {
      this.taken = new Uint16Array(2 * truths);
      this.ignored = new Uint8Array(2 * truths);
    }
  }

  private findCandidates(boxes: ClassBoxes): void {
    const { detections, order, start, end, truths, truthOrder, truthStart, truthEnd } = boxes;
    let count = 0;
    for (let position = start; position < end; position += 1) {
      const detection = order[position];
      let highest = 0;
      for (let truth = truthStart; truth < truthEnd; truth += 1) {
        const iou = cocoIou(detections, detection, truths, truthOrder[truth]);
        if (iou < MATCH_AT[0]) continue;
        if (count === this.candidateIou.length) {
          this.candidateTruth = grow(this.candidateTruth, new Uint32Array(2 * count));
          this.candidateIou = grow(this.candidateIou, new Float64Array(2 * count));
        }
        this.candidateTruth[count] = truth - truthStart;
        this.candidateIou[count] = iou;
        count += 1;
        if (iou > highest) highest = iou;
      }
      this.ends[position - start] = count;
      this.reached[position - start] = reached(highest, MATCH_AT);
      this.area[position - start] = detections.width[detection] * detections.height[detection];
    }
  }

  /** Marks the truths that do not count in an area range; tells whether that differs from the marks before. */
  private markIgnored(boxes: ClassBoxes, lowest: number, highest: number): boolean {
    const { truths, truthOrder, truthStart, truthEnd } = boxes;
    let changed = false;
    for (let truth = 0; truth < truthEnd - truthStart; truth += 1) {
      const index = truthOrder[truthStart + truth];
      const outside = truths.area[index] < lowest || truths.area[index] > highest;
      const ignored = truths.flag[index] !== 0 || outside ? 1 : 0;
      changed ||= this.ignored[truth] !== ignored;
      this.ignored[truth] = ignored;
    }
    return changed;
  }

  /** The best-scored detection first, each takes at each threshold the free truth of highest IoU, a real one before an ignored. */
  private claim(boxes: ClassBoxes): void {
    const { start, end, truthStart, truthEnd } = boxes;
    this.taken.fill(0, 0, truthEnd - truthStart);
    let from = 0;
    for (let position = 0; position < end - start; position += 1) {
      const to = this.ends[position];
      const reached = this.reached[position];
      if (to - from === 1) this.matched[position] = this.claimOnly(from, reached, boxes);
      else this.matched[position] = this.claimBest(from, to, reached, boxes);
      from = to;
    }
  }

  /** Of one candidate: the thresholds at which it is free need no search. */
  private claimOnly(candidate: number, reached: number, { truths, truthOrder, truthStart }: ClassBoxes): number {
    const truth = this.candidateTruth[candidate];
    const isCrowd = truths.flag[truthOrder[truthStart + truth]] === IS_CROWD;
    const mask = isCrowd ? reached : reached & ~this.taken[truth];
    this.taken[truth] |= mask;
    return this.ignored[truth] === 1 ? mask << SHIFT : mask;
  }

  private claimBest(from: number, to: number, reached: number, boxes: ClassBoxes): number {
    let mask = 0;
    for (let threshold = 0, bit = 1; (reached & bit) !== 0; threshold += 1, bit <<= 1) {
      let best = this.bestFree(from, to, threshold, 0, boxes);
      if (best !== -1) mask |= bit;
      else {
        best = this.bestFree(from, to, threshold, 1, boxes);
        if (best !== -1) mask |= bit << SHIFT;
      }
      if (best !== -1) this.taken[best] |= bit;
    }
    return mask;
  }

  /** Of equal IoUs the later annotation, as pycocotools has it; −1 when none is free. */
  private bestFree(
    from: number,
    to: number,
    threshold: number,
    ignored: number,
    { truths, truthOrder, truthStart }: ClassBoxes,
  ): number {
    let best = -1;
    let bestIou = MATCH_AT[threshold];
    for (let index = from; index < to; index += 1) {
      const truth = this.candidateTruth[index];
      const iou = this.candidateIou[index];
      if (iou < bestIou || this.ignored[truth] !== ignored) continue;
      const free =
        (this.taken[truth] & (1 << threshold)) === 0 || truths.flag[truthOrder[truthStart + truth]] === IS_CROWD;
      if (!free) continue;
      best = truth;
      bestIou = iou;
    }
    return best;
  }
}

/** COCO's IoU: no `+ 1`; of a crowd region, the share of the detection that lies in it. */
export function cocoIou(detections: DetectionColumns, d: number, truths: TruthColumns, t: number): number {
  const width =
    Math.min(detections.x[d] + detections.width[d], truths.x[t] + truths.width[t]) -
    Math.max(detections.x[d], truths.x[t]);
  if (width <= 0) return 0;
  const height =
    Math.min(detections.y[d] + detections.height[d], truths.y[t] + truths.height[t]) -
    Math.max(detections.y[d], truths.y[t]);
  if (height <= 0) return 0;
  const intersection = width * height;
  const area = detections.width[d] * detections.height[d];
  const union = truths.flag[t] === IS_CROWD ? area : area + truths.width[t] * truths.height[t] - intersection;
  return intersection / union;
}

function sum(values: Uint8Array, length: number): number {
  let total = 0;
  for (let index = 0; index < length; index += 1) total += values[index];
  return total;
}
