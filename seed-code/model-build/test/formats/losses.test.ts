// What a format cannot hold is counted, whatever it is.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Losses, lossSentence, type FormatName, type LabelledObject } from '../../src/formats';
import { VISDRONE_CLASSES } from '../../src/formats/visdrone';
import { addFiles, temporaryFolder } from '../dataset/folders';
import { converted, drawImages, lossCounts, readAll, written } from './sets';

const CAR = VISDRONE_CLASSES.indexOf('car');

/** One object of everything that some format does not hold, in a frame of 100 × 50. */
const OBJECTS: readonly LabelledObject[] = [
  { box: [10, 10, 20, 20], label: CAR },
  { box: [0, 0, 90, 40], label: CAR, role: 'crowd' },
  { box: [30, 30, 40, 40], label: CAR, role: 'ignored' },
  { box: [50, 0, 70, 20], label: 'ignored-region' },
  { box: [70, 30, 75, 35], label: 'others' },
  { box: [40, 10, 44, 14], label: CAR, area: 9 },
  { box: [44, 10, 48, 14], label: CAR, score: 0.5 },
  { box: [48, 10, 52, 14], label: CAR, truncation: 1 },
  { box: [90, 40, 120, 60], label: CAR },
  { box: [-9, 10, -2, 14], label: CAR },
  { box: [60.4, 40.2, 64.6, 44.2], label: CAR },
];

const EXPECTED: Readonly<Record<FormatName, { lost: Record<string, number>; kept: number }>> = {
  yolo: {
    kept: 6,
    lost: {
      'area-dropped': 1,
      'box-clipped': 1,
      'crowd-dropped': 1,
      'ignored-dropped': 1,
      'outside-frame': 1,
      'region-dropped': 2,
      'score-dropped': 1,
      'visibility-dropped': 1,
    },
  },
  coco: { kept: 9, lost: { 'region-dropped': 2, 'visibility-dropped': 1 } },
  visdrone: { kept: 11, lost: { 'area-dropped': 1, 'box-rounded': 1, 'crowd-ignored': 1, 'score-dropped': 1 } },
  'ground-truth': {
    kept: 7,
    lost: {
      'area-dropped': 1,
      'crowd-dropped': 1,
      'ignored-dropped': 1,
      'region-dropped': 2,
      'visibility-dropped': 1,
    },
  },
};

// `Object.entries` widens the keys of the record above to strings.
test.each(Object.entries(EXPECTED) as [FormatName, (typeof EXPECTED)[FormatName]][])(
  '%s counts what it does not hold, and writes the rest',
  async (format, { lost, kept }) => {
    const files = temporaryFolder();
    const image = { path: 'a.jpg', width: 100, height: 50, objects: OBJECTS };
    await drawImages(files, [image]);
    const losses = new Losses();
    const target = await written(format, { classes: VISDRONE_CLASSES, images: [image] }, files, { losses });

    expect(lossCounts(losses)).toEqual(lost);
    const { images } = await readAll(format, target);
    expect(images[0].objects).toHaveLength(kept);
  },
);

test('YOLO cuts a box to the frame only when its centre lies outside or it is larger than the frame', async () => {
  const files = temporaryFolder();
  const objects: LabelledObject[] = [
    { box: [-4, 10, 6, 20], label: 0 },
    { box: [-6, 10, 4, 20], label: 0 },
    { box: [-1, 20, 101, 30], label: 0 },
  ];
  const image = { path: 'a.jpg', width: 100, height: 50, objects };
  await drawImages(files, [image]);
  const target = await written('yolo', { classes: ['car'], images: [image] }, files);

  expect(readFileSync(join(target, 'labels/a.txt'), 'utf8')).toBe(
    '0 0.01 0.3 0.1 0.2\n0 0.02 0.3 0.04 0.2\n0 0.5 0.5 1 0.2\n',
  );
});

test('VisDrone leaves out objects of classes that are not its own, and finds those that are by name', async () => {
  const files = temporaryFolder();
  const objects: LabelledObject[] = [
    { box: [1, 1, 5, 5], label: 0 },
    { box: [6, 6, 9, 9], label: 1 },
  ];
  const image = { path: 'a.jpg', width: 100, height: 50, objects };
  await drawImages(files, [image]);
  const losses = new Losses();
  const target = await written('visdrone', { classes: ['boat', 'car'], images: [image] }, files, { losses });

  expect(readFileSync(join(target, 'annotations/a.txt'), 'utf8')).toBe('6,6,3,3,1,4,0,0\n');
  expect(lossCounts(losses)).toEqual({ 'unknown-class': 1 });
});

