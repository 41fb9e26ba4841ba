// model.json: what must be known about a model beside its weights, checked on load.
import { z } from 'zod';

/** The operating point: the scores below which detections are not reported. Chosen on validation frames, never on test. */
const operatingPoint = z.strictObject({
  confidence: z.number().min(0).max(1),
  /** IoU above which NMS suppresses. */
  iou: z.number().min(0).max(1),
  /** How the tiles' detections became one list. */
  merge: z.enum(['nms', 'nmm']),
  /** Whether the whole frame is looked at beside its tiles. */
  wholeFrame: z.boolean(),
  chosenOn: z.literal('validation'),
});

export const sidecarSchema = z.strictObject({
  format: z.literal('drone-mlops/model@1'),
  classes: z.array(z.string().min(1)).min(1),
  /** Side of the square input, in pixels. */
  imageSize: z.int().positive(),
  /** Coarsest stride of the head, in pixels. */
  stride: z.int().positive(),
  tiling: z.strictObject({ size: z.int().positive(), overlap: z.number().min(0).lt(1) }),
  operatingPoint: operatingPoint.nullable(),
  /** SPDX expression of the weights' licence. */
  license: z.string().min(1),
  trainer: z.strictObject({ name: z.enum(['baseline', 'ultralytics']), version: z.string().min(1) }),
  provenance: z.strictObject({
    dataVersion: z.string().min(1),
    seed: z.int(),
  }),
});

export type Sidecar = z.infer<typeof sidecarSchema>;

/** `model.json` is missing or says something impossible. */
export class SidecarError extends Error {
  override readonly name = 'SidecarError';
}

/** @throws SidecarError that names the file and the place in it */
export function parseSidecar(text: string, file: string): Sidecar {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new SidecarError(`${file} is not JSON.`);
  }
  const parsed = sidecarSchema.safeParse(value);
  if (!parsed.success) throw new SidecarError(`${file} is not valid: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}
