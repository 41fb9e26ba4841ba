// What holds of every labelled set, whatever format it comes from: no empty box, no object twice, no image twice, classes as asked.
import { FormatError } from './errors';
import type { LabelledImage, LabelledObject, LabelledSet } from './labelled-image';
import type { Losses } from './losses';

/**
 * The set without boxes that have no width or height, and with each object once, as training reads it.
 * @throws FormatError while it is walked, when two images have one path, or a path leads out of the image folder
 */
export function soundSet(set: LabelledSet, losses: Losses): LabelledSet {
  const seen = new Set<string>();
  const sound = (image: LabelledImage): LabelledImage => {
    checkPath(image.path);
    if (seen.has(image.path)) {
      throw new FormatError(`The source names the image ${image.path} twice: keep one entry, with all of its objects.`);
    }
    seen.add(image.path);
    const full = image.objects.filter(({ box }) => box[2] > box[0] && box[3] > box[1]);
    const unique = [...new Map(full.map((object) => [JSON.stringify(sorted(object)), object])).values()];
    losses.add('empty-box', image.path, image.objects.length - full.length);
    losses.add('duplicate-object', image.path, full.length - unique.length);
    return { ...image, objects: unique };
  };
  return { ...set, images: mapped(set.images, sound) };
}

/**
 * The set with these classes, in this order; objects of others are left out, regions without a class stay.
 * @throws FormatError when the set has no such class
 */
export function withClasses(set: LabelledSet, classes: readonly string[], losses: Losses): LabelledSet {
  const missing = classes.find((name) => !set.classes.includes(name));
  if (missing !== undefined) {
    throw new FormatError(
      `The source has no class ${JSON.stringify(missing)}: it has ${set.classes.map((name) => JSON.stringify(name)).join(', ')}.`,
    );
  }
  const indexOf = set.classes.map((name) => classes.indexOf(name));
  const select = (image: LabelledImage): LabelledImage => {
    const objects = image.objects.flatMap((object): LabelledObject[] => {
      if (typeof object.label !== 'number') return [object];
      const label = indexOf[object.label];
      return label < 0 ? [] : [{ ...object, label }];
    });
    losses.add('unknown-class', image.path, image.objects.length - objects.length);
    return { ...image, objects };
  };
  return { ...set, classes, images: mapped(set.images, select) };
}

/** A path from a file that someone sent must not read or write beyond the folders that the user named. */
function checkPath(path: string): void {
  const parts = path.split(/[/\\]/);
  if (path === '' || parts.includes('..') || parts.includes('') || /^[a-z]:/i.test(path)) {
    throw new FormatError(
      `The source names an image ${JSON.stringify(path)}: make it a path inside the image folder, with "/" between its parts.`,
    );
  }
}

async function* mapped<T>(items: AsyncIterable<T>, change: (item: T) => T): AsyncGenerator<T, void> {
  for await (const item of items) yield change(item);
}

function sorted(object: LabelledObject): [string, unknown][] {
  return Object.entries(object)
    .filter(([, value]) => value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
}
