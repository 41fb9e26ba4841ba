// The heads of YOLO detectors: told apart by their output's shape, and read into candidates.
import { indicesAbove } from './indices-above';
import type { Candidates } from './nms';

/**
 * - `yolov8` (v8, v9, v11): `[1, 4 + classes, anchors]`, centre boxes, class scores;
 * - `yolov5`: `[1, 3 · anchors, 5 + classes]`, centre boxes, objectness, class scores;
 * - `yolox`: `[1, anchors, 5 + classes]`, as YOLOX exports by default: boxes still relative to grid and stride;
 * - `end-to-end` (v10, YOLO26, exports with NMS): `[1, detections, 6]`, corner boxes, score, class; already suppressed.
 */
export type HeadKind = 'yolov8' | 'yolov5' | 'yolox' | 'end-to-end';

export interface Head {
  readonly kind: HeadKind;
  /** How many classes it scores; null where the shape does not tell (`end-to-end`). */
  readonly classes: number | null;
  /** Boxes in one image's output. */
  readonly rows: number;
}

/** An output has the shape of no detector known here, or of several. */
export class HeadError extends Error {
  override readonly name = 'HeadError';
}

/** Strides of the three levels that all these models have. */
const STRIDES = [8, 16, 32] as const;
/** Anchor boxes in each cell of a YOLOv5 level. */
const YOLOV5_ANCHORS = 3;
/** Detections that an end-to-end head can keep; Ultralytics' is 300. Far below the anchors of any usual image size. */
const MAX_END_TO_END = 1000;

/**
 * Tells a head by its shape.
 * @param shape `[batch, a, b]`, as one run gave it
 * @param imageSize side of the input, in pixels
 * @param classes how many classes the model's metadata or sidecar names; null where neither does
 * @throws HeadError that says what the shape could be
 */
export function tellHead(shape: readonly number[], imageSize: number, classes: number | null): Head {
  const fits = shape.length === 3 ? possibleHeads(shape[1], shape[2], imageSize, classes) : [];
  const [head, other] = fits;
  const dims = `[${shape.join(', ')}]`;
  const given = classes === null ? 'unnamed classes' : `${classes} ${classes === 1 ? 'class' : 'classes'}`;
  if (!head) {
    throw new HeadError(`an output of ${dims} is not that of a YOLO detector for ${imageSize} px and ${given}`);
  }
  if (other) {
    const kinds = fits.map(({ kind }) => kind).join(' or ');
    throw new HeadError(
      `an output of ${dims} could be ${kinds} for ${imageSize} px and ${given}; export it at another size`,
    );
  }
  return head;
}

function possibleHeads(a: number, b: number, imageSize: number, classes: number | null): Head[] {
  const anchors = anchorCount(imageSize);
  const agrees = (count: number): boolean => count >= 1 && (classes === null || classes === count);
  const heads: Head[] = [];
  // Named classes fix the first axis, so that heads with fewer levels are welcome; otherwise the anchors must be the usual ones.
  if (agrees(a - 4) && (classes !== null || b === anchors)) heads.push({ kind: 'yolov8', classes: a - 4, rows: b });
  if (agrees(b - 5) && a === anchors * YOLOV5_ANCHORS) heads.push({ kind: 'yolov5', classes: b - 5, rows: a });
  if (agrees(b - 5) && a === anchors) heads.push({ kind: 'yolox', classes: b - 5, rows: a });
  if (b === 6 && a <= MAX_END_TO_END) heads.push({ kind: 'end-to-end', classes: null, rows: a });
  return heads;
}

function anchorCount(imageSize: number): number {
  return STRIDES.reduce((sum, stride) => sum + Math.floor(imageSize / stride) ** 2, 0);
}

export interface ReadOptions {
  /** Scores must be above it. */
  readonly confidence: number;
  /** A candidate for each class above the confidence, as evaluation wants it, instead of the best class alone. */
  readonly multiLabel: boolean;
  readonly imageSize: number;
}

/**
 * Reads one image's output.
 * @param output `rows` × values, laid out as the head's kind says
 * @returns candidates in pixels of the letterboxed square; ordered by row, then class
 */
export function readHead(head: Head, output: Float32Array, options: ReadOptions): Candidates {
  // Scores are float32, so the threshold is rounded alike, as PyTorch does when it compares them.
  const confidence = Math.fround(options.confidence);
  switch (head.kind) {
    case 'yolov8':
      return readClassMajor(output, head.rows, confidence, options.multiLabel);
    case 'yolov5':
      return readRows(output, head.rows, confidence, options.multiLabel, centreBox);
    case 'yolox':
      return readRows(output, head.rows, confidence, options.multiLabel, yoloxBoxes(options.imageSize));
    case 'end-to-end':
      return readDetections(output, confidence);
  }
}

