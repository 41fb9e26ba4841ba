// A detector: an ONNX model behind one call that takes a frame and gives detections in its pixels, tiled or not.
import { availableParallelism } from 'node:os';
import { setImmediate } from 'node:timers/promises';
import { isFloat32, readOnnxMetadata, type OnnxMetadata, type Sidecar } from '../model';
import type { Detection, Frame } from './detection';
import { ROW, type RunSettings } from './inference-messages';
import { DetectorError, InferencePool } from './inference-pool';
import { letterboxGeometry, letterboxRows, unletterbox, wholeFrame, type LetterboxGeometry } from './letterbox';
import { DEFAULT_MERGE, mergeDetections, type MergeOptions } from './merge';
import { tileGrid, type Tile } from './tiles';

export interface DetectorOptions {
  readonly modelPath: string;
  /** What is known of the model beside its file; must agree with the file's metadata. */
  readonly sidecar?: Sidecar;
  /** @default the machine's processors */
  readonly workers?: number;
  /** Threads of each worker's session. @default 1, with which several workers give the highest throughput */
  readonly threads?: number;
  /** Let every other thread of the process go before the workers; on Linux only. @default false */
  readonly yielding?: boolean;
}

export interface DetectOptions {
  /** Scores must be above it. */
  readonly confidence: number;
  /** IoU above which NMS suppresses within one pass. @default 0.7, as Ultralytics predicts and validates */
  readonly iou?: number;
  /** In one pass. @default 300, as Ultralytics has it */
  readonly maxDetections?: number;
  /** A detection for each class above the confidence, as evaluation wants it. @default false */
  readonly multiLabel?: boolean;
  /** Suppress across classes. @default false */
  readonly agnostic?: boolean;
  /**
   * Cut boxes off at the edge of what the model was shown. Ultralytics' validation does not, which tells in mAP50-95 of tiles
   * with objects at their edges.
   * @default true
   */
  readonly clip?: boolean;
  /** Report every candidate, without NMS. @default false */
  readonly raw?: boolean;
  /** Tiles (and the whole frame) instead of the whole frame alone. @default null */
  readonly tiling?: { readonly size: number; readonly overlap: number } | null;
  /**
   * Beside tiles, look at the whole frame as well, for what is larger than a tile. A model that was trained on tiles alone may
   * find nothing right in it: the evaluate step tries both.
   * @default true, as SAHI does
   */
  readonly wholeFrame?: boolean;
  /** How the tiles' detections become one list. @default DEFAULT_MERGE */
  readonly merge?: MergeOptions;
}

export interface Detector {
  /** Class names by index. */
  readonly classes: readonly string[];
  /** Side of the model's square input, in pixels. */
  readonly imageSize: number;
  /** Resolves when an inference worker is gone: every further call fails. */
  readonly failed: Promise<Error>;
  /** Detections in pixels of the frame, highest score first. */
  detect(frame: Frame, options: DetectOptions): Promise<Detection[]>;
  /** All three ways to look at a frame, each pass run once. */
  detectEach(
    frame: Frame,
    options: DetectOptions & { readonly tiling: NonNullable<DetectOptions['tiling']> },
  ): Promise<EachWay>;
  close(): Promise<void>;
}

/** What a detector finds in a frame, by how it looks at it. */
export interface EachWay {
  /** In tiles and in the whole frame, merged. */
  readonly sliced: Detection[];
  /** In tiles alone, merged. */
  readonly tiles: Detection[];
  /** In the whole frame. */
  readonly fullFrame: Detection[];
}

const DEFAULT_IOU = 0.7;
const DEFAULT_MAX_DETECTIONS = 300;
/** Images in one run where the model's batch axis is free; more gains nothing on processors. */
const FREE_BATCH = 4;
/** Pixels of the square that are letterboxed before other work of the main thread gets its turn: about 5 ms. */
const LETTERBOX_PIXELS = 640 * 640;

/**
 * Opens a detector; its model has run once in every worker when this resolves.
 * @throws DetectorError in one sentence: not a detector, or metadata and sidecar disagree
 */
