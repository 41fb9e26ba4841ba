// `model.tar.gz`, in and out. The same content gives the same bytes.
import { mkdir, readdir, stat } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { create, extract } from 'tar';

/** Unpacks an archive into `folder`, which is made. */
export async function unpack(archive: string, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await extract({ file: archive, cwd: folder, strict: true });
}

/** Packs what `folder` holds: names sorted, no owner, one time for all. */
export async function pack(folder: string, archive: string): Promise<void> {
  await mkdir(dirname(archive), { recursive: true });
  const names = (await readdir(folder, { recursive: true })).map((name) => name.split(sep).join('/')).sort();
  const files: string[] = [];
  for (const name of names) if ((await stat(join(folder, name))).isFile()) files.push(name);
  await create(
    { file: archive, cwd: folder, gzip: true, portable: true, mtime: new Date(0), noDirRecurse: true, strict: true },
    files,
  );
}