/** A row's box: centre, width and height in pixels, as the head has it at `at`. */
type ReadBox = (output: Float32Array, at: number, row: number) => readonly [x: number, y: number, w: number, h: number];

const centreBox: ReadBox = (output, at) => [output[at], output[at + 1], output[at + 2], output[at + 3]];

/** YOLOX's `demo_postprocess`: offsets in cells of the row's level, sizes as logarithms of its stride. */
function yoloxBoxes(imageSize: number): ReadBox {
  const levels = STRIDES.map((stride) => ({ stride, side: Math.floor(imageSize / stride) }));
  return (output, at, row) => {
    let cell = row;
    const { stride, side } =
      levels.find((level) => cell < level.side ** 2 || ((cell -= level.side ** 2), false)) ?? levels[0];
    return [
      (output[at] + (cell % side)) * stride,
      (output[at + 1] + Math.floor(cell / side)) * stride,
      Math.exp(output[at + 2]) * stride,
      Math.exp(output[at + 3]) * stride,
    ];
  };
}

function readClassMajor(output: Float32Array, rows: number, confidence: number, multiLabel: boolean): Candidates {
  const classes = output.length / rows - 4;
  const found = new CandidateList();
  // Few scores pass, so they are looked for in the order of memory, and only they are put in the order of rows.
  const scores = output.subarray(4 * rows);
  const hits = indicesAbove(scores, confidence).map((index) => (index % rows) * classes + Math.floor(index / rows));
  const score = (hit: number): number => output[(4 + (hit % classes)) * rows + Math.floor(hit / classes)];
  let best: number | null = null;
  for (const hit of Float64Array.from(hits).sort()) {
    if (best !== null && !multiLabel && Math.floor(best / classes) === Math.floor(hit / classes)) {
      if (score(hit) > score(best)) best = hit;
      continue;
    }
    if (best !== null) add(best);
    best = hit;
  }
  if (best !== null) add(best);
  return found.take();

  function add(hit: number): void {
    const row = Math.floor(hit / classes);
    const [x, y, w, h] = [output[row], output[rows + row], output[2 * rows + row], output[3 * rows + row]];
    found.addCentre(x, y, w, h, score(hit), hit % classes);
  }
}

function readRows(
  output: Float32Array,
  rows: number,
  confidence: number,
  multiLabel: boolean,
  readBox: ReadBox,
): Candidates {
  const width = output.length / rows;
  const found = new CandidateList();
  for (let row = 0, at = 0; row < rows; row += 1, at += width) {
    const objectness = output[at + 4];
    if (!(objectness > confidence)) continue;
    let best = -1;
    let bestScore = confidence;
    for (let label = 0; label < width - 5; label += 1) {
      const score = Math.fround(objectness * output[at + 5 + label]);
      if (score <= bestScore) continue;
      if (multiLabel) {
        found.addCentre(...readBox(output, at, row), score, label);
      } else {
        best = label;
        bestScore = score;
      }
    }
    if (best >= 0) found.addCentre(...readBox(output, at, row), bestScore, best);
  }
  return found.take();
}

function readDetections(output: Float32Array, confidence: number): Candidates {
  const found = new CandidateList();
  for (let at = 0; at < output.length; at += 6) {
    if (output[at + 4] > confidence) found.addCorners(output.subarray(at, at + 4), output[at + 4], output[at + 5]);
  }
  return found.take();
}

/** Candidates as they are found. */
class CandidateList {
  private readonly boxes: number[] = [];
  private readonly scores: number[] = [];
  private readonly classes: number[] = [];

  addCentre(x: number, y: number, width: number, height: number, score: number, label: number): void {
    this.boxes.push(x - width / 2, y - height / 2, x + width / 2, y + height / 2);
    this.scores.push(score);
    this.classes.push(label);
  }

  addCorners(corners: Float32Array, score: number, label: number): void {
    this.boxes.push(...corners);
    this.scores.push(score);
    this.classes.push(label);
  }

  take(): Candidates {
    return {
      boxes: Float32Array.from(this.boxes),
      scores: Float32Array.from(this.scores),
      classes: Int32Array.from(this.classes),
    };
  }
}
