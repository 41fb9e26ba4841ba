// What would make training drop or misread images: findings over a whole split, and the share that would be dropped.
import { dropOf, labelsOf, type Drop } from './label-check';
import type { PreprocessReport } from './preprocess-report';
import { PARTS, type Part, type SplitRecord } from './records';

/** Something that training copes with, and a person may not have meant. */
export type Remark = 'no-label-file' | 'empty-label-file' | 'duplicate-rows' | 'empty-boxes';

export interface DroppedImage extends Drop {
  readonly path: string;
  readonly part: Part;
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
  readonly boxes: Readonly<Record<Part, readonly number[]>>;
  /** Images of train and validation that no host reports. */
  readonly missing: readonly string[];
}

/**
 * Collects findings, record by record.
 * @param reports what every host of the preprocess step reported
 */
export class Validation {
  private readonly dropped: DroppedImage[] = [];
  private readonly remarks: Record<Remark, string[]> = {
    'no-label-file': [],
    'empty-label-file': [],
    'duplicate-rows': [],
    'empty-boxes': [],
  };
  private readonly boxes: Record<Part, number[]>;
  private readonly missing: string[] = [];
  private readonly reported: ReadonlyMap<string, Drop | null>;
  private images = 0;

  constructor(
    private readonly classes: readonly string[],
    reports: readonly PreprocessReport[],
  ) {
    const none = () => classes.map(() => 0);
    this.boxes = { train: none(), validation: none(), test: none() };
    this.reported = new Map(reports.flatMap(({ images }) => images.map(({ object, dropped }) => [object, dropped])));
  }

  add(record: SplitRecord): void {
    const { path, part, labels: text } = record;
    const labels = labelsOf(record, this.classes);
    this.images += 1;
    const drop = dropOf(record, labels) ?? this.unreadable(record);
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

  /** The preprocess step has read the frames of train and validation; of the test frames only the push's attempt is known. */
  private unreadable({ object, part, path, hash }: SplitRecord): Drop | null {
    if (part === 'test') {
      return hash === null
        ? { reason: 'unreadable', detail: `${path} could not be read whole when it was pushed` }
        : null;
    }
    const reported = this.reported.get(object);
    if (reported === undefined) this.missing.push(path);
    return reported ?? null;
  }
}

/** What a person should know before training, as sentences. */
export function warningsOf({ boxes }: Findings, classes: readonly string[]): string[] {
  return classes.flatMap((name, label) =>
    PARTS.filter((part) => boxes[part][label] === 0).map(
      (part) => `The ${part} part holds no ${JSON.stringify(name)}.`,
    ),
  );
}
