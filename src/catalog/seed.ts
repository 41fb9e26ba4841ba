// The seed of a repository as a zip: flat, and the same bytes from the same files, whoever packs them and where.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { ZipFile } from 'yazl';

/** A folder cannot be packed as a seed. */
export class SeedError extends Error {
  override readonly name = 'SeedError';
}

/** What lies in a generated repository and is not part of it: installations, builds, and what systems leave. */
const NOT_SEED = new Set(['node_modules', 'dist', 'coverage', '.git', '.rehearsal', '.DS_Store', '.env']);

/** Any moment would do; DOS has none before 1980. Stored, not deflated: zlib's output differs between its builds. */
const FORM = { mtime: new Date(2000, 0, 1), forceDosTimestamp: true, mode: 0o100644, compressionLevel: 0 };

/**
 * Packs a generated repository. CodeCommit and the push over a connection take the files at the zip's root.
 * @param folder the repository, with its lockfile
 * @throws SeedError when the lockfile is missing, or a link would lead out of the zip
 */
export async function seedZip(folder: string): Promise<Buffer> {
  if (!existsSync(join(folder, 'package-lock.json'))) {
    throw new SeedError(
      `${folder} has no package-lock.json, so \`npm ci\` could not install it: run \`npm install\` there.`,
    );
  }
  const zip = new ZipFile();
  for (const path of filesOf(folder)) zip.addBuffer(readFileSync(join(folder, path)), path, FORM);
  zip.end();
  return buffer(zip.outputStream);
}

/** First twelve characters of the SHA-256 of a seed: its name in the catalog's bucket. */
export function seedHash(seed: Uint8Array): string {
  return createHash('sha256').update(seed).digest('hex').slice(0, 12);
}

/** Paths below a folder with `/`, in the order of their characters' codes. */
function filesOf(folder: string): string[] {
  const walk = (below: string): string[] =>
    readdirSync(join(folder, below), { withFileTypes: true }).flatMap((entry) => {
      const path = below === '' ? entry.name : `${below}/${entry.name}`;
      if (NOT_SEED.has(entry.name)) return [];
      if (entry.isDirectory()) return walk(path);
      if (entry.isFile()) return [path];
      throw new SeedError(`${join(folder, path)} is neither a file nor a folder: replace it by a file.`);
    });
  return walk('').sort((left, right) => (left < right ? -1 : 1));
}
