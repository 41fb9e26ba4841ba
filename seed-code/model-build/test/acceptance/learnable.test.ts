// The sample does what it is for: a detector learns it from its labels and from nothing else, and pays for stretched frames.
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { pushVersion } from '../../src/dataset';
import { pack } from '../../src/evaluation';
import { SAMPLE_CLASSES, writeSample } from '../../src/sample';
import { MemoryStore } from '../dataset/memory-store';

/** Two trainings of the baseline, each about half a minute. */
const MINUTES = 60_000;
jest.setTimeout(10 * MINUTES);

const TILES = ['--tile-size=640', '--overlap=0.2'];

describe('the sample set', () => {
  const work = mkdtempSync(join(tmpdir(), 'learnable-'));
  const objects = join(work, 'objects');
  let splitFolder = '';
  let tiles = '';

  beforeAll(async () => {
    await writeSample(join(work, 'sample'));
    mkdirSync(objects);
    const store = new MemoryStore();
    await pushVersion({
      dir: join(work, 'sample'),
      classes: SAMPLE_CLASSES,
      allowOtherClasses: false,
      store,
      onProgress: () => undefined,
    });
    const stored = [...store.objects];
    for (const [key, body] of stored)
      if (key.startsWith('data/objects/')) writeFileSync(join(objects, basename(key)), body);
    const manifest = stored.find(([key]) => key.endsWith('manifest.jsonl'))?.[1] ?? '';

    const split = root('split');
    write(split, 'processing/input/data/manifest.jsonl', manifest);
    await step('split', split, [
      ...['--train=0.7', '--validation=0.15', '--test=0.15', '--flight-by=folder', '--time-blocks=false'],
      '--objects=s3://bucket/data/objects',
    ]);
    splitFolder = join(split, 'processing/output/split');

    tiles = root('preprocess');
    input(tiles, 'split', splitFolder);
    input(tiles, 'images', listed('training.manifest'));
    await step('preprocess', tiles, [...TILES, '--visible-share=0.3']);
  });

  afterAll(() => {
    rmSync(work, { recursive: true });
  });

  test('no flight is in two parts', () => {
    const parts = new Map<string, Set<string>>();
    for (const { flight, part } of splitRecords()) parts.set(flight, (parts.get(flight) ?? new Set()).add(part));
    expect(parts.size).toBeGreaterThanOrEqual(6);
    expect([...parts.values()].every(({ size }) => size === 1)).toBe(true);
  });

  test('the baseline learns it to a held-out mAP50 of 0.8, and frames that are stretched cost it at least 0.1', async () => {
    const model = await trained('true', join(tiles, 'processing/output/train'));
    const letterboxed = await averagePrecision('letterboxed', model, splitFolder, listed('heldout.manifest'));
    expect(letterboxed).toBeGreaterThanOrEqual(0.8);

    const square = await stretched();
    expect(await averagePrecision('stretched', model, square.split, square.images)).toBeLessThan(letterboxed - 0.1);
  });

  test('labels that are shuffled between images teach nothing', async () => {
    const shuffled = join(work, 'shuffled');
    cpSync(join(tiles, 'processing/output/train'), shuffled, { recursive: true });
    const labels = readdirSync(shuffled, { recursive: true, encoding: 'utf8' }).filter((file) =>
      /labels\/.*\.txt$/.test(file),
    );
    const texts = labels.map((file) => readFileSync(join(shuffled, file), 'utf8'));
    const half = Math.floor(labels.length / 2);
    labels.forEach((file, index) => {
      writeFileSync(join(shuffled, file), texts[(index + half) % texts.length]);
    });
    const model = await trained('shuffled', shuffled);
    expect(await averagePrecision('shuffled', model, splitFolder, listed('heldout.manifest'))).toBeLessThan(0.02);
  });

  function root(name: string): string {
    return join(work, 'jobs', name);
  }

  /** A folder of the objects that a ManifestFile of the split step lists, as SageMaker would download them. */
  function listed(manifest: string): string {
    const folder = join(work, 'listed', manifest);
    mkdirSync(folder, { recursive: true });
    const [, ...names] = JSON.parse(readFileSync(join(splitFolder, manifest), 'utf8')) as [object, ...string[]];
    for (const name of names) cpSync(join(objects, name), join(folder, name));
    return folder;
  }

  function splitRecords(): {
    path: string;
    object: string;
    flight: string;
    part: string;
    width: number;
    height: number;
  }[] {
    const lines = readFileSync(join(splitFolder, 'split.jsonl'), 'utf8').trim().split('\n').slice(1);
    return lines.map((line) => JSON.parse(line) as ReturnType<typeof splitRecords>[number]);
  }

  /** Trains the baseline on the tiles in a folder and returns the folder of its model archive. */
  async function trained(name: string, train: string): Promise<string> {
    const job = root(`train-${name}`);
    const hyperparameters = {
      ...{ trainer: 'baseline', 'model-size': 'n', 'image-size': '640', 'tile-size': '640', overlap: '0.2' },
      ...{ epochs: '50', batch: '4', seed: '7', 'accept-ultralytics-license': 'false', 'data-version': 'sample' },
    };
    write(job, 'input/config/hyperparameters.json', JSON.stringify(hyperparameters));
    cpSync(train, join(job, 'input/data/train'), { recursive: true });
    cpSync(join(tiles, 'processing/output/validation'), join(job, 'input/data/validation'), { recursive: true });
    await step('train', job, []);
    const archive = join(work, 'models', name);
    mkdirSync(archive, { recursive: true });
    await pack(join(job, 'model'), join(archive, 'model.tar.gz'));
    return archive;
  }

  /** COCO AP50 over the test frames, sliced and merged, as the gate reads it; −1 where nothing was found. */
  async function averagePrecision(name: string, model: string, split: string, images: string): Promise<number> {
    const job = root(`evaluate-${name}`);
    input(job, 'model', model);
    input(job, 'split', split);
    input(job, 'images', images);
    write(job, 'serve/serve.js', '');
    await evaluateStep(job, ['--gate=coco.AP50=0.5', ...TILES, '--merge=nms'], join(job, 'serve'));
    const file = join(job, 'processing/output/evaluation/evaluation.json');
    const { sliced } = JSON.parse(readFileSync(file, 'utf8')) as { sliced: { coco: { AP50: number } } };
    return sliced.coco.AP50;
  }

  /** The held-out frames made square; normalised labels stay what they were. */
  async function stretched(): Promise<{ split: string; images: string }> {
    const [split, images] = [join(work, 'stretched', 'split'), join(work, 'stretched', 'images')];
    mkdirSync(split, { recursive: true });
    mkdirSync(images, { recursive: true });
    const [header] = readFileSync(join(splitFolder, 'split.jsonl'), 'utf8').split('\n');
    const records = splitRecords().filter(({ part }) => part !== 'train');
    for (const { object } of records) {
      await sharp(join(objects, object))
        .resize(640, 640, { fit: 'fill', kernel: 'linear' })
        .jpeg({ quality: 95 })
        .toFile(join(images, object));
    }
    const lines = records.map((record) => JSON.stringify({ ...record, width: 640, height: 640 }));
    writeFileSync(join(split, 'split.jsonl'), [header, ...lines, ''].join('\n'));
    return { split, images };
  }
});

