// A data version: a manifest under its own hash (format: ARCHITECTURE.md, "Data flow"), and where its parts stand in a bucket.
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { ImageRecord, VersionHeader } from './records';

/** Keys inside the artifact bucket. */
export const DATA_KEYS = {
  objects: 'data/objects',
  object: (object: string) => `data/objects/${object}`,
  versions: 'data/versions/',
  manifest: (version: string) => `data/versions/${version}/manifest.jsonl`,
  /** Names the version that was pushed last: a convenience for whoever starts a pipeline, never an input of one. */
  latest: 'data/latest.json',
} as const;

/** The content of `data/latest.json`. */
export const latestVersion = z.strictObject({ version: z.string().regex(/^[0-9a-f]{64}$/) });

export interface DataVersion {
  /** SHA-256 of the manifest, hexadecimal. */
  readonly hash: string;
  readonly header: VersionHeader;
  readonly manifest: Buffer;
}

/** The version that these records make; their order does not matter. */
export function dataVersion(classes: readonly string[], records: readonly ImageRecord[]): DataVersion {
  const header: VersionHeader = {
    format: 'drone-mlops/data-version@1',
    classes: [...classes],
    images: records.length,
    bytes: records.reduce((sum, { bytes }) => sum + bytes, 0),
  };
  const sorted = [...records].sort((a, b) => (a.path < b.path ? -1 : 1));
  const lines = [header, ...sorted].map((line) => Buffer.from(`${JSON.stringify(line)}\n`));
  const manifest = Buffer.concat(lines);
  return { hash: sha256(manifest), header, manifest };
}

export function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
