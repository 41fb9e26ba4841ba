// Settings of one request, in the custom attributes that SageMaker hands through: `confidence=0.4;tile=640;merge=nmm`.
import { z } from 'zod';
import type { Sidecar } from '../model';
import { DEFAULT_MERGE, servedOptions, tileGrid, type DetectOptions, type Frame } from '../vision';
import { RequestError } from './request-error';

/** The header through which InvokeEndpoint's CustomAttributes arrive. */
export const CUSTOM_ATTRIBUTES = 'x-amzn-sagemaker-custom-attributes';

/** What a request may ask for; an endpoint's environment can narrow or widen it. */
export interface RequestBounds {
  /** Below it, candidates are noise and their number grows without use. */
  readonly minConfidence: number;
  /** In one run of the model. */
  readonly maxDetections: number;
  /** Runs of the model for one frame. */
  readonly maxTiles: number;
}

/** 400 tiles cover 100 megapixels in tiles of 640 px that overlap by a fifth. */
export const DEFAULT_BOUNDS: RequestBounds = { minConfidence: 0.001, maxDetections: 1000, maxTiles: 400 };

/** Tiles are from half to four times the model's input: smaller ones show too little of an object, larger ones too little detail. */
function schemaFor({ imageSize }: Sidecar, { minConfidence, maxDetections }: RequestBounds) {
  return z.strictObject({
    confidence: z.coerce.number().min(minConfidence).max(1).optional(),
    iou: z.coerce.number().min(0).max(1).optional(),
    'max-detections': z.coerce.number().int().min(1).max(maxDetections).optional(),
    tile: z
      .union([
        z.literal('none'),
        z.coerce
          .number()
          .int()
          .min(imageSize / 2)
          .max(imageSize * 4),
      ])
      .optional(),
    overlap: z.coerce.number().min(0).max(0.5).optional(),
    merge: z.enum(['nms', 'nmm']).optional(),
    'whole-frame': z
      .enum(['true', 'false'])
      .transform((text) => text === 'true')
      .optional(),
  });
}

/**
 * How to detect, by the model's sidecar and the request's attributes.
 * @throws RequestError 400 that names the attribute and its bounds
 */
export function detectOptions(sidecar: Sidecar, header: string | undefined, bounds: RequestBounds): DetectOptions {
  const parsed = schemaFor(sidecar, bounds).safeParse(pairs(header ?? ''));
  if (!parsed.success) {
    throw new RequestError(400, `The custom attributes are not valid: ${z.prettifyError(parsed.error)}`);
  }
  const { confidence, iou, tile = sidecar.tiling.size, overlap = sidecar.tiling.overlap, merge, ...rest } = parsed.data;
  const served = servedOptions(sidecar);
  return {
    confidence: confidence ?? served.confidence,
    iou: iou ?? served.iou,
    maxDetections: rest['max-detections'],
    tiling: tile === 'none' ? null : { size: tile, overlap },
    merge: merge === undefined ? served.merge : { ...DEFAULT_MERGE, method: merge },
    wholeFrame: rest['whole-frame'] ?? served.wholeFrame,
  };
}

/** @throws RequestError 400 when a frame would take more runs of the model than a request may ask for */
export function assertAffordable(
  { width, height }: Pick<Frame, 'width' | 'height'>,
  { tiling }: DetectOptions,
  { maxTiles }: RequestBounds,
): void {
  const tiles = tiling ? tileGrid(width, height, tiling.size, tiling.overlap).length : 1;
  if (tiles <= maxTiles) return;
  throw new RequestError(
    400,
    `A frame of ${width} × ${height} makes ${tiles} tiles, more than ${maxTiles}: ask for larger ones (tile=…), or none.`,
  );
}

function pairs(header: string): Record<string, string> {
  const entries = header
    .split(';')
    .filter((part) => part.trim() !== '')
    .map((part) => part.split('=').map((side) => side.trim()));
  return Object.fromEntries(entries.map(([name = '', value = '']) => [name, value]));
}
