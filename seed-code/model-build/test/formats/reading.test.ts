// The rules of reading each format.
import { localPlace } from '../../src/dataset';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FormatName } from '../../src/formats';
import { VISDRONE_CLASSES } from '../../src/formats/visdrone';
import { temporaryFolder } from '../dataset/folders';
import { drawImages, objectsOf, readAll, written } from './sets';

/** A folder with the image `a.JPG` of 100 × 50 below images/. */
async function folderOf(files: Record<string, string>): Promise<string> {
  const dir = temporaryFolder(files);
  await drawImages(dir, [{ path: 'images/a.JPG', width: 100, height: 50 }]);
  return dir;
}

function fileOf(content: string): string {
  return join(temporaryFolder({ file: content }), 'file');
}

describe('YOLO', () => {
  const NAMES = { 'data.yaml': 'names: [car]' };

  test('gives pixels, also of boxes that reach beyond the frame', async () => {
    const source = await folderOf({ 'labels/a.TXT': '0 0.02 0.5 0.1 0.2\r\n', ...NAMES });
    const { objects } = await objectsOf('yolo', source);
    expect(objects).toHaveLength(1);
    expect(objects[0].box).toEqual([-3, 20, 7, 30].map((value) => expect.closeTo(value, 9) as number));
  });

  test.each([
    ['a class that is not named', '1 0.5 0.5 0.1 0.1', { 'unknown-class': 1 }],
    ['pixels', '0 50 25 10 10', { 'row-beyond-frame': 1 }],
    ['a polygon', '0 0.1 0.1 0.2 0.2 0.3 0.3', { 'row-unreadable': 1 }],
    ['a word', 'car 0.1 0.1 0.2 0.2', { 'row-unreadable': 1 }],
    ['an empty box', '0 0.1 0.1 0 0.2', { 'empty-box': 1 }],
    ['nothing', '', {}],
  ])('leaves out a row of %s, counted', async (_, row, losses) => {
    await expect(objectsOf('yolo', await folderOf({ 'labels/a.txt': row, ...NAMES }))).resolves.toEqual({
      objects: [],
      losses,
    });
  });

  test('takes the class names given where the folder states none, and needs them', async () => {
    const source = await folderOf({});
    await expect(readAll('yolo', source, { classes: ['car'] })).resolves.toMatchObject({ classes: ['car'] });
    await expect(readAll('yolo', source)).rejects.toThrow(/names no classes: add a dataset yaml/);
  });

  test('names the parts in its yaml when images lie in them, and none otherwise', async () => {
    const image = (path: string) => ({ path, width: 10, height: 10, objects: [] });
    const parts = await written(
      'yolo',
      { classes: ['a: b'], images: [image('train/a.jpg'), image('val/b.jpg')] },
      null,
    );
    expect(readFileSync(join(parts, 'data.yaml'), 'utf8')).toBe(
      'train: images/train\nval: images/val\nnames:\n  0: "a: b"\n',
    );
  });
});

describe('VisDrone', () => {
  test('tells ignored objects, regions and others apart; class is category less one', async () => {
    const rows = ['1,2,3,4,1,4,0,0', '1,2,3,5,0,1,1,2,', '0,0,9,9,0,0,0,0', '5,5,2,2,1,11,0,0', '5,5,2,3,0.7,10,0,0'];
    const { objects, losses } = await objectsOf('visdrone', await folderOf({ 'annotations/a.txt': rows.join('\r\n') }));
    expect(objects).toEqual([
      { box: [1, 2, 4, 6], label: VISDRONE_CLASSES.indexOf('car') },
      { box: [1, 2, 4, 7], label: 0, role: 'ignored', truncation: 1, occlusion: 2 },
      { box: [0, 0, 9, 9], label: 'ignored-region', role: 'ignored' },
      { box: [5, 5, 7, 7], label: 'others' },
      { box: [5, 5, 7, 8], label: 9, score: 0.7 },
    ]);
    expect(losses).toEqual({});
  });

  test.each([
    ['too short', '1,2,3,4,1,4,0', { 'row-unreadable': 1 }],
    ['too long', '1,2,3,4,1,4,0,0,0', { 'row-unreadable': 1 }],
    ['with a gap', '1,,3,4,1,4,0,0', { 'row-unreadable': 1 }],
    ['of category 12', '1,2,3,4,1,12,0,0', { 'unknown-class': 1 }],
  ])('leaves out a row %s, counted', async (_, row, losses) => {
    await expect(objectsOf('visdrone', await folderOf({ 'annotations/a.txt': row }))).resolves.toEqual({
      objects: [],
      losses,
    });
  });
});

