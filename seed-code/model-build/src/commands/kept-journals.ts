// Where jobs left the journals that could not be sent: folders, prefixes of a bucket, and the output.tar.gz of training jobs.
import { mkdir, mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { extract } from 'tar';
import { JOURNAL_FILE, JournalError } from '../tracking';
import { placeAt } from './data-flags';

const ARCHIVE = /\.tar\.gz$/;

/**
 * Folders of this machine with a journal each. What is in a bucket is copied; there it stays, and sent twice it does no harm.
 * @param name a folder, an `s3://` prefix, or the `s3://` URI of an output.tar.gz
 * @param copies where the copies go
 * @throws JournalError when there is none
 */
export async function keptJournals(name: string, copies: string): Promise<string[]> {
  const folder = name.startsWith('s3://') ? await copied(name, copies) : name;
  const found = await journalsIn(folder);
  if (found.length > 0) return found;
  throw new JournalError(`${name} holds no ${JOURNAL_FILE}: name what tracking left, or the output of a job.`);
}

async function copied(uri: string, copies: string): Promise<string> {
  const folder = await mkdtemp(join(copies, 'journals-'));
  if (ARCHIVE.test(uri)) {
    const archive = join(folder, 'output.tar.gz');
    const at = uri.lastIndexOf('/');
    await writeFile(archive, await placeAt(uri.slice(0, at)).read(uri.slice(at + 1)));
    await extract({ file: archive, cwd: folder });
    return folder;
  }
  const place = placeAt(uri);
  for (const { path } of await place.list()) {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, await place.read(path));
  }
  return folder;
}

async function journalsIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile() && entry.name === JOURNAL_FILE)
    .map(({ parentPath }) => parentPath)
    .sort();
}
