// Zip archives, as artifacts and functions come in.
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { fromBuffer, type Entry, type ZipFile as Unzip } from 'yauzl';
import { ZipFile } from 'yazl';

/** Bytes that are no zip archive, or one that leads out of its folder. */
export class ZipError extends Error {
  override readonly name = 'ZipError';
}

/** So that the same files are the same bytes, whenever and wherever they are packed. */
const TIME = { mtime: new Date(2000, 0, 1), forceDosTimestamp: true };

/** @param files paths in the archive, and where the files lie */
export function zipFiles(files: readonly { readonly path: string; readonly file: string }[]): Promise<Buffer> {
  return packed(files.map(({ path, file }) => ({ path, bytes: readFileSync(file), mode: statSync(file).mode })));
}

/** @param texts by path in the archive */
export function zipTexts(texts: Readonly<Record<string, string>>): Promise<Buffer> {
  return packed(Object.entries(texts).map(([path, text]) => ({ path, bytes: Buffer.from(text), mode: 0o100644 })));
}

function packed(
  files: readonly { readonly path: string; readonly bytes: Buffer; readonly mode: number }[],
): Promise<Buffer> {
  const zip = new ZipFile();
  for (const { path, bytes, mode } of files) zip.addBuffer(bytes, path, { ...TIME, mode });
  zip.end();
  return buffer(zip.outputStream);
}

/**
 * Unpacks an archive into a folder, which is made.
 * @throws ZipError
 */
export async function unzip(bytes: Uint8Array, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const zip = await new Promise<Unzip>((resolve, reject) => {
    fromBuffer(Buffer.from(bytes), { lazyEntries: true }, (error, opened) => {
      if (error) reject(new ZipError(error.message));
      else resolve(opened);
    });
  });
  await new Promise<void>((resolve, reject) => {
    const fail = (error: unknown): void => {
      reject(new ZipError(error instanceof Error ? error.message : String(error)));
    };
    zip.on('error', fail).on('end', resolve);
    zip.on('entry', (entry: Entry) => {
      unpack(zip, entry, folder).then(() => {
        zip.readEntry();
      }, fail);
    });
    zip.readEntry();
  });
}

async function unpack(zip: Unzip, entry: Entry, folder: string): Promise<void> {
  const file = join(folder, entry.fileName);
  if (entry.fileName.endsWith('/')) {
    mkdirSync(file, { recursive: true });
    return;
  }
  const bytes = await new Promise<Buffer>((resolve, reject) => {
    zip.openReadStream(entry, (error, stream) => {
      if (error) reject(error);
      else buffer(stream).then(resolve, reject);
    });
  });
  mkdirSync(dirname(file), { recursive: true });
  const isExecutable = ((entry.externalFileAttributes >>> 16) & 0o111) !== 0;
  writeFileSync(file, bytes, { mode: isExecutable ? 0o755 : 0o644 });
}