describe('COCO', () => {
  const image = { id: 7, file_name: 'a.jpg', width: 100, height: 50 };
  const categories = [
    { id: 90, name: 'bus' },
    { id: 0, name: 'car' },
  ];
  const annotation = { id: 0, image_id: 7, category_id: 0, bbox: [1, 2, 3, 4], area: 12, iscrowd: 0 };
  const coco = (changes: object) =>
    fileOf(JSON.stringify({ images: [image], categories, annotations: [annotation], ...changes }));

  test('ranks classes by category id, and takes annotation id 0', async () => {
    await expect(readAll('coco', coco({}))).resolves.toEqual({
      classes: ['car', 'bus'],
      images: [{ path: 'a.jpg', width: 100, height: 50, objects: [{ box: [1, 2, 4, 6], label: 0 }] }],
    });
  });

  test('tells crowds and ignored objects apart, and keeps an area of its own', async () => {
    const annotations = [
      { ...annotation, iscrowd: 1 },
      { ...annotation, iscrowd: 1, ignore: 1 },
      { ...annotation, ignore: 1, area: 7 },
      { ...annotation, iscrowd: false, area: null, score: 0.5 },
    ];
    const { objects } = await objectsOf('coco', coco({ annotations }));
    expect(objects.map(({ role, area, score }) => [role, area, score])).toEqual([
      ['crowd', undefined, undefined],
      ['ignored', undefined, undefined],
      ['ignored', 7, undefined],
      [undefined, undefined, 0.5],
    ]);
  });

  test('counts what it does not carry over', async () => {
    const annotations = [
      { ...annotation, category_id: 3 },
      { ...annotation, image_id: 8 },
      { ...annotation, segmentation: [[1, 2, 3, 4, 5, 6]], attributes: {} },
    ];
    const { objects, losses } = await objectsOf(
      'coco',
      coco({ annotations, info: {}, categories: [...categories, { id: 91, name: 'van', supercategory: 'x' }] }),
    );
    expect(objects).toHaveLength(1);
    expect(losses).toEqual({ 'attribute-dropped': 3, 'shape-dropped': 1, 'unknown-class': 1, 'unknown-image': 1 });
  });

  test('is written with ids from 1, an ignored object as a crowd that is ignored', async () => {
    const objects = [{ box: [0.1, 0, 0.3, 2] as const, label: 0, role: 'ignored' as const }];
    const source = await written(
      'coco',
      { classes: ['car'], images: [{ path: '007.jpg', width: 9, height: 9, objects }] },
      null,
    );
    expect(JSON.parse(readFileSync(source, 'utf8'))).toEqual({
      categories: [{ id: 1, name: 'car' }],
      annotations: [{ id: 1, image_id: 1, category_id: 1, bbox: [0.1, 0, 0.2, 2], area: 0.4, iscrowd: 1, ignore: 1 }],
      images: [{ id: 1, file_name: '007.jpg', width: 9, height: 9 }],
    });
  });

  test('is written with the ids of predictions where asked, unless two images would share one', async () => {
    const images = ['007.jpg', 'flight/b.jpg'].map((path) => ({ path, width: 9, height: 9, objects: [] }));
    const source = await written('coco', { classes: ['car'], images }, null, { ids: 'as-predicted' });
    expect(JSON.parse(readFileSync(source, 'utf8'))).toMatchObject({
      categories: [{ id: 0 }],
      images: [{ id: 7 }, { id: 'b' }],
    });
    const twice = [...images, { ...images[0], path: 'flight/7.png' }];
    await expect(written('coco', { classes: ['car'], images: twice }, null, { ids: 'as-predicted' })).rejects.toThrow(
      /flight\/7\.png and another image would have the id 7/,
    );
  });

  test.each([
    ['results', '[]', /holds COCO results, not annotations/],
    ['no JSON', '{', /cannot be read as JSON/],
    ['no boxes', JSON.stringify({ images: [], categories: [], annotations: [{}] }), /annotations\.0\.image_id/],
  ])('is refused when it holds %s', async (_, content, message) => {
    await expect(readAll('coco', fileOf(content))).rejects.toThrow(message);
  });

  test('is refused when two images or two classes cannot be told apart', async () => {
    await expect(readAll('coco', coco({ images: [image, image] }))).rejects.toThrow(
      /two images or two categories one id/,
    );
    const numbered = { categories: [...categories, { id: 0, name: 'van' }] };
    await expect(readAll('coco', coco(numbered))).rejects.toThrow(/two images or two categories one id/);
    const named = { categories: [...categories, { id: 4, name: ' car ' }] };
    await expect(readAll('coco', coco(named))).rejects.toThrow(/one name, "car"/);
  });

  test('takes the size of the image file where the entry states none, and needs one', async () => {
    const images = temporaryFolder();
    await drawImages(images, [{ path: 'images/a.jpg', width: 30, height: 20 }]);
    const source = coco({ images: [{ id: 7, file_name: 'a.jpg' }] });
    await expect(readAll('coco', source, { images: localPlace(images) })).resolves.toMatchObject({
      images: [{ width: 30, height: 20 }],
    });
    await expect(readAll('coco', source)).rejects.toThrow(/a\.jpg has no width and height/);
  });
});

