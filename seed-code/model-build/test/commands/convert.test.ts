import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { run } from '../../src/commands/convert';
import { commandRun } from '../account';
import { addFiles } from '../dataset/folders';
import { drawImages } from '../formats/sets';

const command = commandRun();
const { printed } = command;

beforeEach(async () => {
  addFiles(command.folder, {
    'yolo/labels/a.txt': '0 0.5 0.5 0.25 0.5\n1 0.5 0.5 0.5 0.5\n',
    'yolo/data.yaml': 'names: [car, boat]',
  });
  await drawImages(command.folder, [{ path: 'yolo/images/a.jpg', width: 80, height: 40 }]);
});

test('it converts, and says what it did and what it lost', async () => {
  expect(await run(['--from', 'yolo', '--to', 'visdrone', 'yolo', 'out/visdrone'])).toBe(0);

  expect(printed.out).toBe(
    'Not carried over: 1 objects of a class that is not named were left out (a.jpg).\n' +
      '1 images with 2 objects of car, boat in out/visdrone.\n',
  );
  expect(printed.err).toBe('1 of 1 images converted\n');
  expect(readFileSync('out/visdrone/annotations/a.txt', 'utf8')).toBe('30,10,20,20,1,4,0,0\n');
  expect(readFileSync('out/visdrone/images/a.jpg')).toEqual(readFileSync('yolo/images/a.jpg'));
  expect(readdirSync('out')).toEqual(['visdrone']);
});

test('with --json it prints one value', async () => {
  expect(await run(['--from', 'yolo', '--to', 'coco', 'yolo', 'c.json', '--json', '--classes', 'car'])).toBe(0);

  expect(JSON.parse(printed.out)).toEqual({
    target: 'c.json',
    images: 1,
    objects: 1,
    classes: ['car'],
    losses: [{ kind: 'unknown-class', count: 1, places: ['a.jpg'] }],
  });
});

test('in a dry run it says the losses and writes nothing', async () => {
  expect(await run(['--from', 'yolo', '--to', 'visdrone', 'yolo', 'v', '--dry-run'])).toBe(0);

  expect(printed.out).toMatch(/1 objects of a class that is not named.*\n.*dry run: nothing was written/);
  expect(readdirSync('.')).toEqual(['yolo']);
});

test('with --strict a loss is a failure, and nothing is written', async () => {
  await expect(run(['--from', 'yolo', '--to', 'visdrone', 'yolo', 'v', '--strict'])).rejects.toThrow(/permits no loss/);
  expect(existsSync('v')).toBe(false);
});

test('it prints its rules when asked', async () => {
  expect(await run(['--help'])).toBe(0);
  expect(printed.out).toMatch(/Usage: model-build convert[^]*Rules:/);
});

const USUAL = ['--from', 'yolo', '--to', 'coco', 'yolo', 'c.json'];
test.each([
  ['no target', ['--from', 'yolo', '--to', 'coco', 'yolo'], /takes a source and a target/],
  ['no format', ['--to', 'coco', 'yolo', 'c.json'], /--from takes one of yolo, coco, visdrone, ground-truth/],
  ['a format that there is not', ['--from', 'voc', '--to', 'coco', 'yolo', 'c.json'], /--from takes one of/],
  ['images of a folder', [...USUAL, '--images', 'x'], /--images is of no use/],
  ['a class twice', [...USUAL, '--classes', 'car,car'], /--classes takes different names/],
  ['a prefix without its slash', [...USUAL, '--s3-prefix', 's3://bucket/frames'], /--s3-prefix takes a URI like/],
  ['no prefix for a manifest', ['--from', 'yolo', '--to', 'ground-truth', 'yolo', 'm'], /--s3-prefix/],
  ['an attribute that Ground Truth refuses', [...USUAL, '--attribute', 'a-ref'], /does not end in -metadata or -ref/],
  ['ids of another kind', [...USUAL, '--ids', 'x'], /--ids is numbered or as-predicted/],
])('given %s it says how it is used, and exits 2', async (_, args, message) => {
  expect(await run(args)).toBe(2);
  expect(printed.err).toMatch(message);
  expect(printed.err).toContain('Usage: model-build convert');
});
