// COCO annotations: one JSON file of images, categories and annotations. Holds crowds, ignored objects, areas and scores.
import { createWriteStream } from 'node:fs';
import { basename, extname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { checkClassNames, nameOf, textOf } from '../dataset';
import { FormatError } from './errors';
import { findImage, imageSize } from './image-files';
import type {
  ImageFile,
  LabelFormat,
  LabelledImage,
  LabelledObject,
  LabelledSet,
  ReadOptions,
  WriteOptions,
} from './labelled-image';
import type { Losses } from './losses';
import { boxOfSides, sidesOf, tidy } from './sides';

/**
 * - The file is read into memory whole (at most 512 MB, as long as a string may be), and written image by image.
 * - Classes rank by category id, as in pycocotools. Ids may be numbers or text; annotation ids are not read, so 0 and repeated
 *   ones are welcome. All ids are given anew: from 1, since pycocotools takes a match with annotation 0 for none.
 * - Boxes are pixels and may reach beyond the frame. Width and height are the entry's, else the image file's.
 * - pycocotools puts `iscrowd` in the place of `ignore`, so an ignored object is written with both.
 */
export const coco: LabelFormat = { holdsImages: false, read, write };

const id = z.union([z.number(), z.string()]);
const flag = z.union([z.literal(0), z.literal(1), z.boolean()]).optional();
const imageEntry = z.looseObject({
  id,
  file_name: z.string(),
  width: z.number().positive().optional(),
  height: z.number().positive().optional(),
});
const annotationEntry = z.looseObject({
  image_id: id,
  category_id: id,
  bbox: z.tuple([z.number(), z.number(), z.number(), z.number()]),
  area: z.number().nullish(),
  iscrowd: flag,
  ignore: flag,
  score: z.number().nullish(),
});
const annotationsFile = z.looseObject({
  images: z.array(imageEntry),
  categories: z.array(z.looseObject({ id, name: z.string() })),
  annotations: z.array(annotationEntry),
});

type Id = z.infer<typeof id>;
type Annotation = z.infer<typeof annotationEntry>;

const SHAPES = ['segmentation', 'keypoints'];
/** Keys that say nothing that the box does not, or that are given anew. */
const IMPLIED = new Set(['id', 'image_id', 'category_id', 'name', 'num_keypoints', ...SHAPES]);

async function read(file: string, { place, images: dir, select, losses }: ReadOptions): Promise<LabelledSet> {
  const source = nameOf(place, file);
  const { images, annotations, categories: named, ...others } = parseFile(source, await place.read(file));
  const categories = [...named].sort((a, b) => compareIds(a.id, b.id));
  const classes = checkClassNames(
    categories.map(({ name }) => name),
    source,
  );
  const labelOf = new Map(categories.map((category, index) => [category.id, index]));
  const annotationsOf = new Map<Id, Annotation[]>(images.map((image) => [image.id, []]));
  if (annotationsOf.size < images.length || labelOf.size < categories.length) {
    throw new FormatError(
      `${source} gives two images or two categories one id, so that annotations cannot be told apart: number them anew.`,
    );
  }
  for (const annotation of annotations) {
    const ofImage = annotationsOf.get(annotation.image_id);
    if (ofImage) ofImage.push(annotation);
    else losses.add('unknown-image', `image_id ${annotation.image_id}`);
  }
  countRest(others, 'file', losses);
  for (const category of categories) countRest(category, 'categories', losses);
  const chosen = select(images);
  async function* labelled(): AsyncGenerator<LabelledImage, void> {
    for (const { id: image, file_name: path, width, height, ...rest } of chosen) {
      countRest(rest, 'images', losses);
      const found = await findImage(dir ?? place, path);
      const objects = (annotationsOf.get(image) ?? []).flatMap((annotation) => {
        const label = labelOf.get(annotation.category_id);
        if (label === undefined) losses.add('unknown-class', path);
        return label === undefined ? [] : [objectOf(annotation, label, path, losses)];
      });
      yield { path, file: found, ...(await sizeOf(path, found, width, height)), objects };
    }
  }
  return { classes, total: chosen.length, images: labelled() };
}

function parseFile(source: string, bytes: Buffer): z.infer<typeof annotationsFile> {
  let value: unknown;
  try {
    value = JSON.parse(textOf(bytes));
  } catch (error) {
    throw new FormatError(`${source} cannot be read as JSON: ${(error as Error).message}`);
  }
  if (Array.isArray(value)) {
    throw new FormatError(`${source} holds COCO results, not annotations: give the file with images and categories.`);
  }
  const parsed = annotationsFile.safeParse(value);
  if (parsed.success) return parsed.data;
  const [{ path, message }] = parsed.error.issues;
  throw new FormatError(`${source} is not a COCO annotations file: ${path.join('.')}: ${message}`);
}

async function sizeOf(path: string, file: ImageFile | null, width?: number, height?: number) {
  if (width !== undefined && height !== undefined) return { width, height };
  if (file !== null) return imageSize(file);
  throw new FormatError(
    `${path} has no width and height, and its file is not found: say where the images are with --images.`,
  );
}

function objectOf(annotation: Annotation, label: number, path: string, losses: Losses): LabelledObject {
  const { bbox, area, iscrowd, ignore, score, ...rest } = annotation;
  const [left, top, width, height] = bbox;
  countRest(rest, 'annotations', losses);
  if (SHAPES.some((shape) => hasShape(rest[shape]))) losses.add('shape-dropped', path);
  const ownArea = area == null || sameArea(area, width * height) ? undefined : area;
  return {
    box: boxOfSides({ left, top, width, height }),
    label,
    ...(ignore ? { role: 'ignored' } : iscrowd ? { role: 'crowd' } : {}),
    ...(ownArea === undefined ? {} : { area: ownArea }),
    ...(score ? { score } : {}),
  };
}

async function write({ classes, images }: LabelledSet, target: string, { ids, losses }: WriteOptions): Promise<void> {
  const first = ids === 'numbered' ? 1 : 0;
  const entries = new Map<Id, string>();
  async function* chunks(): AsyncGenerator<string, void> {
    const categories = classes.map((name, index) => ({ id: index + first, name }));
    yield `{"categories":${JSON.stringify(categories)},\n"annotations":[`;
    let count = 0;
    for await (const image of images) {
      const { path, width, height } = image;
      const imageId = ids === 'numbered' ? entries.size + 1 : predictedId(path);
      if (entries.has(imageId)) {
        throw new FormatError(
          `${path} and another image would have the id ${imageId}: rename one, or number the images.`,
        );
      }
      entries.set(imageId, JSON.stringify({ id: imageId, file_name: path, width, height }));
      for (const [object, category] of heldObjects(image, losses)) {
        count += 1;
        const entry = { id: count, image_id: imageId, category_id: category + first, ...annotationOf(object) };
        yield `${count === 1 ? '' : ','}\n${JSON.stringify(entry)}`;
      }
    }
    yield `],\n"images":[\n${[...entries.values()].join(',\n')}]}\n`;
  }
  await pipeline(chunks(), createWriteStream(target));
}

function heldObjects({ path, objects }: LabelledImage, losses: Losses): [LabelledObject, number][] {
  return objects.flatMap((object): [LabelledObject, number][] => {
    const { label, truncation, occlusion } = object;
    if (typeof label !== 'number') {
      losses.add('region-dropped', path);
      return [];
    }
    if (truncation || occlusion) losses.add('visibility-dropped', path);
    return [[object, label]];
  });
}

function annotationOf({ box, role, area, score }: LabelledObject) {
  const { left, top, width, height } = sidesOf(box);
  return {
    bbox: [left, top, width, height],
    area: area ?? tidy(width * height),
    iscrowd: role ? 1 : 0,
    ...(role === 'ignored' ? { ignore: 1 } : {}),
    ...(score === undefined ? {} : { score }),
  };
}

/** As Ultralytics and `predict` name an image: by its stem, a number where it is one. */
function predictedId(path: string): Id {
  const stem = basename(path, extname(path));
  return /^\d+$/.test(stem) ? Number(stem) : stem;
}

/** Numbers before text, as pycocotools would sort either. */
function compareIds(a: Id, b: Id): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a !== typeof b) return typeof a === 'number' ? -1 : 1;
  return a < b ? -1 : 1;
}

function hasShape(shape: unknown): boolean {
  return Array.isArray(shape) ? shape.length > 0 : shape != null;
}

/** Whether two areas differ by no more than what is lost in text of six digits. */
function sameArea(a: number, b: number): boolean {
  return Math.abs(a - b) <= 1e-6 * Math.max(Math.abs(a), Math.abs(b));
}

function countRest(rest: Readonly<Record<string, unknown>>, where: string, losses: Losses): void {
  for (const [key, value] of Object.entries(rest)) {
    if (value !== undefined && !IMPLIED.has(key)) losses.add('attribute-dropped', `${where}.${key}`);
  }
}
