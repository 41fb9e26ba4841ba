// Evaluates a COCO results file against a COCO annotations file, as pycocotools would load them.
import { readFileSync } from 'node:fs';
import {
  CROWD,
  detectionColumns,
  truthColumns,
  type BoxColumns,
  type DetectionColumns,
  type TruthColumns,
} from './boxes';
import { DetectionEvaluation, EvaluationError, type EvaluationOptions } from './evaluation';
import { JsonCursor } from './json-cursor';
import { compareIds, type ImageId } from './matched-detections';
import { groupByBucket, indices } from './sort';

/** Index by id, ids ascending. */
type Index = ReadonlyMap<ImageId, number>;

/** What the annotations file says besides its annotations. */
interface Catalogue {
  readonly images: Index;
  readonly categories: Index;
  /** Category names, in the order of {@link categories}. */
  readonly classes: readonly string[];
}

/**
 * Loads both files and evaluates them. As in pycocotools, images and categories rank by id, `ignore` gives way to `iscrowd`,
 * and detections of categories that the annotations do not name are left out.
 * @throws JsonError or EvaluationError that names the file and the entry
 */
export function evaluateCocoFiles(
  truthFile: string,
  detectionsFile: string,
  options: Omit<EvaluationOptions, 'classes'> = {},
): DetectionEvaluation {
  const truth = readFileSync(truthFile);
  const catalogue = readCatalogue(truth, truthFile);
  const truthsOf = readAnnotations(truth, truthFile, catalogue);
  const detectionsOf = readResults(readFileSync(detectionsFile), detectionsFile, catalogue);
  const evaluation = new DetectionEvaluation({ ...options, classes: catalogue.classes });
  for (const [id, image] of catalogue.images) evaluation.addColumns(id, truthsOf(image), detectionsOf(image));
  return evaluation;
}

function readCatalogue(bytes: Buffer, file: string): Catalogue {
  const images: ImageId[] = [];
  const names = new Map<ImageId, string>();
  const cursor = new JsonCursor(bytes, file);
  cursor.object((key) => {
    if (key === 'images') {
      cursor.array((index) => {
        images.push(readNamed(cursor, `${file}: image ${index}`).id);
      });
    } else if (key === 'categories') {
      cursor.array((index) => {
        const { id, name } = readNamed(cursor, `${file}: category ${index}`);
        names.set(id, name);
      });
    } else cursor.skip();
  });
  cursor.end();
  if (images.length === 0 || names.size === 0) {
    throw new EvaluationError(`${file} is not a COCO annotations file: it has no images or no categories.`);
  }
  const categories = indexOf([...names.keys()]);
  const classes = [...categories.keys()].map((id) => names.get(id) ?? String(id));
  return { images: indexOf(images), categories, classes };
}

function readNamed(cursor: JsonCursor, place: string): { id: ImageId; name: string } {
  let id: ImageId | undefined;
  let name = '';
  cursor.object((key) => {
    if (key === 'id') id = readId(cursor);
    else if (key === 'name') name = cursor.string();
    else cursor.skip();
  });
  if (id === undefined) throw new EvaluationError(`${place} has no id.`);
  return { id, name };
}

function readAnnotations(bytes: Buffer, file: string, catalogue: Catalogue): (image: number) => TruthColumns {
  const entries = new Entries(catalogue, file, bytes.length, ['area', 'iscrowd']);
  const cursor = new JsonCursor(bytes, file);
  cursor.object((key) => {
    if (key === 'annotations') entries.read(cursor);
    else cursor.skip();
  });
  return entries.byImage(truthColumns, (columns, areas, crowds) => {
    for (let row = 0; row < columns.length; row += 1) {
      columns.area[row] = Number.isNaN(areas[row]) ? columns.width[row] * columns.height[row] : areas[row];
      columns.flag[row] = crowds[row] === 1 ? CROWD : 0;
    }
  });
}

function readResults(bytes: Buffer, file: string, catalogue: Catalogue): (image: number) => DetectionColumns {
  const entries = new Entries(catalogue, file, bytes.length, ['score']);
  const cursor = new JsonCursor(bytes, file);
  entries.read(cursor);
  cursor.end();
  return entries.byImage(detectionColumns, (columns, scores) => {
    for (let row = 0; row < columns.length; row += 1) {
      if (Number.isNaN(scores[row])) throw new EvaluationError(`${file}: a result has no score.`);
      columns.score[row] = scores[row];
    }
  });
}

/** Numbers of an entry: its bbox, and at most two more. */
const STRIDE = 6;
/** Bytes of the shortest entry, without its extras. */
const SHORTEST = '{"image_id":0,"category_id":0,"bbox":[0,0,0,0]}'.length;
/** The class of a category that the annotations do not name. */
const UNKNOWN = -1;

