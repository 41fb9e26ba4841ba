// Profiles a folder in YOLO layout: one pass over each image, a few at a time.
import { imageRows, type DataFolder, type FolderImage, type Place, type RowsOptions, type Shard } from '../dataset';
import { ImageError } from '../vision';
import { profileImage, type ImageProfile, type ProfiledObjects } from './image-profile';
import { summarise, type Profile } from './profile';

export interface ProfileOptions {
  /** The classes where the folder names none; null where nothing names them. */
  readonly classes: readonly string[] | null;
  /** Those of the folder's images to profile; all by default. */
  readonly images?: readonly FolderImage[] | undefined;
  /** Where the images' rows are kept, so that an interrupted run can go on; nowhere by default. */
  readonly out?: Place | null | undefined;
  readonly shard?: Shard | null | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface FolderProfile {
  /** Of a shard, its own images alone. */
  readonly profile: Profile;
  /** Images that an earlier run, or another host, had profiled. */
  readonly reused: number;
}

/** Images in flight: each is held whole, and decoding runs beside the loops over pixels. */
const IN_FLIGHT = 4;

/** An image as its row holds it, or why it cannot be read. */
type Row = { readonly path: string; readonly reason: string } | RowProfile;
type RowProfile = Omit<ImageProfile, 'objects'> & {
  readonly objects: { readonly [K in keyof ProfiledObjects]: K extends 'atBorder' ? number : readonly number[] };
};

/** An image that cannot be read is a finding, not a failure. */
export async function profileFolder(folder: DataFolder, options: ProfileOptions): Promise<FolderProfile> {
  const classes = folder.classes ?? options.classes;
  const work: RowsOptions<Row>['work'] = async (image) => {
    try {
      return toRow(await profileImage(folder, image, classes?.length ?? Infinity));
    } catch (error) {
      if (!(error instanceof ImageError)) throw error;
      return { path: image.path, reason: error.message };
    }
  };
  const { rows, reused } = await imageRows<Row>({
    folder,
    images: options.images ?? folder.images,
    kind: 'profile',
    settings: ['drone-mlops/profile@1', classes?.length ?? null],
    out: options.out ?? null,
    shard: options.shard ?? null,
    inFlight: IN_FLIGHT,
    work,
    onProgress: options.onProgress ?? (() => undefined),
    signal: options.signal ?? new AbortController().signal,
  });
  const images = rows.flatMap((row) => ('reason' in row ? [] : [fromRow(row)]));
  const facts = {
    images: folder.images.length,
    unreadable: rows.flatMap((row) => ('reason' in row ? [row] : [])),
    unsupported: folder.unsupported,
    labelsWithoutImage: folder.labelsWithoutImage,
    classes: classes ?? numberedClasses(images),
  };
  return { profile: summarise(facts, images), reused };
}

function toRow({ objects, ...image }: ImageProfile): RowProfile {
  return { ...image, objects: { ...objects, classes: [...objects.classes], sides: [...objects.sides] } };
}

function fromRow({ objects, ...image }: RowProfile): ImageProfile {
  const [classes, sides] = [Uint16Array.from(objects.classes), Float64Array.from(objects.sides)];
  return { ...image, objects: { classes, sides, atBorder: objects.atBorder } };
}

/** Names for classes that only labels tell of. */
function numberedClasses(images: readonly ImageProfile[]): string[] {
  const most = images.reduce((highest, { objects }) => objects.classes.reduce((a, b) => Math.max(a, b), highest), -1);
  return Array.from({ length: most + 1 }, (_, index) => `class ${index}`);
}
