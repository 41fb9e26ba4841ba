// Profiles a folder in YOLO layout: one pass over each image, a few at a time.
import { inParallel, type DataFolder } from '../dataset';
import { ImageError } from '../vision';
import { profileImage, type ImageProfile } from './image-profile';
import { summarise, type Profile } from './profile';

export interface ProfileOptions {
  /** The classes where the folder names none; null where nothing names them. */
  readonly classes: readonly string[] | null;
  /** Images to profile, spread evenly over the folder; all by default. */
  readonly sample?: number | undefined;
  readonly onProgress?: (done: number, total: number) => void;
}

/** Images in flight: each is held whole, and decoding runs beside the loops over pixels. */
const IN_FLIGHT = 4;

/** An image that cannot be read is a finding, not a failure. */
export async function profileFolder(folder: DataFolder, options: ProfileOptions): Promise<Profile> {
  const classes = folder.classes ?? options.classes;
  const chosen = spread(folder.images, options.sample ?? Infinity);
  const images: ImageProfile[] = [];
  const unreadable: { path: string; reason: string }[] = [];
  let done = 0;
  await inParallel(chosen, IN_FLIGHT, async (image) => {
    try {
      images.push(await profileImage(image, classes?.length ?? Infinity));
    } catch (error) {
      if (!(error instanceof ImageError)) throw error;
      unreadable.push({ path: image.path, reason: error.message });
    }
    done += 1;
    options.onProgress?.(done, chosen.length);
  });
  return summarise(
    {
      images: folder.images.length,
      unreadable: unreadable.sort((a, b) => (a.path < b.path ? -1 : 1)),
      unsupported: folder.unsupported,
      labelsWithoutImage: folder.labelsWithoutImage,
      classes: classes ?? numberedClasses(images),
    },
    images,
  );
}

/** Evenly spread over a sorted list, so that every flight is met; the same images in every run. */
export function spread<T>(list: readonly T[], count: number): T[] {
  if (count >= list.length) return [...list];
  return Array.from({ length: count }, (_, index) => list[Math.floor((index * list.length) / count)]);
}

/** Names for classes that only labels tell of. */
function numberedClasses(images: readonly ImageProfile[]): string[] {
  const most = images.reduce((highest, { objects }) => objects.classes.reduce((a, b) => Math.max(a, b), highest), -1);
  return Array.from({ length: most + 1 }, (_, index) => `class ${index}`);
}
