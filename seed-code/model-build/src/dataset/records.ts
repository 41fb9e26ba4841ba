// The lines of a data version and of a split (formats: ARCHITECTURE.md, "Data flow").
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { z } from 'zod';

export const versionHeader = z.strictObject({
  format: z.literal('drone-mlops/data-version@1'),
  classes: z.array(z.string().min(1)).min(1),
  images: z.int().min(0),
  bytes: z.int().min(0),
});

export const imageRecord = z.strictObject({
  /** Inside the pushed folder, with `/`. */
  path: z.string().min(1),
  /** `<sha256><ext>` below `data/objects/`. */
  object: z.string().regex(/^[0-9a-f]{64}\.[a-z0-9]+$/),
  bytes: z.int().min(0),
  /** Pixels, after EXIF orientation. */
  width: z.int().positive(),
  height: z.int().positive(),
  /** ISO 8601 of EXIF's capture time, without a zone as EXIF has it. */
  capturedAt: z.string().nullable(),
  /** Perceptual hash, 16 hexadecimal digits. */
  hash: z.string().nullable(),
  /** The YOLO label file's text as it was; null where there is none. */
  labels: z.string().nullable(),
});

export const PARTS = ['train', 'validation', 'test'] as const;
export const splitRecord = imageRecord.extend({ flight: z.string().min(1), part: z.enum(PARTS) });

export type VersionHeader = z.infer<typeof versionHeader>;
export type ImageRecord = z.infer<typeof imageRecord>;
export type SplitRecord = z.infer<typeof splitRecord>;
export type Part = (typeof PARTS)[number];

/** A manifest could not be read. */
export class ManifestError extends Error {
  override readonly name = 'ManifestError';
}

/**
 * Reads a JSONL manifest line by line (memory does not grow with it): the header first, then its records.
 * @throws ManifestError that names the file and the line
 */
export async function* readManifest<T>(file: string, record: z.ZodType<T>): AsyncGenerator<VersionHeader | T> {
  let number = 0;
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
    number += 1;
    if (line === '') continue;
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      throw new ManifestError(`${file}, line ${number}, is not JSON.`);
    }
    const parsed = number === 1 ? versionHeader.safeParse(value) : record.safeParse(value);
    if (!parsed.success) throw new ManifestError(`${file}, line ${number}: ${z.prettifyError(parsed.error)}`);
    yield parsed.data;
  }
  if (number === 0) throw new ManifestError(`${file} is empty.`);
}