export async function openDetector(options: DetectorOptions): Promise<Detector> {
  const { modelPath, sidecar, workers = availableParallelism(), threads = 1, yielding = false } = options;
  const metadata = await readOnnxMetadata(modelPath);
  if (sidecar) assertAgreement(metadata, sidecar, modelPath);
  const input = inputOf(metadata, sidecar, modelPath);
  const named = sidecar?.classes ?? metadata.classes;
  const setup = { modelPath, ...input, classes: named?.length ?? null, threads, yielding };
  let pool: InferencePool;
  try {
    pool = await InferencePool.open(setup, workers);
  } catch (error) {
    throw new DetectorError(`${modelPath} cannot be used as a detector: ${(error as Error).message}.`);
  }
  const classes = named ?? Array.from({ length: pool.head.classes ?? 0 }, (_, index) => `${index}`);
  return new PooledDetector(pool, classes, input.imageSize, input.batch);
}

class PooledDetector implements Detector {
  private turn = Promise.resolve();

  constructor(
    private readonly pool: InferencePool,
    readonly classes: readonly string[],
    readonly imageSize: number,
    private readonly batch: number,
  ) {}

  get failed(): Promise<Error> {
    return this.pool.failed;
  }

  async detect(frame: Frame, options: DetectOptions): Promise<Detection[]> {
    const { tiling } = options;
    if (!tiling) return (await this.passes(frame, [wholeFrame(frame)], options)).flat();
    const regions = regionsOf(frame, tiling);
    const shown = (options.wholeFrame ?? true) || regions.length === 1 ? regions : regions.slice(0, -1);
    return merged(await this.passes(frame, shown, options), options);
  }

  async detectEach(
    frame: Frame,
    options: DetectOptions & { readonly tiling: NonNullable<DetectOptions['tiling']> },
  ): Promise<EachWay> {
    const passes = await this.passes(frame, regionsOf(frame, options.tiling), options);
    return {
      sliced: merged(passes, options),
      tiles: merged(passes.length === 1 ? passes : passes.slice(0, -1), options),
      fullFrame: passes.at(-1) ?? [],
    };
  }

  close(): Promise<void> {
    return this.pool.close();
  }

  /** Each region's detections, in pixels of the frame. */
  private async passes(frame: Frame, regions: readonly Tile[], options: DetectOptions): Promise<Detection[][]> {
    const settings: RunSettings = {
      confidence: options.confidence,
      iou: options.raw ? null : (options.iou ?? DEFAULT_IOU),
      maxDetections: options.maxDetections ?? DEFAULT_MAX_DETECTIONS,
      multiLabel: options.multiLabel ?? false,
      agnostic: options.agnostic ?? false,
    };
    const runs: Promise<Detection[][]>[] = [];
    for (let first = 0; first < regions.length; first += this.batch) {
      const tensor = await this.pool.tensor();
      const group = regions.slice(first, first + this.batch);
      runs.push(this.run(frame, group, tensor, settings, options.clip ?? true));
    }
    return (await Promise.all(runs)).flat();
  }

  private async run(
    frame: Frame,
    regions: readonly Tile[],
    tensor: Float32Array,
    settings: RunSettings,
    clip: boolean,
  ): Promise<Detection[][]> {
    const geometries: LetterboxGeometry[] = [];
    const length = 3 * this.imageSize ** 2;
    for (const [index, region] of regions.entries()) {
      geometries.push(await this.letterbox(frame, region, tensor.subarray(index * length, (index + 1) * length)));
    }
    const results = await this.pool.run(tensor, regions.length, settings);
    return results.map((rows, index) => toDetections(rows, regions[index], geometries[index], clip));
  }

