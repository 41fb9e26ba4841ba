// `model.tar.gz` and `output.tar.gz`, as SageMaker makes and opens them.
import { create, extract } from 'tar';

/**
 * Packs files into a gzipped tar. The same files give the same bytes: neither times nor owners are kept.
 * @param paths relative to `folder`, in the order of the archive
 */
export async function pack(folder: string, paths: readonly string[], archive: string): Promise<void> {
  await create({ file: archive, cwd: folder, gzip: true, portable: true, noMtime: true }, [...paths]);
}

/** Unpacks a gzipped tar into a folder, which exists; nothing is written outside of it. */
export async function unpack(archive: string, folder: string): Promise<void> {
  await extract({ file: archive, cwd: folder, strict: true });
}
