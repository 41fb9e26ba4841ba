import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { run as letterboxCommand } from '../../src/commands/letterbox';
import { run as predict } from '../../src/commands/predict';
import { redBoxFrame, writeRedBoxModel } from '../vision/red-box-model';

let folder: string;
let errors: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'predict-'));
  errors = '';
  jest.spyOn(process.stderr, 'write').mockImplementation((text) => {
    errors += String(text);
    return true;
  });
});

afterEach(() => jest.restoreAllMocks());

async function frame(name: string, box: readonly [number, number, number, number]): Promise<string> {
  const file = join(folder, name);
  const { data, width, height } = redBoxFrame(100, 50, box);
  await sharp(data, { raw: { width, height, channels: 3 } })
    .png()
    .toFile(file);
  return file;
}

test('predict writes COCO results of every image, in the order given', async () => {
  const images = [await frame('12.png', [10, 10, 30, 20]), await frame('north.png', [60, 20, 80, 40])];
  const out = join(folder, 'results.json');

  const code = await predict([
    writeRedBoxModel({ size: 64 }),
    ...images,
    '--tile',
    '64',
    '--confidence',
    '0.01',
    '--out',
    out,
  ]);

  expect(code).toBe(0);
  expect(JSON.parse(readFileSync(out, 'utf8'))).toEqual([
    { image_id: 12, file_name: '12.png', category_id: 0, bbox: [10, 10, 20, 10], score: 0.234375 },
    { image_id: 'north', file_name: 'north.png', category_id: 0, bbox: [60, 20, 20, 20], score: 0.3125 },
  ]);
});

test('predict writes YOLO text into a folder', async () => {
  const image = await frame('a.png', [50, 0, 100, 25]);
  await predict([writeRedBoxModel({ size: 100 }), image, '--confidence', '0.01', '--out', join(folder, 'labels')]);
  expect(readFileSync(join(folder, 'labels', 'a.txt'), 'utf8')).toBe(
    '0 0.750000 0.250000 0.500000 0.500000 0.375000\n',
  );
});

test('two images of one name are refused, since their results would have it as well', async () => {
  const image = await frame('a.png', [50, 0, 100, 25]);
  expect(await predict([writeRedBoxModel({ size: 64 }), image, folder, '--out', join(folder, 'labels')])).toBe(2);
  expect(errors).toContain('would have the same name');
});

test('letterbox writes what the model sees', async () => {
  const out = join(folder, 'square.png');
  const image = await frame('a.png', [0, 0, 100, 50]);
  expect(await letterboxCommand([image, '--size', '64', '--out', out])).toBe(0);
  const { data, info } = await sharp(out).raw().toBuffer({ resolveWithObject: true });
  expect([info.width, info.height, [...data.subarray(0, 3)]]).toEqual([64, 64, [114, 114, 114]]);
  expect([...data.subarray((32 * 64 + 5) * 3, (32 * 64 + 6) * 3)]).toEqual([255, 0, 0]);
});

test.each<[string, (args: string[]) => Promise<number>, string[], string]>([
  ['predict without images', predict, ['model.onnx', '--out', 'x.json'], 'at least one image'],
  ['predict with a confidence of two', predict, ['m', 'i', '--confidence', '2', '--out', 'x'], '--confidence'],
  ['predict with an unknown flag', predict, ['m', 'i', '--zoom'], '--zoom'],
  ['letterbox without a size', letterboxCommand, ['image.png', '--out', 'x.png'], '--size'],
  [
    'letterbox by an unknown variant',
    letterboxCommand,
    ['i', '--size', '64', '--variant', 'x', '--out', 'o'],
    '--variant',
  ],
])('%s is wrong usage: exit code 2, the flag and how it is meant', async (_, command, args, words) => {
  expect(await command(args)).toBe(2);
  expect(errors).toContain(words);
  expect(errors).toContain('Usage: model-build');
});
