// VisDrone-DET: `images/…` and `annotations/….txt`. Holds ignored objects, ignored regions, truncation and occlusion; whole pixels.
// Format: the toolkit's README, https://github.com/VisDrone/VisDrone2018-DET-toolkit
import { scanFolder } from '../dataset';
import type {
  LabelFormat,
  LabelledImage,
  LabelledObject,
  LabelledSet,
  ReadOptions,
  WriteOptions,
} from './labelled-image';
import { readFolder, writeFolder } from './labelled-folder';
import type { Losses } from './losses';
import { boxOfSides } from './sides';

/**
 * A row is `left,top,width,height,score,category,truncation,occlusion`, with or without a comma at its end.
 * - Score 0: ignored by evaluation; 1: counted; between them, in files of results: the confidence.
 * - Category 0: an ignored region; 11: others; 1 to 10: the classes, which are fixed, each one less here.
 * - A row of other length, or with a value that is no number, is left out and counted; so is a category above 11.
 * - Written: boxes rounded to whole pixels, at least one wide; objects of other classes left out; a crowd becomes an ignored object.
 */
export const visdrone: LabelFormat = { holdsImages: true, read, write };

/** VisDrone's categories 1 to 10. */
export const VISDRONE_CLASSES = [
  'pedestrian',
  'people',
  'bicycle',
  'car',
  'van',
  'truck',
  'tricycle',
  'awning-tricycle',
  'bus',
  'motor',
] as const;

const IGNORED_REGION = 0;
const OTHERS = VISDRONE_CLASSES.length + 1;
const FOLDER = 'annotations';

async function read(_: string, options: ReadOptions): Promise<LabelledSet> {
  const folder = await scanFolder(options.place, FOLDER);
  return readFolder(folder, options, VISDRONE_CLASSES, (rows, { path }) => parseRows(rows ?? '', path, options.losses));
}

function parseRows(text: string, path: string, losses: Losses): LabelledObject[] {
  return text.split(/\r\n|\n|\r/).flatMap((line): LabelledObject[] => {
    const row = line.trim().replace(/,$/, '');
    if (row === '') return [];
    const values = row.split(',').map((value) => (value.trim() === '' ? NaN : Number(value)));
    const [left, top, width, height, score, category, truncation, occlusion] = values;
    if (values.length !== 8 || !values.every(Number.isFinite)) {
      losses.add('row-unreadable', path);
      return [];
    }
    const label = labelOf(category);
    if (label === null) {
      losses.add('unknown-class', path);
      return [];
    }
    const box = boxOfSides({ left, top, width, height });
    const standing: Partial<LabelledObject> = score === 0 ? { role: 'ignored' } : score === 1 ? {} : { score };
    return [{ box, label, ...standing, ...visibility(truncation, occlusion) }];
  });
}

function labelOf(category: number): LabelledObject['label'] | null {
  if (category === IGNORED_REGION) return 'ignored-region';
  if (category === OTHERS) return 'others';
  return VISDRONE_CLASSES[category - 1] === undefined ? null : category - 1;
}

function visibility(truncation: number, occlusion: number): Pick<LabelledObject, 'truncation' | 'occlusion'> {
  return { ...(truncation === 0 ? {} : { truncation }), ...(occlusion === 0 ? {} : { occlusion }) };
}

function write({ classes, images }: LabelledSet, target: string, options: WriteOptions): Promise<void> {
  // By name: a set of other classes may share some of these. The cast widens the tuple's element type for the search.
  const categoryOf = classes.map((name) => (VISDRONE_CLASSES as readonly string[]).indexOf(name) + 1);
  return writeFolder(images, target, options, FOLDER, (image) => rowsOf(image, categoryOf, options.losses));
}

function rowsOf({ path, objects }: LabelledImage, categoryOf: readonly number[], losses: Losses): string {
  const rows = objects.map(({ box, label, role, area, score, truncation = 0, occlusion = 0 }) => {
    const category = label === 'ignored-region' ? IGNORED_REGION : label === 'others' ? OTHERS : categoryOf[label];
    if (label !== 'ignored-region' && category === 0) {
      losses.add('unknown-class', path);
      return '';
    }
    if (role === 'crowd') losses.add('crowd-ignored', path);
    if (area !== undefined) losses.add('area-dropped', path);
    if (score !== undefined) losses.add('score-dropped', path);
    const [left, top, right, bottom] = box.map(Math.round);
    if (box.some((value) => Math.abs(value - Math.round(value)) > WHOLE)) losses.add('box-rounded', path);
    const sides = [Math.max(right - left, 1), Math.max(bottom - top, 1)];
    return `${[left, top, ...sides, role ? 0 : 1, category, truncation, occlusion].join(',')}\n`;
  });
  return rows.join('');
}

/** How far from a whole pixel a box may be and still be called whole: what a row of YOLO text rounds away. */
const WHOLE = 1e-3;
