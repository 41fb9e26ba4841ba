// `preprocess-<host>.json`: what one host of the preprocess step made of its share of the images.
import { z } from 'zod';

const preprocessedImage = z.strictObject({
  path: z.string(),
  object: z.string(),
  part: z.enum(['train', 'validation']),
  tiles: z.int().min(0),
  /** Boxes in the tiles; one that tiles share counts in each. */
  boxes: z.int().min(0),
  /** Why the image was dropped; null when it was not. */
  dropped: z.strictObject({ reason: z.enum(['unreadable', 'labels', 'size']), detail: z.string() }).nullable(),
});

export const preprocessReport = z.strictObject({
  host: z.string(),
  settings: z.strictObject({ size: z.int(), overlap: z.number(), visibleShare: z.number() }),
  /** Sorted by path. */
  images: z.array(preprocessedImage),
});

export type PreprocessedImage = z.infer<typeof preprocessedImage>;
export type PreprocessReport = z.infer<typeof preprocessReport>;
