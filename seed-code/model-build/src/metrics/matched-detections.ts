// What is kept of an image once it is matched: a few numbers for each detection, in columns that grow.
import { groupByBucket, indices, sortRun } from './sort';

/** An image is known by its number or name; equal scores rank by it, so that the order of images never matters. */
export type ImageId = number | string;

/** One class's detections in columns, best score first. */
export interface RankedDetections {
  readonly score: Float64Array;
  /** Rank among the detections of its image and class, from 0. */
  readonly rank: Uint32Array;
  /** Index of the group of images that it belongs to. */
  readonly group: Uint32Array;
  /** COCO's masks (see IGNORE_SHIFT), by area range. */
  readonly coco: readonly Uint32Array[];
  /** A bit for each IoU threshold at which the detection is a true positive by Ultralytics' rules. */
  readonly ultralytics: Uint16Array;
}

/** Detections of one image stand together, by class, and best score first within a class. */
export class MatchedDetections {
  length = 0;
  score = new Float64Array(1024);
  classIndex = new Int32Array(1024);
  /** Rank among the detections of its image and class, from 0. */
  rank = new Uint32Array(1024);
  /** Index of the group of images that it belongs to. */
  group = new Uint32Array(1024);
  /** COCO's masks, those of a detection together. */
  coco: Uint32Array;
  ultralytics = new Uint16Array(1024);
  private image = new Int32Array(1024);
  private readonly imageIds: ImageId[] = [];

  constructor(private readonly areaRanges: number) {
    this.coco = new Uint32Array(1024 * areaRanges);
  }

  /** Makes room for an image's detections and returns the index of the first; the caller fills the columns. */
  append(id: ImageId, count: number): number {
    const start = this.length;
    if (count === 0) return start;
    this.length += count;
    if (this.length > this.score.length) this.grow(2 * this.length);
    this.image.fill(this.imageIds.length, start, this.length);
    this.imageIds.push(id);
    return start;
  }

  /** The detections of each class by descending score, then image, then as they were given. */
  rankedByClass(classes: number): RankedDetections[] {
    const { order, starts } = groupByBucket(this.byImage(), this.classIndex, classes);
    return Array.from({ length: classes }, (_, classIndex) => {
      const [start, end] = [starts[classIndex], starts[classIndex + 1]];
      sortRun(order, start, end, this.score);
      return this.columns(order.subarray(start, end));
    });
  }

  /** Indices of all, by the ids of their images. */
  private byImage(): Uint32Array<ArrayBuffer> {
    const { imageIds } = this;
    const all = indices(this.length);
    if (imageIds.every((id, image) => image === 0 || compareIds(imageIds[image - 1], id) < 0)) return all;
    const imageRank = new Int32Array(imageIds.length);
    [...imageIds.keys()]
      .sort((a, b) => compareIds(imageIds[a], imageIds[b]))
      .forEach((image, rank) => (imageRank[image] = rank));
    const rankOf = this.image.subarray(0, this.length).map((image) => imageRank[image]);
    return groupByBucket(all, rankOf, imageRank.length).order;
  }

  /** In the order in which they are read, once for all the curves. */
  private columns(order: Uint32Array): RankedDetections {
    const score = new Float64Array(order.length);
    const rank = new Uint32Array(order.length);
    const group = new Uint32Array(order.length);
    const coco = Array.from({ length: this.areaRanges }, () => new Uint32Array(order.length));
    const ultralytics = new Uint16Array(order.length);
    for (let position = 0; position < order.length; position += 1) {
      const index = order[position];
      score[position] = this.score[index];
      rank[position] = this.rank[index];
      group[position] = this.group[index];
      ultralytics[position] = this.ultralytics[index];
      for (let range = 0; range < this.areaRanges; range += 1) {
        coco[range][position] = this.coco[index * this.areaRanges + range];
      }
    }
    return { score, rank, group, coco, ultralytics };
  }

  /** An id that was added twice. */
  repeatedImage(): ImageId | undefined {
    const seen = new Set<ImageId>();
    return this.imageIds.find((id) => seen.size === seen.add(id).size);
  }

  private grow(capacity: number): void {
    this.score = grown(this.score, new Float64Array(capacity));
    this.classIndex = grown(this.classIndex, new Int32Array(capacity));
    this.rank = grown(this.rank, new Uint32Array(capacity));
    this.group = grown(this.group, new Uint32Array(capacity));
    this.image = grown(this.image, new Int32Array(capacity));
    this.coco = grown(this.coco, new Uint32Array(capacity * this.areaRanges));
    this.ultralytics = grown(this.ultralytics, new Uint16Array(capacity));
  }
}

/** `to`, longer, begun with what `from` holds. */
export function grown<T extends Float64Array | Int32Array | Uint32Array | Uint16Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

/** Numbers by value, names by code unit. */
export function compareIds(a: ImageId, b: ImageId): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return String(a) < String(b) ? -1 : 1;
}
