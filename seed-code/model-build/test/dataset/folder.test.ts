import { join } from 'node:path';
import { scanFolder } from '../../src/dataset';
import { temporaryFolder } from './folders';

const NAMED = { 'classes.txt': 'car\n' };

/** What a folder's scan finds: image → label file, both inside the folder. */
async function pairs(files: Record<string, string>) {
  const dir = temporaryFolder(files);
  const { images } = await scanFolder(dir);
  return images.map(({ path, labels }) => [path, labels]);
}

function classesOf(files: Record<string, string>) {
  return scanFolder(temporaryFolder({ 'a.jpg': '', ...files })).then(({ classes }) => classes);
}

describe('a folder in YOLO layout', () => {
  test('has its labels in labels/ where its images are in images/, with the same folders below', async () => {
    await expect(pairs({ 'images/train/a.jpg': '', 'labels/train/a.txt': '', 'labels/a.txt': '' })).resolves.toEqual([
      ['images/train/a.jpg', 'labels/train/a.txt'],
    ]);
  });

  test('may have its labels beside its images', async () => {
    await expect(pairs({ 'a.png': '', 'a.txt': '', ...NAMED })).resolves.toEqual([['a.png', 'a.txt']]);
    await expect(pairs({ 'images/a.png': '', 'images/a.txt': '' })).resolves.toEqual([
      ['images/a.png', 'images/a.txt'],
    ]);
  });

  test('may have extensions in capitals, and names that are long or not ASCII', async () => {
    const long = 'x'.repeat(240);
    await expect(pairs({ 'Flügel 1/空.JPG': '', 'Flügel 1/空.TXT': '', [`${long}.Tiff`]: '' })).resolves.toEqual([
      ['Flügel 1/空.JPG', 'Flügel 1/空.TXT'],
      [`${long}.Tiff`, null],
    ]);
  });

  test('is sorted by path, without hidden files', async () => {
    const found = await pairs({ 'b.jpg': '', 'a.jpg': '', '._a.jpg': '', '__MACOSX/a.jpg': '', '.cache/c.jpg': '' });
    expect(found.map(([path]) => path)).toEqual(['a.jpg', 'b.jpg']);
  });

  test('tells of labels without an image and of images that are not read', async () => {
    const dir = temporaryFolder({
      'images/a.jpg': '',
      'labels/a.txt': '',
      'labels/b.txt': '',
      'images/c.dng': '',
      'docs/notes.txt': '',
      ...NAMED,
    });
    const { labelsWithoutImage, unsupported } = await scanFolder(dir);
    expect(labelsWithoutImage).toEqual(['labels/b.txt']);
    expect(unsupported).toEqual(['images/c.dng']);
  });

  test('is refused when it is not there, or holds no image', async () => {
    await expect(scanFolder(join(temporaryFolder(), 'missing'))).rejects.toThrow(
      /missing cannot be read as a folder: ENOENT/,
    );
    await expect(scanFolder(temporaryFolder(NAMED))).rejects.toThrow(/holds no images/);
  });
});

describe('class names', () => {
  test('are a list or numbered in a dataset yaml, which goes before classes.txt', async () => {
    await expect(classesOf({ 'data.yaml': 'names: [car, person]', 'classes.txt': 'x' })).resolves.toEqual([
      'car',
      'person',
    ]);
    await expect(classesOf({ 'uav.yml': 'nc: 2\nnames:\n  1: person\n  0: car\n' })).resolves.toEqual([
      'car',
      'person',
    ]);
  });

  test('are lines of classes.txt, whatever its line ends and byte order mark', async () => {
    await expect(classesOf({ 'classes.txt': '\uFEFFcar\r\n piéton \r\n\r\n' })).resolves.toEqual(['car', 'piéton']);
  });

  test('are nowhere when neither file is there, or the yaml is of something else', async () => {
    await expect(classesOf({ 'pipeline.yaml': 'steps: []' })).resolves.toBeNull();
  });

  test('of any length and script are kept whole, as Unicode NFC', async () => {
    const long = '車'.repeat(300);
    await expect(classesOf({ 'classes.txt': `${long}\npie\u0301ton` })).resolves.toEqual([long, 'pi\u00e9ton']);
  });

  test.each([
    ['an empty list in a yaml', { 'data.yaml': 'names: []' }, /data\.yaml names no classes/],
    ['nothing after names', { 'data.yaml': 'names:\n' }, /data\.yaml names no classes/],
    ['an empty classes.txt', { 'classes.txt': '\n' }, /classes\.txt names no classes/],
    ['two classes of one name', { 'classes.txt': 'car\nperson\ncar' }, /classes 0 and 2 one name, "car"/],
    ['two spellings of one name', { 'classes.txt': 'pie\u0301ton\npi\u00e9ton' }, /classes 0 and 1 one name/],
    ['an empty name', { 'data.yaml': 'names: [car, ""]' }, /gives class 1 no name/],
    ['a gap in the numbers', { 'data.yaml': 'names: {0: car, 2: person}' }, /from 0 to 1 without a gap/],
    ['no YAML', { 'data.yaml': 'names: [car' }, /data\.yaml is not YAML/],
  ])('are refused for %s', async (_, files, message) => {
    await expect(classesOf(files as Record<string, string>)).rejects.toThrow(message);
  });
});