describe('Ground Truth', () => {
  const job = (name: string, classMap: Record<string, string>, classId: number, confidence: number) => ({
    [name]: {
      image_size: [{ width: 100, height: 50, depth: 3 }],
      annotations: [{ class_id: classId, left: 1, top: 2, width: 3, height: 4 }],
    },
    [`${name}-metadata`]: {
      objects: [{ confidence }],
      'class-map': classMap,
      type: 'groundtruth/object-detection',
      'human-annotated': 'yes',
      'creation-date': '2026-01-01T00:00:00.000000',
      'job-name': 'labeling-job/x',
    },
  });
  const manifest = (...lines: object[]) =>
    fileOf(`\uFEFF${lines.map((line) => JSON.stringify(line)).join('\r\n\r\n')}`);
  const frame = (name: string) => ({ 'source-ref': `s3://bucket/frames/${name}` });

  test('reads each line by its own class map, and a confidence of 0 as none', async () => {
    const source = manifest(
      { ...frame('a.jpg'), ...job('cars', { 1: 'bus' }, 1, 0) },
      { ...frame('空.jpg'), ...job('cars', { 0: 'car', 3: 'bus' }, 3, 0.9) },
    );
    await expect(readAll('ground-truth', source)).resolves.toEqual({
      classes: ['car', 'bus'],
      images: [
        { path: 'a.jpg', width: 100, height: 50, objects: [{ box: [1, 2, 4, 6], label: 1 }] },
        { path: '空.jpg', width: 100, height: 50, objects: [{ box: [1, 2, 4, 6], label: 1, score: 0.9 }] },
      ],
    });
  });

  test('leaves out lines whose labelling failed, unknown classes and other attributes, counted', async () => {
    const classified = { 'weather-metadata': { 'class-name': 'fog', type: 'groundtruth/image-classification' } };
    const source = manifest(
      { ...frame('a.jpg'), ...job('cars', { 0: 'car' }, 5, 0), weather: 0, ...classified },
      { ...frame('b.jpg'), 'cars-metadata': { 'failure-reason': 'ClientError', 'job-name': 'x' } },
    );
    await expect(objectsOf('ground-truth', source)).resolves.toEqual({
      objects: [],
      losses: { 'attribute-dropped': 2, 'not-labelled': 1, 'unknown-class': 1 },
    });
  });

  test('asks which attribute, when there are several or none says that it is one', async () => {
    const two = { ...frame('a.jpg'), ...job('cars', { 0: 'car' }, 0, 0), ...job('people', { 0: 'person' }, 0, 0) };
    await expect(readAll('ground-truth', manifest(two))).rejects.toThrow(/several label attributes, cars, people/);
    await expect(readAll('ground-truth', manifest(two), { attribute: 'people' })).resolves.toMatchObject({
      classes: ['person'],
    });
    await expect(readAll('ground-truth', manifest(frame('a.jpg')))).rejects.toThrow(/no attribute of the type/);
  });

  test('takes the key as the path without a prefix, and refuses another prefix by line', async () => {
    const source = manifest({ ...frame('a.jpg'), ...job('cars', { 0: 'car' }, 0, 0) });
    await expect(readAll('ground-truth', source, { s3Prefix: null })).resolves.toMatchObject({
      images: [{ path: 'frames/a.jpg' }],
    });
    await expect(readAll('ground-truth', source, { s3Prefix: 's3://bucket/other/' })).rejects.toThrow(
      /line 1 refers to s3:\/\/bucket\/frames\/a\.jpg, which does not begin with/,
    );
  });

  test.each([
    ['{', /line 1 is not JSON/],
    [JSON.stringify({ source: 'text' }), /line 1 is not as Ground Truth writes it: source-ref/],
  ])('names the line of %s', async (content, message) => {
    await expect(readAll('ground-truth', fileOf(content))).rejects.toThrow(message);
  });

  test('is written as the service writes it', async () => {
    const objects = [{ box: [1, 2, 4, 6] as const, label: 1, score: 0.5 }];
    const images = [{ path: 'a.jpg', width: 100, height: 50, objects }];
    const source = await written('ground-truth', { classes: ['car', 'bus'], images }, null);
    expect(JSON.parse(readFileSync(source, 'utf8'))).toEqual({
      'source-ref': 's3://bucket/frames/a.jpg',
      labels: {
        image_size: [{ width: 100, height: 50, depth: 3 }],
        annotations: [{ class_id: 1, left: 1, top: 2, width: 3, height: 4 }],
      },
      'labels-metadata': {
        objects: [{ confidence: 0.5 }],
        'class-map': { 0: 'car', 1: 'bus' },
        type: 'groundtruth/object-detection',
        'human-annotated': 'yes',
        'creation-date': '1970-01-01T00:00:00',
        'job-name': 'labeling-job/convert',
      },
    });
  });
});

test.each<[FormatName]>([['coco'], ['ground-truth']])('a %s file that is not there is named', async (format) => {
  const missing = join(temporaryFolder(), 'missing');
  await expect(readAll(format, missing)).rejects.toThrow(/missing/);
});
