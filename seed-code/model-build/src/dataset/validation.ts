// What would make training drop or misread images: findings over a whole split, and the share that would be dropped.
import { dropOf, labelsOf, type Drop } from './label-check';
import type { SplitRecord } from './records';

/** Something that training copes with, and a person may not have meant. */
export type Remark = 'no-label-file' | 'empty-label-file' | 'duplicate-rows' | 'empty-boxes';

export interface DroppedImage extends Drop {
  readonly path: string;
  readonly part: string;
}

export interface Findings {
  readonly images: number;
  /** In the split's order. */
  readonly dropped: readonly DroppedImage[];
  /** 0 to 1. */
  readonly droppedShare: number;
  /** Paths of the images of each remark. */
  readonly remarks: Readonly<Record<Remark, readonly string[]>>;
  /** Boxes that training would read, by part and class. */
  readonly boxes: Readonly<Record<string, readonly number[]>>;
  /** Images that nobody has tried to read. */
  readonly missing: readonly string[];
}

export type ValidatedImage = Pick<SplitRecord, 'path' | 'width' | 'height' | 'labels'> & { readonly part: string };

/** Collects findings, image by image. */
export class Validation<T extends ValidatedImage> {
  private readonly dropped: DroppedImage[] = [];
  private readonly remarks: Record<Remark, string[]> = {
    'no-label-file': [],
    'empty-label-file': [],
    'duplicate-rows': [],
    'empty-boxes': [],
  };
  private readonly boxes: Record<string, number[]>;
  private readonly missing: string[] = [];
  private images = 0;

  constructor(
    private readonly classes: readonly string[],
    parts: readonly string[],
    /** What reading the image's pixels came to; undefined when nobody tried. */
    private readonly unreadable: (image: T) => Drop | null | undefined,
  ) {
    this.boxes = Object.fromEntries(parts.map((part) => [part, classes.map(() => 0)]));
  }

  add(record: T): void {
    const { path, part, labels: text } = record;
    const labels = labelsOf(record, this.classes);
    this.images += 1;
    const read = this.unreadable(record);
    if (read === undefined) this.missing.push(path);
    const drop = dropOf(record, labels) ?? read;
    if (drop) {
      this.dropped.push({ path, part, ...drop });
      return;
    }
    if (text === null) this.remarks['no-label-file'].push(path);
    else if (labels.rows.length === 0 && labels.empty === 0) this.remarks['empty-label-file'].push(path);
    if (labels.duplicates > 0) this.remarks['duplicate-rows'].push(path);
    if (labels.empty > 0) this.remarks['empty-boxes'].push(path);
    for (const { classIndex } of labels.rows) this.boxes[part][classIndex] += 1;
  }

  findings(): Findings {
    const { images, dropped, remarks, boxes, missing } = this;
    return { images, dropped, droppedShare: images === 0 ? 0 : dropped.length / images, remarks, boxes, missing };
  }
}

/** Images that a failure names. */
const NAMED = 3;

/** Why the data is refused, as far as dropped images go; null when it is not. */
export function refusalOf({ images, dropped, droppedShare }: Findings, permitted: number): string | null {
  if (droppedShare <= permitted) return null;
  const named = dropped.map(({ path, detail }) => (detail.startsWith(path) ? detail : `${path}: ${detail}`));
  return (
    `${dropped.length} of ${images} images (${percent(droppedShare)}) would be dropped by training where ` +
    `${percent(permitted)} are permitted; ${named.slice(0, NAMED).join('; ')}. Repair them`
  );
}

export function percent(share: number): string {
  return `${Number((share * 100).toFixed(1))} %`;
}

/** What a person should know before training, as sentences. */
export function warningsOf({ boxes }: Findings, classes: readonly string[]): string[] {
  return classes.flatMap((name, label) =>
    Object.keys(boxes)
      .filter((part) => boxes[part][label] === 0)
      .map((part) => `The ${part} part holds no ${JSON.stringify(name)}.`),
  );
}
