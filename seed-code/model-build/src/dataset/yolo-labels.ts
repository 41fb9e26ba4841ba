// YOLO label files: rows of `class x y width height`, centre and sides as shares of the frame's, read by Ultralytics' rules.
import type { Frame, Truth } from '../vision';

/** Why a row makes Ultralytics drop its whole image (`verify_image_label`). */
export type LabelFaultKind =
  /** Not five columns. */
  | 'columns'
  /** A value that is no number, or a class that is no whole one. */
  | 'number'
  /** A class beyond those that are named. */
  | 'class'
  /** A value below 0 or above 1: pixels instead of shares, or a box beyond the frame. */
  | 'range';

export interface LabelFault {
  /** From 1. */
  readonly line: number;
  readonly kind: LabelFaultKind;
  /** The row as it was. */
  readonly text: string;
}

/** One box, in shares of the frame's sides. */
export interface LabelRow {
  readonly classIndex: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface ParsedLabels {
  /** Rows without a fault, each once. */
  readonly rows: readonly LabelRow[];
  readonly faults: readonly LabelFault[];
  /** Rows that stood there before, which training reads once. */
  readonly duplicates: number;
  /** Boxes without width or height, which no training sees; not among the rows. */
  readonly empty: number;
}

type Size = Pick<Frame, 'width' | 'height'>;

/** Parses a label file's text; a byte order mark, CR LF, tabs and blank lines are welcome. No text, or none at all, is background. */
export function parseYoloLabels(text: string | null, classes: number): ParsedLabels {
  const rows = new Map<string, LabelRow>();
  const faults: LabelFault[] = [];
  let [duplicates, empty] = [0, 0];
  const lines = (text ?? '').replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);
  lines.forEach((line, index) => {
    const columns = line.trim().split(/\s+/);
    if (columns[0] === '') return;
    const values = columns.map(Number);
    const [classIndex, x, y, width, height] = values;
    const kind = faultOf(values, classes);
    const key = values.join(' ');
    if (kind) faults.push({ line: index + 1, kind, text: line.trim() });
    else if (width === 0 || height === 0) empty += 1;
    else if (rows.has(key)) duplicates += 1;
    else rows.set(key, { classIndex, x, y, width, height });
  });
  return { rows: [...rows.values()], faults, duplicates, empty };
}

function faultOf(values: readonly number[], classes: number): LabelFaultKind | null {
  if (values.length !== 5) return 'columns';
  const [classIndex, ...shares] = values;
  if (!values.every(Number.isFinite) || !Number.isInteger(classIndex)) return 'number';
  if (classIndex < 0 || classIndex >= classes) return 'class';
  return shares.every((share) => share >= 0 && share <= 1) ? null : 'range';
}

/** Rows as boxes in pixels; what reaches beyond the frame is cut off. */
export function toTruths(rows: readonly LabelRow[], { width, height }: Size): Truth[] {
  const within = (value: number, most: number): number => Math.min(Math.max(value, 0), most);
  return rows.map((row) => ({
    classIndex: row.classIndex,
    box: [
      within((row.x - row.width / 2) * width, width),
      within((row.y - row.height / 2) * height, height),
      within((row.x + row.width / 2) * width, width),
      within((row.y + row.height / 2) * height, height),
    ],
  }));
}

/** Decimals of a share: a ten-thousandth of a pixel in a frame of 10,000. */
const DECIMALS = 8;

/** The text of a label file: boxes in pixels of a frame of this size as rows. */
export function formatYoloLabels(truths: readonly Truth[], { width, height }: Size): string {
  const rows = truths.map(({ box: [left, top, right, bottom], classIndex }) => {
    const shares = [
      (left + right) / 2 / width,
      (top + bottom) / 2 / height,
      (right - left) / width,
      (bottom - top) / height,
    ];
    return `${classIndex} ${shares.map((share) => Number(share.toFixed(DECIMALS))).join(' ')}\n`;
  });
  return rows.join('');
}
