// Saves and restores training in one file: a JSON line, then the optimiser's three vectors. Written aside and renamed, so that
// the file is whole whenever the job is killed.
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Losses } from './optimiser';
import type { Progress } from './progress';

const lossesSchema = z.strictObject({ class: z.number(), box: z.number() }) satisfies z.ZodType<Losses>;
const header = z.strictObject({
  format: z.literal('drone-mlops/baseline-checkpoint@1'),
  /** Names the run that the checkpoint belongs to. */
  run: z.string(),
  losses: z.array(lossesSchema),
  sha256: z.string(),
});

const FILE = 'baseline.checkpoint';

/** @param run fingerprint of everything that decides a run's course */
export async function saveCheckpoint(dir: string, run: string, progress: Progress): Promise<void> {
  await mkdir(dir, { recursive: true });
  const { losses } = progress;
  const vectors = Buffer.concat([progress.parameters, progress.momentum, progress.variance].map(bytesOf));
  const head = { format: 'drone-mlops/baseline-checkpoint@1', run, losses, sha256: sha256(vectors) };
  const file = join(dir, FILE);
  await writeFile(`${file}.partial`, Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), vectors]));
  await rename(`${file}.partial`, file);
}

/** The checkpoint of this very run, or null when there is none, it is another run's, or it is damaged. */
export async function loadCheckpoint(dir: string, run: string, parameters: number): Promise<Progress | null> {
  const bytes = await readFile(join(dir, FILE)).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return Buffer.alloc(0);
    throw error;
  });
  const end = bytes.indexOf('\n');
  const head = header.safeParse(parseJson(bytes.toString('utf8', 0, Math.max(end, 0))));
  const vectors = bytes.subarray(end + 1);
  if (!head.success || head.data.run !== run) return null;
  if (vectors.length !== 3 * 4 * parameters || sha256(vectors) !== head.data.sha256) return null;
  // Copied, because a slice of the file need not begin at a multiple of four.
  const all = new Float32Array(new Uint8Array(vectors).buffer);
  const vector = (index: number): Float32Array => all.slice(index * parameters, (index + 1) * parameters);
  return {
    losses: head.data.losses,
    parameters: vector(0),
    momentum: vector(1),
    variance: vector(2),
  };
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
