// Settings of one request, in the custom attributes that SageMaker hands through: `confidence=0.4;tile=640;merge=nmm`.
import { z } from 'zod';
import type { Sidecar } from '../model';
import { DEFAULT_MERGE, type DetectOptions } from '../vision';
import { RequestError } from './request-error';

/** The header through which InvokeEndpoint's CustomAttributes arrive. */
export const CUSTOM_ATTRIBUTES = 'x-amzn-sagemaker-custom-attributes';

/** Below it, candidates are noise and their number grows without use. */
const MIN_CONFIDENCE = 0.001;
/** What Ultralytics predicts with, for a model without an operating point. */
const DEFAULT_OPERATING_POINT = { confidence: 0.25, iou: 0.7 };
const MAX_DETECTIONS = 1000;

/** The bounds of what a request may ask of a model. Tiles from half to four times its input keep a request's cost in bounds. */
function schemaFor({ imageSize }: Sidecar) {
  return z.strictObject({
    confidence: z.coerce.number().min(MIN_CONFIDENCE).max(1).optional(),
    iou: z.coerce.number().min(0).max(1).optional(),
    'max-detections': z.coerce.number().int().min(1).max(MAX_DETECTIONS).optional(),
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
  });
}

/**
 * How to detect, by the model's sidecar and the request's attributes.
 * @throws RequestError 400 that names the attribute and its bounds
 */
export function detectOptions(sidecar: Sidecar, header: string | undefined): DetectOptions {
  const parsed = schemaFor(sidecar).safeParse(pairs(header ?? ''));
  if (!parsed.success) {
    throw new RequestError(400, `The custom attributes are not valid: ${z.prettifyError(parsed.error)}`);
  }
  const { confidence, iou, tile = sidecar.tiling.size, overlap = sidecar.tiling.overlap, merge, ...rest } = parsed.data;
  const operatingPoint = sidecar.operatingPoint ?? DEFAULT_OPERATING_POINT;
  return {
    confidence: confidence ?? operatingPoint.confidence,
    iou: iou ?? operatingPoint.iou,
    maxDetections: rest['max-detections'],
    tiling: tile === 'none' ? null : { size: tile, overlap },
    merge: { ...DEFAULT_MERGE, method: merge ?? DEFAULT_MERGE.method },
  };
}

function pairs(header: string): Record<string, string> {
  const entries = header
    .split(';')
    .filter((part) => part.trim() !== '')
    .map((part) => part.split('=').map((side) => side.trim()));
  return Object.fromEntries(entries.map(([name = '', value = '']) => [name, value]));
}
