// One image's boxes as columns: the form in which matching reads them.

/** Boxes as `x, y, width, height` in pixels (COCO's form: its IoU is computed from exactly these numbers), and classes. */
export interface BoxColumns {
  readonly length: number;
  readonly classIndex: Int32Array;
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly width: Float64Array;
  readonly height: Float64Array;
}

export interface DetectionColumns extends BoxColumns {
  readonly score: Float64Array;
}

export interface TruthColumns extends BoxColumns {
  /** Square pixels; COCO takes it from the annotation (of a mask, say), not from the box. */
  readonly area: Float64Array;
  /** {@link CROWD}, {@link IGNORED} or 0. */
  readonly flag: Uint8Array;
}

/** The boxes of one image that are of one class, as runs of indices into its columns. One object serves a whole image. */
export interface ClassBoxes {
  readonly detections: DetectionColumns;
  /** Its detections, best score first, stand in `order` from `start` to before `end`. */
  readonly order: Uint32Array;
  start: number;
  end: number;
  readonly truths: TruthColumns;
  /** Its truths, as they stand in the annotations. */
  readonly truthOrder: Uint32Array;
  truthStart: number;
  truthEnd: number;
}

/** A region of many objects: it may absorb any number of detections, and counts neither for nor against. */
export const CROWD = 1;
/** An object that counts neither for nor against. */
export const IGNORED = 2;

export function detectionColumns(length: number): DetectionColumns {
  return { ...boxColumns(length), score: new Float64Array(length) };
}

export function truthColumns(length: number): TruthColumns {
  return { ...boxColumns(length), area: new Float64Array(length), flag: new Uint8Array(length) };
}

function boxColumns(length: number): BoxColumns {
  return {
    length,
    classIndex: new Int32Array(length),
    x: new Float64Array(length),
    y: new Float64Array(length),
    width: new Float64Array(length),
    height: new Float64Array(length),
  };
}
