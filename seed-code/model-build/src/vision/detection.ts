// The values that vision, metrics and serving exchange.

/** Left, top, right, bottom in pixels of the source frame; continuous coordinates (a pixel spans [i, i + 1]). */
export type Box = readonly [left: number, top: number, right: number, bottom: number];

/** One detected object. */
export interface Detection {
  readonly box: Box;
  /** Confidence, 0 to 1. */
  readonly score: number;
  /** Index into the model's classes. */
  readonly classIndex: number;
}

/** One labelled object. */
export interface Truth {
  readonly box: Box;
  readonly classIndex: number;
}

/** A decoded frame: 8-bit RGB, rows from the top, three bytes a pixel. */
export interface Frame {
  readonly width: number;
  readonly height: number;
  /** Length `width * height * 3`. */
  readonly data: Uint8Array;
}
