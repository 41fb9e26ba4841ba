// What Ultralytics makes of an image's labels before it trains: it drops the whole image for one row that is wrong.
import type { ImageRecord } from './records';
import { parseYoloLabels, type LabelFaultKind, type ParsedLabels } from './yolo-labels';

/** Why an image takes no part in training. */
export type DropReason = 'unreadable' | 'labels' | 'size';

export interface Drop {
  readonly reason: DropReason;
  /** What is wrong, for a person. */
  readonly detail: string;
}

/** Sides below which Ultralytics drops an image (`verify_image_label`), in pixels. */
const LEAST_SIDE = 10;

const FAULTS: Readonly<Record<LabelFaultKind, string>> = {
  columns: 'has not five columns',
  number: 'holds what is no number, or a class that is not whole',
  class: 'names a class that there is not',
  range: 'has a value below 0 or above 1',
};

/** Why training would drop an image, as far as its size and its labels tell; null when it would not. */
export function dropOf(
  { width, height }: Pick<ImageRecord, 'width' | 'height'>,
  { faults }: ParsedLabels,
): Drop | null {
  if (Math.min(width, height) < LEAST_SIDE) {
    return { reason: 'size', detail: `${width} × ${height} pixels; each side must have ${LEAST_SIDE}` };
  }
  const [first, ...others] = faults;
  if (!first) return null;
  const more = others.length > 0 ? `, and ${others.length} more rows` : '';
  return { reason: 'labels', detail: `label row ${first.line} ${FAULTS[first.kind]}: ${clipped(first.text)}${more}` };
}

/** The labels of a record, by the classes of its version. */
export function labelsOf({ labels }: Pick<ImageRecord, 'labels'>, classes: readonly string[]): ParsedLabels {
  return parseYoloLabels(labels, classes.length);
}

/** Characters of a faulty row that are worth repeating. */
const ROW_LENGTH = 60;

function clipped(text: string): string {
  return JSON.stringify(text.length > ROW_LENGTH ? `${text.slice(0, ROW_LENGTH)}…` : text);
}