/** Annotations or results as they stand in a file, in columns that hold as many as its bytes can. */
class Entries {
  private length = 0;
  private readonly image: Int32Array;
  private readonly classIndex: Int32Array;
  private readonly numbers: Float64Array;
  /** The entry that is being read. */
  private readonly entry: { image?: ImageId; classIndex?: number; sides: number } = { sides: 0 };

  /**
   * @param bytes of the file
   * @param extras keys beside the bbox whose numbers are wanted; NaN where an entry has none
   */
  constructor(
    private readonly catalogue: Catalogue,
    private readonly file: string,
    bytes: number,
    private readonly extras: readonly [string, string?],
  ) {
    // And one that turns out not to be whole. Memory that nothing is written to is not taken.
    const most = Math.floor(bytes / SHORTEST) + 1;
    this.image = new Int32Array(most);
    this.classIndex = new Int32Array(most);
    this.numbers = new Float64Array(most * STRIDE);
  }

  /** Reads an array of entries; those of unknown categories are left out. */
  read(cursor: JsonCursor): void {
    const { images } = this.catalogue;
    // Entries of one image follow one another, mostly.
    let lastImage: ImageId | undefined;
    let imageIndex: number | undefined;
    const readSide = () => {
      this.readSide(cursor);
    };
    const readMember = (key: string) => {
      this.readMember(cursor, key, readSide);
    };
    cursor.array((index) => {
      this.begin();
      cursor.object(readMember);
      const { image, classIndex, sides } = this.entry;
      if (image === undefined || classIndex === undefined || sides !== 4) {
        throw new EvaluationError(
          `${this.file}: entry ${index} needs image_id, category_id and a bbox of four numbers.`,
        );
      }
      if (image !== lastImage) imageIndex = images.get(image);
      lastImage = image;
      if (imageIndex === undefined) {
        throw new EvaluationError(
          `${this.file}: entry ${index} is of image ${image}, which the annotations do not name.`,
        );
      }
      if (classIndex === UNKNOWN) return;
      this.image[this.length] = imageIndex;
      this.classIndex[this.length] = classIndex;
      this.length += 1;
    });
  }

  /** Gives the columns of the image at an index, its entries in the file's order; they hold until the next are asked for. */
  byImage<T extends BoxColumns>(
    columnsOf: (length: number) => T,
    fill: (columns: T, first: Float64Array, second: Float64Array) => void,
  ): (image: number) => T {
    const { order, starts } = groupByBucket(indices(this.length), this.image, this.catalogue.images.size);
    const most = starts.reduce((length, start, image) => Math.max(length, starts[image + 1] - start || 0), 0);
    const buffers = columnsOf(most);
    const [first, second] = [new Float64Array(most), new Float64Array(most)];
    return (image) => {
      const columns = { ...buffers, length: starts[image + 1] - starts[image] };
      for (let row = 0; row < columns.length; row += 1) {
        const entry = order[starts[image] + row];
        const at = entry * STRIDE;
        columns.classIndex[row] = this.classIndex[entry];
        columns.x[row] = this.numbers[at];
        columns.y[row] = this.numbers[at + 1];
        columns.width[row] = this.numbers[at + 2];
        columns.height[row] = this.numbers[at + 3];
        first[row] = this.numbers[at + 4];
        second[row] = this.numbers[at + 5];
      }
      fill(columns, first, second);
      return columns;
    };
  }

  private begin(): void {
    this.entry.image = undefined;
    this.entry.classIndex = undefined;
    this.entry.sides = 0;
    this.numbers[this.length * STRIDE + 4] = NaN;
    this.numbers[this.length * STRIDE + 5] = NaN;
  }

  private readMember(cursor: JsonCursor, key: string, readSide: () => void): void {
    if (key === 'image_id') this.entry.image = readId(cursor);
    else if (key === 'category_id') this.entry.classIndex = this.catalogue.categories.get(readId(cursor)) ?? UNKNOWN;
    else if (key === 'bbox') cursor.array(readSide);
    else if (key === this.extras[0]) this.numbers[this.length * STRIDE + 4] = cursor.number();
    else if (key === this.extras[1]) this.numbers[this.length * STRIDE + 5] = cursor.number();
    else cursor.skip();
  }

  private readSide(cursor: JsonCursor): void {
    const side = cursor.number();
    if (this.entry.sides < 4) this.numbers[this.length * STRIDE + this.entry.sides] = side;
    this.entry.sides += 1;
  }
}

function readId(cursor: JsonCursor): ImageId {
  return cursor.isString() ? cursor.string() : cursor.number();
}

function indexOf(ids: readonly ImageId[]): Index {
  return new Map([...ids].sort(compareIds).map((id, index) => [id, index]));
}
