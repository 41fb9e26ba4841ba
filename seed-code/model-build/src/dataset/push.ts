// Pushes a folder as an immutable data version: each image once, under its content's hash; then the manifest under its own.
import { DataFolderError, someOf } from './errors';
import { scanFolder } from './folder';
import { recordOf } from './image-record';
import { inParallel } from './in-parallel';
import type { ObjectStore } from './object-store';
import type { ImageRecord } from './records';
import { DATA_KEYS, dataVersion } from './version';

export interface PushOptions {
  readonly dir: string;
  /** The project's classes, which count where the folder names none. */
  readonly classes: readonly string[];
  /** Whether the folder's classes may differ from the project's; they then count. */
  readonly allowOtherClasses: boolean;
  /** Whether this becomes the version that was pushed last. @default true */
  readonly latest?: boolean;
  /** Null for a dry run, which reads everything and writes nothing. */
  readonly store: ObjectStore | null;
  readonly onProgress: (progress: PushProgress) => void;
}

/** Images that are in the bucket, or in a dry run could be; one that cannot be read is never done. */
export interface PushProgress {
  readonly done: number;
  readonly total: number;
}

export interface PushSummary {
  readonly version: string;
  readonly images: number;
  readonly bytes: number;
  readonly classes: readonly string[];
  /** Objects that were not there yet. */
  readonly uploaded: number;
  readonly warnings: readonly string[];
}

/** Images in flight; each is held in memory whole. */
const CONCURRENCY = 4;

/**
 * Can be interrupted and run again: objects that are there already are not sent once more.
 * @throws DataFolderError when the folder, its classes or an image cannot be used
 */
export async function pushVersion({
  dir,
  store,
  onProgress,
  latest = true,
  ...options
}: PushOptions): Promise<PushSummary> {
  const folder = await scanFolder(dir);
  const agreed = agreedClasses(dir, folder.classes, options);
  const records: ImageRecord[] = [];
  const unreadable: string[] = [];
  let [done, uploaded] = [0, 0];
  await inParallel(folder.images, CONCURRENCY, async (image) => {
    const bytes = await folder.place.read(image.path);
    const record = await recordOf(folder, image, bytes);
    if (record) {
      records.push(record);
      if (store && (await upload(store, record.object, bytes))) uploaded += 1;
    } else {
      unreadable.push(image.path);
      return;
    }
    done += 1;
    onProgress({ done, total: folder.images.length });
  });
  if (unreadable.length > 0) {
    throw new DataFolderError(
      `${unreadable.length} files of ${dir} are no images that can be read, ${someOf(unreadable.sort())}: repair or remove them.`,
    );
  }

  const { unique, repeated } = oncePerObject(records);
  const { hash, header, manifest } = dataVersion(agreed, unique);
  if (store) {
    await store.create(DATA_KEYS.manifest(hash), manifest);
    if (latest) await store.replace(DATA_KEYS.latest, Buffer.from(`${JSON.stringify({ version: hash })}\n`));
  }
  return {
    version: hash,
    images: header.images,
    bytes: header.bytes,
    classes: agreed,
    uploaded,
    warnings: warningsOf({
      'label files belong to no image': folder.labelsWithoutImage,
      'images are of a format that is not read (JPEG, PNG, TIFF and WebP are)': folder.unsupported,
      'images repeat another’s content and were left out': repeated,
      'images are cut short; preprocessing will drop them': unique.flatMap(({ hash, path }) =>
        hash === null ? path : [],
      ),
      'images have no label file and count as background': unique.flatMap(({ labels, path }) =>
        labels === null ? path : [],
      ),
    }),
  };
}

function agreedClasses(
  dir: string,
  stated: readonly string[] | null,
  { classes, allowOtherClasses }: Pick<PushOptions, 'classes' | 'allowOtherClasses'>,
): readonly string[] {
  if (!stated || JSON.stringify(stated) === JSON.stringify(classes)) return classes;
  if (allowOtherClasses) return stated;
  throw new DataFolderError(
    `${dir} has the classes ${stated.join(', ')} where the project has ${classes.join(', ')}: change \`classes\` in .projenrc.ts ` +
      'and run `npx projen`, or push with --allow-other-classes.',
  );
}

/** @returns whether the object was not there yet */
async function upload(store: ObjectStore, object: string, bytes: Buffer): Promise<boolean> {
  const key = DATA_KEYS.object(object);
  // Asked first, because a refused PutObject has sent its body by the time it is refused.
  return !(await store.exists(key)) && (await store.create(key, bytes));
}

/** One record for each content: the first by path. */
function oncePerObject(records: ImageRecord[]): { unique: ImageRecord[]; repeated: string[] } {
  const seen = new Set<string>();
  const unique: ImageRecord[] = [];
  const repeated: string[] = [];
  for (const record of records.sort((a, b) => (a.path < b.path ? -1 : 1))) {
    const [content = ''] = record.object.split('.');
    if (seen.has(content)) repeated.push(record.path);
    else unique.push(record);
    seen.add(content);
  }
  return { unique, repeated };
}

function warningsOf(findings: Readonly<Record<string, readonly string[]>>): string[] {
  return Object.entries(findings).flatMap(([what, names]) =>
    names.length === 0 ? [] : [`${names.length} ${what}: ${someOf(names)}.`],
  );
}