const PACKAGE = resolve(__dirname, '..', '..');

/** Runs a step in a process of its own, from its sources, under the container contract. */
async function step(name: string, root: string, args: readonly string[]): Promise<void> {
  await inProcess(root, [join(PACKAGE, 'src/steps', `${name}.ts`), ...args]);
}

/** As {@link step}, of evaluate; in a bundle the serving code that it packs stands beside its script. */
async function evaluateStep(root: string, args: readonly string[], serving: string): Promise<void> {
  const script = `
    const { runStep } = require('./src/sagemaker');
    const { tracked } = require('./src/steps/tracked.ts');
    const { evaluate } = require('./src/steps/evaluate.ts');
    const main = tracked('evaluate', (context) => evaluate(context, ${JSON.stringify(serving)}));
    void runStep('evaluate', (context) => main({ ...context, args: ${JSON.stringify(args)} }));`;
  await inProcess(root, ['-e', script]);
}

async function inProcess(root: string, args: readonly string[]): Promise<void> {
  const options = { cwd: PACKAGE, env: { ...process.env, DRONE_MLOPS_ROOT: root }, maxBuffer: 1 << 26 };
  await promisify(execFile)(process.execPath, ['--require', 'tsx/cjs', ...args], options).catch(() => {
    throw new Error(readFileSync(join(root, 'output', 'failure'), 'utf8'));
  });
}

function input(root: string, name: string, folder: string): void {
  cpSync(folder, join(root, 'processing/input', name), { recursive: true });
}

function write(root: string, path: string, content: string | Buffer): void {
  const file = join(root, path);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, content);
}
