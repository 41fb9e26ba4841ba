import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run as predict } from '../../src/commands/predict';
import { run as train } from '../../src/commands/train';
import { trainingView } from '../../src/commands/training-progress';
import { parseSidecar } from '../../src/model';
import { commandRun } from '../account';
import { photo, temporaryFolder } from '../dataset/folders';
import { SCENE_CLASSES, writeSceneTiles } from '../training/scene-tiles';

const command = commandRun();
const CONFIG = join(__dirname, '..', '..', 'drone-mlops.json');
const QUICK = ['--epochs', '1', '--image-size', '64', '--tile-size', '64', '--batch', '8'];

beforeEach(() => {
  writeFileSync('drone-mlops.json', readFileSync(CONFIG));
});

/** Six frames of three flights: one for each part. */
async function frames(): Promise<string> {
  const files: Record<string, string | Buffer> = { 'classes.txt': 'vehicle\nperson\n' };
  for (let index = 0; index < 6; index += 1) {
    const name = `flight-${index % 3}/${index}`;
    files[`images/${name}.jpg`] = await photo(index);
    files[`labels/${name}.txt`] = '0 0.5 0.5 0.4 0.4\n';
  }
  return temporaryFolder(files);
}

test('frames are split by flight, tiled and trained on; the model is one that predict takes', async () => {
  const dir = await frames();
  expect(await train(['--local', dir, ...QUICK, '--out', 'run', '--json'])).toBe(0);
  const report = JSON.parse(command.printed.out) as { model: string; settings: Record<string, unknown> };
  expect(report.settings).toMatchObject({
    trainer: 'baseline',
    epochs: 1,
    'data-version': expect.stringMatching(/^[0-9a-f]{64}$/) as string,
  });
  const sidecar = parseSidecar(readFileSync('run/model/model.json', 'utf8'), 'model.json');
  expect(sidecar).toMatchObject({
    imageSize: 64,
    tiling: { size: 64, overlap: 0.2 },
    provenance: { dataVersion: report.settings['data-version'] },
  });
  const [tiles = ''] = readdirSync('run/tiles');
  const flights = (part: string) => readdirSync(join('run/tiles', tiles, part, 'images')).length;
  expect([flights('train'), flights('validation')].every((count) => count > 0)).toBe(true);
  expect(existsSync(join('run/tiles', tiles, 'test'))).toBe(false);
  expect(command.printed.err).toContain('validation class loss');

  command.printed.out = '';
  expect(await predict([report.model, join(dir, 'images'), '--as-trained', '--out', 'found', '--json'])).toBe(0);
  expect(JSON.parse(command.printed.out)).toMatchObject({ images: 6, options: { tiling: { size: 64, overlap: 0.2 } } });
  expect(readdirSync('found')).toHaveLength(6);
}, 60_000);

test('tiles that are there already are trained on as they are', async () => {
  await writeSceneTiles('tiles/train', 8, 64, 1);
  await writeSceneTiles('tiles/validation', 4, 64, 2);
  expect(await train(['--local', 'tiles', ...QUICK, '--out', 'run'])).toBe(0);
  expect(parseSidecar(readFileSync('run/model/model.json', 'utf8'), 'model.json').classes).toEqual(SCENE_CLASSES);
  expect(existsSync('run/tiles')).toBe(false);
});

test('a dry run says how the images are split and with what would be trained, and writes nothing', async () => {
  const dir = await frames();
  const before = readdirSync('.');
  expect(await train(['--local', dir, '--epochs', '7', '--dry-run', '--json'])).toBe(0);
  const { images, settings } = JSON.parse(command.printed.out) as { images: object; settings: object };
  expect(images).toEqual({ train: 2, validation: 2, test: 2 });
  expect(settings).toMatchObject({ epochs: 7, 'model-size': 'n' });
  expect(readdirSync('.')).toEqual(before);
});

test.each([
  [['DIR'], 'Say --local'],
  [['--local'], 'train takes one folder'],
  [['--local', 'DIR', '--epochs', 'many'], '--epochs is not valid'],
  [['--local', 'DIR', '--optimiser', 'AdamW'], '--learning-rate is not valid: the optimiser AdamW needs one'],
  [['--local', 'DIR', '--weights', 'yolo11n.pt'], '--weights is not valid'],
  [['--local', 'DIR', '--zoom', '3'], '--zoom'],
  [['--local', 'DIR', '--trainer', 'ultralytics'], '--accept-ultralytics-license says it'],
])('%j is wrong usage: exit code 2, and what is wrong', async (args, words) => {
  expect(await train(args)).toBe(2);
  expect(command.printed.err).toContain(words);
  expect(command.printed.err).toContain('Usage: npm run train');
});

test('a Python without Ultralytics is named with the remedy', async () => {
  await writeSceneTiles('tiles/train', 2, 64, 1);
  await writeSceneTiles('tiles/validation', 2, 64, 2);
  mkdirSync('training');
  writeFileSync(
    'training/train.py',
    `console.log(JSON.stringify({ event: 'failed', reason: 'python lacks torch: install it' }));process.exit(1)`,
  );
  const args = ['--trainer', 'ultralytics', '--accept-ultralytics-license', '--python', process.execPath];
  await expect(train(['--local', 'tiles', ...QUICK, ...args])).rejects.toThrow('python lacks torch: install it');
});

test('on a terminal progress is written over, and each look at the run keeps its line', () => {
  const written: string[] = [];
  const { log, metrics, latest } = trainingView({ isTTY: true, write: (text) => written.push(text) });
  log('training-progress', { epoch: 2, epochs: 5, step: 3, steps: 9 });
  metrics.record(2, { 'validation.mAP50': 0.5, 'train.box_loss': 1 });
  metrics.record(3, { 'train.box_loss': 0.5 });
  expect(written).toEqual([
    '\r\u001b[Kepoch 2 of 5, step 3 of 9',
    '\r\u001b[K     2  mAP50 0.5000  box loss 1.0000\n',
    '\r\u001b[K     3  box loss 0.5000\n',
  ]);
  expect(latest()).toEqual({ 'validation.mAP50': 0.5, 'train.box_loss': 0.5 });
});
