// Evaluates a COCO results file against a COCO annotations file, as pycocotools would load them.
import { readFile } from 'node:fs/promises';
import { CROWD, detectionColumns, sliceColumns, truthColumns, type BoxColumns } from './boxes';
import { DetectionEvaluation, EvaluationError, type EvaluationOptions } from './evaluation';
import { JsonCursor } from './json-cursor';
import { compareIds, type ImageId } from './matched-detections';
import { groupByBucket } from './sort';

/** Annotations or results as they stand in a file, in columns. */
interface Entries {
  readonly image: ImageId[];
  readonly category: ImageId[];
  readonly x: number[];
  readonly y: number[];
  readonly width: number[];
  readonly height: number[];
  /** NaN where an entry has none. */
  readonly score: number[];
  readonly area: number[];
  readonly crowd: number[];
}

/** Index by id, ids ascending. */
type Index = ReadonlyMap<ImageId, number>;

/**
 * Loads both files and evaluates them. As in pycocotools, images and categories rank by id, `ignore` gives way to `iscrowd`,
 * and detections of categories that the annotations do not name are left out.
 * @throws JsonError or EvaluationError that names the file and the entry
 */
export async function evaluateCocoFiles(
  truthFile: string,
  detectionsFile: string,
  options: Omit<EvaluationOptions, 'classes'> = {},
): Promise<DetectionEvaluation> {
  const truth = readTruth(await readFile(truthFile), truthFile);
  const detections = readDetections(await readFile(detectionsFile), detectionsFile);
  const truthsOf = byImage(truth.annotations, truth, truthFile, truthColumns, (columns, row, entry) => {
    const { area, crowd, width, height } = truth.annotations;
    columns.area[row] = Number.isNaN(area[entry]) ? width[entry] * height[entry] : area[entry];
    columns.flag[row] = crowd[entry] === 1 ? CROWD : 0;
  });
  const detectionsOf = byImage(detections, truth, detectionsFile, detectionColumns, (columns, row, entry) => {
    columns.score[row] = detections.score[entry];
  });
  const evaluation = new DetectionEvaluation({ ...options, classes: truth.classes });
  for (const [id, image] of truth.images) evaluation.addColumns(id, truthsOf(image), detectionsOf(image));
  return evaluation;
}

function readTruth(bytes: Buffer, file: string) {
  const images: ImageId[] = [];
  const names = new Map<ImageId, string>();
  let annotations: Entries | undefined;
  const cursor = new JsonCursor(bytes, file);
  cursor.object((key) => {
    if (key === 'images') {
      cursor.array(() => {
        images.push(readNamed(cursor, file, 'image').id);
      });
    } else if (key === 'categories') {
      cursor.array(() => {
        const { id, name } = readNamed(cursor, file, 'category');
        names.set(id, name);
      });
    } else if (key === 'annotations') annotations = readEntries(cursor, file);
    else cursor.skip();
  });
  cursor.end();
  if (annotations === undefined || images.length === 0 || names.size === 0) {
    throw new EvaluationError(`${file} is not a COCO annotations file: it needs images, categories and annotations.`);
  }
  const categories = indexOf([...names.keys()]);
  return {
    images: indexOf(images),
    categories,
    classes: [...categories.keys()].map((id) => names.get(id) ?? String(id)),
    annotations,
  };
}

function readDetections(bytes: Buffer, file: string): Entries {
  const cursor = new JsonCursor(bytes, file);
  const entries = readEntries(cursor, file);
  cursor.end();
  const without = entries.score.findIndex(Number.isNaN);
  if (without !== -1) throw new EvaluationError(`${file}: entry ${without} has no score.`);
  return entries;
}

function readNamed(cursor: JsonCursor, file: string, what: string): { id: ImageId; name: string } {
  let id: ImageId | undefined;
  let name = '';
  cursor.object((key) => {
    if (key === 'id') id = readId(cursor);
    else if (key === 'name') name = cursor.string();
    else cursor.skip();
  });
  if (id === undefined) throw new EvaluationError(`${file}: a ${what} has no id.`);
  return { id, name };
}

function readEntries(cursor: JsonCursor, file: string): Entries {
  const entries: Entries = {
    ...{ image: [], category: [], x: [], y: [], width: [], height: [] },
    ...{ score: [], area: [], crowd: [] },
  };
  const box = [0, 0, 0, 0];
  cursor.array((index) => {
    let image: ImageId | undefined;
    let category: ImageId | undefined;
    let sides = 0;
    let score = NaN;
    let area = NaN;
    let crowd = 0;
    cursor.object((key) => {
      if (key === 'image_id') image = readId(cursor);
      else if (key === 'category_id') category = readId(cursor);
      else if (key === 'score') score = cursor.number();
      else if (key === 'area') area = cursor.number();
      else if (key === 'iscrowd') crowd = cursor.number();
      else if (key === 'bbox') {
        sides = 0;
        cursor.array((side) => {
          box[side] = cursor.number();
          sides += 1;
        });
      } else cursor.skip();
    });
    if (image === undefined || category === undefined || sides !== 4) {
      throw new EvaluationError(`${file}: entry ${index} needs image_id, category_id and a bbox of four numbers.`);
    }
    entries.image.push(image);
    entries.category.push(category);
    entries.x.push(box[0]);
    entries.y.push(box[1]);
    entries.width.push(box[2]);
    entries.height.push(box[3]);
    entries.score.push(score);
    entries.area.push(area);
    entries.crowd.push(crowd);
  });
  return entries;
}

function readId(cursor: JsonCursor): ImageId {
  return cursor.isString() ? cursor.string() : cursor.number();
}

function indexOf(ids: readonly ImageId[]): Index {
  return new Map([...ids].sort(compareIds).map((id, index) => [id, index]));
}

/** Brings entries into columns, image by image and else in the file's order; returns those of the image at an index. */
function byImage<T extends BoxColumns>(
  entries: Entries,
  { images, categories }: { readonly images: Index; readonly categories: Index },
  file: string,
  columnsOf: (length: number) => T,
  fill: (columns: T, row: number, entry: number) => void,
): (image: number) => T {
  const imageOf = Int32Array.from(entries.image, (id, entry) => {
    const image = images.get(id);
    if (image === undefined) throw new EvaluationError(`${file}: entry ${entry} is of an unknown image, ${id}.`);
    return image;
  });
  const classOf = Int32Array.from(entries.category, (id) => categories.get(id) ?? -1);
  const known = Uint32Array.from(classOf.keys()).filter((entry) => classOf[entry] !== -1);
  const { order, starts } = groupByBucket(known, imageOf, images.size);
  const columns = columnsOf(order.length);
  for (const [row, entry] of order.entries()) {
    columns.classIndex[row] = classOf[entry];
    columns.x[row] = entries.x[entry];
    columns.y[row] = entries.y[entry];
    columns.width[row] = entries.width[entry];
    columns.height[row] = entries.height[entry];
    fill(columns, row, entry);
  }
  return (image) => sliceColumns(columns, starts[image], starts[image + 1]);
}