  private async letterbox(frame: Frame, region: Tile, tensor: Float32Array): Promise<LetterboxGeometry> {
    const size = this.imageSize;
    const yolox = this.pool.head.kind === 'yolox';
    const geometry = letterboxGeometry(region.width, region.height, size, yolox ? 'yolox' : 'predict');
    const band = Math.ceil(LETTERBOX_PIXELS / size);
    for (let row = 0; row < size; row += band) {
      // One band in one turn of the event loop, whoever asks: all immediates that are due run in the same turn.
      this.turn = this.turn.then(() => setImmediate());
      await this.turn;
      letterboxRows(frame, region, geometry, yolox ? 'bgr-byte' : 'rgb-unit', tensor, row, Math.min(row + band, size));
    }
    return geometry;
  }
}

/** Tiles, then the whole frame; as SAHI does, a frame of one tile is not looked at twice. */
function regionsOf(frame: Frame, { size, overlap }: NonNullable<DetectOptions['tiling']>): Tile[] {
  const tiles = tileGrid(frame.width, frame.height, size, overlap);
  return tiles.length > 1 ? [...tiles, wholeFrame(frame)] : [wholeFrame(frame)];
}

function merged(passes: readonly Detection[][], { merge = DEFAULT_MERGE, raw = false }: DetectOptions): Detection[] {
  return raw ? passes.flat() : mergeDetections(passes.flat(), merge);
}

function toDetections(rows: Float32Array, region: Tile, geometry: LetterboxGeometry, clip: boolean): Detection[] {
  const detections: Detection[] = [];
  for (let at = 0; at < rows.length; at += ROW) {
    const [left, top, right, bottom] = unletterbox(
      [rows[at], rows[at + 1], rows[at + 2], rows[at + 3]],
      geometry,
      region,
      clip,
    );
    detections.push({
      box: [left + region.x, top + region.y, right + region.x, bottom + region.y],
      score: rows[at + 4],
      classIndex: rows[at + 5],
    });
  }
  return detections;
}

/** Name, side and batch of the model's image input. */
function inputOf(metadata: OnnxMetadata, sidecar: Sidecar | undefined, file: string) {
  const refuse = (what: string): never => {
    throw new DetectorError(`${file} cannot be used as a detector: ${what}.`);
  };
  const [input, other] = metadata.inputs;
  if (!input || other) return refuse(`it has ${metadata.inputs.length} inputs where a detector has one`);
  const [batch, channels, height, width] = input.shape;
  if (input.shape.length !== 4 || channels !== 3 || !isFloat32(input)) {
    return refuse(`its input ${input.name} is not float32 [batch, 3, height, width]`);
  }
  const [metadataHeight, metadataWidth] = metadata.imageSize ?? [];
  const side = (given: typeof height, known: number | undefined): number =>
    (typeof given === 'number' ? given : undefined) ??
    sidecar?.imageSize ??
    known ??
    refuse('its input size is free and nothing states one');
  const imageSize = side(width, metadataWidth);
  if (side(height, metadataHeight) !== imageSize) return refuse('its input is not square');
  const batchIsFree = typeof batch !== 'number';
  return { inputName: input.name, imageSize, batch: batchIsFree ? FREE_BATCH : batch, batchIsFree };
}

/** @throws DetectorError that names the first thing on which the file and its sidecar disagree */
function assertAgreement(metadata: OnnxMetadata, sidecar: Sidecar, file: string): void {
  const differs = <T>(what: string, inFile: T | null, inSidecar: T): void => {
    const [a, b] = [JSON.stringify(inFile), JSON.stringify(inSidecar)];
    if (inFile === null || a === b) return;
    throw new DetectorError(`${file} and its model.json disagree on ${what}: ${a} and ${b}. Export the model again.`);
  };
  differs('the classes', metadata.classes, sidecar.classes);
  differs('the stride', metadata.stride, sidecar.stride);
  const [size] = [metadata.inputs[0]?.shape[3], metadata.imageSize?.[1]].filter((side) => typeof side === 'number');
  differs('the image size', size ?? null, sidecar.imageSize);
  // Exporters write a licence with words around it; its identifier comes first.
  const license = metadata.license?.split(/[\s(]/)[0] ?? null;
  differs('the licence', license && sidecar.license.startsWith(license) ? sidecar.license : license, sidecar.license);
}