describe('a conversion', () => {
  const rows = '0 0.5 0.5 0.2 0.2\n0 0.5 0.5 0.2 0.2\n0 0.5 0.5 0 0.2\n';
  async function folder() {
    const dir = temporaryFolder({ 'labels/a.txt': rows, 'data.yaml': 'names: [car, bus]' });
    await drawImages(dir, [{ path: 'images/a.jpg', width: 100, height: 50 }]);
    return dir;
  }

  test('says its losses with their number and places', async () => {
    const { summary } = await converted('yolo', 'coco', await folder());
    expect(summary).toMatchObject({ images: 1, objects: 1, classes: ['car', 'bus'] });
    expect(summary.losses.map(lossSentence)).toEqual([
      '1 objects that stood there twice were kept once (a.jpg).',
      '1 boxes without width or height were left out (a.jpg).',
    ]);
  });

  test('leaves nothing behind when it is strict and something would be lost, or when an image is missing', async () => {
    const dir = temporaryFolder();
    const strict = converted('yolo', 'visdrone', await folder(), { strict: true, target: join(dir, 'strict') });
    await expect(strict).rejects.toThrow(/--strict permits no loss: 1 objects that stood there twice/);
    const json = JSON.stringify({
      images: [{ id: 1, file_name: 'gone.jpg', width: 10, height: 10 }],
      categories: [{ id: 1, name: 'car' }],
      annotations: [],
    });
    const source = join(temporaryFolder({ 'c.json': json }), 'c.json');
    for (const dryRun of [true, false]) {
      await expect(converted('coco', 'yolo', source, { target: join(dir, 'missing'), dryRun })).rejects.toThrow(
        /gone\.jpg is not found: say where the images are with --images/,
      );
    }
    expect(readdirSync(dir)).toEqual([]);
  });

  test('goes on after an interruption with the images that it has copied, and leaves nothing else', async () => {
    const dir = temporaryFolder();
    const source = temporaryFolder({ 'classes.txt': 'car\n' });
    const paths = ['images/a.jpg', 'images/b.jpg', 'images/c.jpg'];
    await drawImages(
      source,
      paths.map((path, index) => ({ path, width: 20 + index, height: 20 })),
    );
    const abort = new AbortController();
    const target = join(dir, 'y');
    const onProgress = (done: number): void => {
      if (done === 2) abort.abort(new Error('Interrupted'));
    };
    await expect(converted('yolo', 'yolo', source, { target, signal: abort.signal, onProgress })).rejects.toThrow(
      'Interrupted',
    );
    const [partial] = readdirSync(dir);
    expect(partial).toMatch(/^\.y\..+\.partial$/);
    const copied = statSync(join(dir, partial, 'target/images/a.jpg'));
    addFiles(join(dir, partial, 'target'), { 'images/stale.jpg': '', 'labels/stale.txt': '' });

    await converted('yolo', 'yolo', source, { target });

    expect(readdirSync(dir)).toEqual(['y']);
    expect(readdirSync(join(target, 'images'))).toEqual(['a.jpg', 'b.jpg', 'c.jpg']);
    expect(readdirSync(join(target, 'labels'))).toEqual(['a.txt', 'b.txt', 'c.txt']);
    expect(statSync(join(target, 'images/a.jpg')).ino).toBe(copied.ino);
  });

  test('refuses a target that is taken by the names that stand there, and takes an empty folder', async () => {
    const target = temporaryFolder();
    await converted('yolo', 'yolo', await folder(), { target });
    expect(readFileSync(join(target, 'data.yaml'), 'utf8')).toBe('names:\n  0: car\n  1: bus\n');
    await expect(converted('yolo', 'yolo', await folder(), { target })).rejects.toThrow(
      /is there already \(data\.yaml, images, labels\)/,
    );
    addFiles(target, { 'c.json': '{}' });
    await expect(converted('yolo', 'coco', await folder(), { target: join(target, 'c.json') })).rejects.toThrow(
      /c\.json is there already/,
    );
  });

  test('takes the classes that are asked for, in their order', async () => {
    const dir = temporaryFolder({
      'labels/a.txt': '0 0.5 0.5 0.2 0.2\n1 0.5 0.5 0.4 0.4\n2 0.5 0.5 0.6 0.6\n',
      'data.yaml': 'names: [car, bus, van]',
    });
    await drawImages(dir, [{ path: 'images/a.jpg', width: 100, height: 100 }]);
    const { summary, target } = await converted('yolo', 'yolo', dir, { classes: ['van', 'car'] });
    expect(summary.losses).toMatchObject([{ kind: 'unknown-class', count: 1 }]);
    expect(readFileSync(join(target, 'labels/a.txt'), 'utf8')).toBe('1 0.5 0.5 0.2 0.2\n0 0.5 0.5 0.6 0.6\n');
    await expect(converted('yolo', 'yolo', dir, { classes: ['lorry'] })).rejects.toThrow(
      /no class "lorry": it has "car", "bus", "van"/,
    );
  });

  test.each([['../a.jpg'], ['/etc/a.jpg'], ['a\\..\\..\\b.jpg'], ['C:\\a.jpg'], ['https://host/a.jpg']])(
    'refuses the path %s, which leads out of the image folder',
    async (path) => {
      const json = JSON.stringify({
        images: [{ id: 1, file_name: path, width: 10, height: 10 }],
        categories: [{ id: 1, name: 'car' }],
        annotations: [],
      });
      const source = join(temporaryFolder({ 'c.json': json }), 'c.json');
      await expect(converted('coco', 'yolo', source, { withImages: false })).rejects.toThrow(
        /make it a path inside the image folder/,
      );
    },
  );

  test('refuses two images that would share one label file', async () => {
    const images = ['a.jpg', 'a.png'].map((path) => ({ path, width: 10, height: 10, objects: [] }));
    const source = await written('coco', { classes: ['car'], images }, null);
    await expect(converted('coco', 'yolo', source, { withImages: false })).rejects.toThrow(
      /a\.png would share its label file with another image/,
    );
  });
});
