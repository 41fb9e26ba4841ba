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

/** A manifest being read; its records can be taken once. */
export interface Manifest<T> {
  readonly header: VersionHeader;
  readonly records: AsyncGenerator<T, void>;
}

/**
 * Opens a JSONL manifest: its header now, its records line by line as they are taken, so that memory does not grow with it.
 * @param record schema of the lines after the first
 * @throws ManifestError that names the file and the line; for records, when they are taken
 */
export async function openManifest<T>(file: string, record: z.ZodType<T>): Promise<Manifest<T>> {
  const lines = readLines(file);
  const first = await lines.next();
  if (first.done) throw new ManifestError(`${file} is empty.`);
  const header = parseLine(versionHeader, first.value, `${file}, line 1,`);
  return { header, records: parseRecords(lines, record, file) };
}

async function* readLines(file: string): AsyncGenerator<string, void> {
  try {
    yield* createInterface({ input: createReadStream(file), crlfDelay: Infinity });
  } catch (error) {
    throw new ManifestError(`${file} cannot be read: ${(error as Error).message}.`, { cause: error });
  }
}

async function* parseRecords<T>(
  lines: AsyncGenerator<string, void>,
  record: z.ZodType<T>,
  file: string,
): AsyncGenerator<T, void> {
  let number = 1;
  for await (const line of lines) {
    number += 1;
    yield parseLine(record, line, `${file}, line ${number},`);
  }
}

function parseLine<T>(schema: z.ZodType<T>, line: string, place: string): T {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new ManifestError(`${place} is not JSON.`);
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new ManifestError(`${place} is not valid: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}
