import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dataVersion, type ImageRecord } from '../../src/dataset';
import { preprocess } from '../../src/steps/preprocess';
import { split } from '../../src/steps/split';
import { validate } from '../../src/steps/validate';
import { photo } from '../dataset/folders';
import { container } from './container';

const CLASSES = ['car', 'Fußgänger & <b>'];
const SPLIT = [
  '--train=0.6',
  '--validation=0.2',
  '--test=0.2',
  '--flight-by=folder',
  '--time-blocks=false',
  '--objects=s3://bucket/data/objects',
];
const TILES = ['--tile-size=64', '--overlap=0.25', '--visible-share=0.3'];

interface Item {
  readonly record: ImageRecord;
  readonly bytes: Buffer;
}

/** Hashes of which no two are near. */
function farHash(seed: number): string {
  return createHash('sha256').update(String(seed)).digest('hex').slice(0, 16);
}

async function item(path: string, seed: number, change: Partial<ImageRecord> = {}, bytes?: Buffer): Promise<Item> {
  const object = `${String(seed).padStart(64, '0')}.jpg`;
  const image = bytes ?? (await photo(seed));
  const record = { path, object, bytes: image.length, width: 96, height: 64, capturedAt: null, hash: farHash(seed) };
  return { record: { ...record, labels: '0 0.25 0.5 0.1 0.2\n1 0.75 0.5 0.1 0.2\n', ...change }, bytes: image };
}

/** Ten images of five flights. */
function items(): Promise<Item[]> {
  return Promise.all(Array.from({ length: 10 }, (_, index) => item(`f${Math.floor(index / 2)}/${index}.jpg`, index)));
}

function manifestOf(all: readonly Item[]): string {
  return dataVersion(
    CLASSES,
    all.map(({ record }) => record),
  ).manifest.toString();
}

function outputs(root: string, name: string): Record<string, string> {
  const folder = join(root, 'processing', 'output', name);
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    files
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((file) => [file.slice(folder.length + 1), readFileSync(file, 'base64')]),
  );
}

function text(root: string, path: string): string {
  return readFileSync(join(root, 'processing', 'output', path), 'utf8');
}

function objectsIn(manifest: string): string[] {
  const [prefix, ...objects] = JSON.parse(manifest) as [{ prefix: string }, ...string[]];
  expect(prefix).toEqual({ prefix: 's3://bucket/data/objects/' });
  return objects;
}

async function splitOf(all: readonly Item[]) {
  const job = container({ 'data/manifest.jsonl': manifestOf(all) });
  await job.run(split, SPLIT);
  return {
    records: text(job.root, 'split/split.jsonl'),
    training: text(job.root, 'split/training.manifest'),
    root: job.root,
  };
}

/** Preprocesses on several hosts as ShardedByS3Key deals the objects out. */
async function preprocessOn(hosts: readonly string[], all: readonly Item[]) {
  const { records, training } = await splitOf(all);
  const objects = objectsIn(training);
  const bytesOf = new Map(all.map(({ record, bytes }) => [record.object, bytes]));
  return Promise.all(
    hosts.map(async (host, index) => {
      const mine = objects.filter((_, place) => place % hosts.length === index);
      const images = mine.map((object) => [`images/${object}`, bytesOf.get(object) ?? ''] as const);
      const job = container({ 'split/split.jsonl': records, ...Object.fromEntries(images) }, host, [...hosts]);
      await job.run(preprocess, TILES);
      return { root: job.root, records };
    }),
  );
}

async function validated(all: readonly Item[], permitted: number) {
  const [{ root, records }] = await preprocessOn(['algo-1'], all);
  const inputs = ['train', 'validation', 'report'].flatMap((name) =>
    Object.entries(outputs(root, name)).map(
      ([path, base64]) => [`${name}/${path}`, Buffer.from(base64, 'base64')] as const,
    ),
  );
  const job = container({ ...Object.fromEntries(inputs), 'split/split.jsonl': records });
  const result = job.run(validate, [`--max-dropped-share=${permitted}`]);
  const failure = await result.then(
    () => null,
    (error: unknown) => (error as Error).message,
  );
  return {
    failure,
    json: JSON.parse(text(job.root, 'validation-report/validation.json')) as Record<string, unknown>,
    html: text(job.root, 'validation-report/validation.html'),
  };
}

describe('the split step', () => {
  test('gives each line its flight and part, and lists the objects that later steps need', async () => {
    const all = await items();
    const { records, training, root } = await splitOf(all);
    const [header, ...lines] = records
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, string>);
    expect(header).toMatchObject({ format: 'drone-mlops/data-version@1', images: 10, classes: CLASSES });
    expect(lines.map(({ flight }) => flight)).toEqual(all.map(({ record }) => record.path.slice(0, 2)));
    const objectsOf = (...parts: string[]) =>
      lines.filter(({ part }) => parts.includes(part)).map(({ object }) => object);
    expect(objectsIn(training)).toEqual(objectsOf('train', 'validation'));
    expect(objectsIn(text(root, 'split/heldout.manifest'))).toEqual(objectsOf('validation', 'test'));
    expect(JSON.parse(text(root, 'split/split.json'))).toMatchObject({
      method: 'flights',
      parts: { train: { images: 6, objects: { car: 6 } }, validation: { images: 2 }, test: { images: 2 } },
    });
  });

  test('fails in one sentence for too few flights, and for a manifest that is damaged', async () => {
    const two = (await items()).slice(0, 4);
    await expect(splitOf(two)).rejects.toThrow(
      /come from 2 flights \(f0, f1\); training, validation and test need one each/,
    );
    const damaged = container({ 'data/manifest.jsonl': `${manifestOf(two)}{"path":"x"}\n` });
    await expect(damaged.run(split, SPLIT)).rejects.toThrow(/manifest\.jsonl, line 6, is not valid/);
    await expect(container({}).run(split, SPLIT)).rejects.toThrow(/manifest\.jsonl cannot be read/);
  });
});

describe('the preprocess step', () => {
  test('gives the same tiles on one host and on three, names of folders apart', async () => {
    const all = await items();
    const [[one], three] = [
      await preprocessOn(['algo-1'], all),
      await preprocessOn(['algo-1', 'algo-2', 'algo-3'], all),
    ];
    const unhosted = (files: Record<string, string>) =>
      Object.fromEntries(Object.entries(files).map(([name, content]) => [name.replace(/algo-\d\//, ''), content]));
    for (const part of ['train', 'validation']) {
      const together = three.map(({ root }) => unhosted(outputs(root, part)));
      const tiles = unhosted(outputs(one.root, part));
      expect(Object.assign({}, ...together)).toEqual(tiles);
      expect(Object.keys(tiles).length).toBeGreaterThan(2);
      // What trainers read is the same file on every host.
      for (const files of together)
        expect(Buffer.from(files['classes.json'], 'base64').toString()).toBe(`${JSON.stringify(CLASSES)}\n`);
    }
  });

  test('writes tiles under the object’s hash and their place, with the labels that show', async () => {
    const [{ root }] = await preprocessOn(['algo-1'], await items());
    const files = outputs(root, 'train');
    const [name = ''] = Object.keys(files).filter((path) => path.startsWith('labels/'));
    expect(name).toMatch(/^labels\/algo-1\/0{63}\d_0_0\.txt$/);
    // The frame is 96 wide: the second car lies right of the first tile.
    expect(Buffer.from(files[name], 'base64').toString()).toBe('0 0.375 0.5 0.15 0.2\n');
    expect(Object.keys(files)).toContain(name.replace('labels', 'images').replace('.txt', '.jpg'));
    expect(Object.keys(files)).toContain(name.replace('_0_0', '_32_0'));
  });

  test('drops an image that is cut short or has a faulty label, whole and by name', async () => {
    const whole = await photo(91, { width: 400, height: 300 });
    const faulty = await Promise.all([
      item('f3/cut.jpg', 91, {}, whole.subarray(0, whole.length / 2)),
      item('f3/label.jpg', 92, { labels: '0 0.5 0.5 0.1 0.1\n7 0.5 0.5 0.1 0.1' }),
    ]);
    const all = [...(await items()), ...faulty];
    const [{ root }] = await preprocessOn(['algo-1'], all);
    const { images } = JSON.parse(text(root, 'report/preprocess-algo-1.json')) as {
      images: { path: string; tiles: number; dropped: { reason: string; detail: string } | null }[];
    };
    const dropped = images.filter((image) => image.dropped !== null);
    expect(dropped.map(({ path, tiles, dropped: why }) => [path, tiles, why?.reason])).toEqual([
      ['f3/cut.jpg', 0, 'unreadable'],
      ['f3/label.jpg', 0, 'labels'],
    ]);
    expect(dropped[0].dropped?.detail).toMatch(/^f3\/cut\.jpg cannot be /);
    expect(dropped[1].dropped?.detail).toBe('label row 2 names a class that there is not: "7 0.5 0.5 0.1 0.1"');
    const written = Object.keys({ ...outputs(root, 'train'), ...outputs(root, 'validation') });
    expect(written.filter((name) => /0(91|92)_/.test(name))).toEqual([]);
  });

  test('fails when nothing remains', async () => {
    const all = (await items()).map(({ record }) => ({ record, bytes: Buffer.from('no image') }));
    await expect(preprocessOn(['algo-1'], all)).rejects.toThrow(/^All 8 images were dropped, f\d\/\d\.jpg for example/);
  });
});

describe('the validate step', () => {
  test('passes clean data, with pictures and no markup out of names', async () => {
    const { failure, json, html } = await validated(await items(), 0);
    expect(failure).toBeNull();
    expect(json).toMatchObject({
      passed: true,
      images: 10,
      dropped: [],
      boxes: { train: [6, 6], validation: [2, 2], test: [2, 2] },
    });
    expect(html.match(/data:image\/jpeg;base64,/g)?.length).toBe(10);
    expect(html).toContain('validation: f2/4.jpg at 32, 0<');
    expect(html).not.toContain('<b>');
    expect(html).not.toMatch(/(src|href)="(?!data:)/);
  });

  test('fails over the permitted share, naming the images, and has written its report by then', async () => {
    const all = [...(await items()), await item('f1/bad.jpg', 93, { labels: '0 320 240 40 20' })];
    const { failure, json, html } = await validated(all, 0.05);
    expect(failure).toBe(
      '1 of 11 images (9.1 %) would be dropped by training where 5 % are permitted; f1/bad.jpg: label row 1 has a value below 0 ' +
        'or above 1: "0 320 240 40 20". Repair them and push again, or allow more.',
    );
    expect(json).toMatchObject({ passed: false });
    expect(html).toContain('f1/bad.jpg');
    expect((await validated(all, 0.1)).failure).toBeNull();
  });

  test('remarks on what training copes with, and warns of classes without a box', async () => {
    const all = await items();
    const change = (index: number, labels: string | null) => {
      all[index] = { ...all[index], record: { ...all[index].record, labels } };
    };
    all.forEach((_, index) => {
      change(index, '0 0.5 0.5 0.1 0.1');
    });
    change(0, null);
    change(2, '');
    change(4, '0 0.5 0.5 0.1 0.1\n0 0.5 0.5 0.1 0.1');
    const { failure, json } = await validated(all, 0);
    expect(failure).toBeNull();
    expect(json).toMatchObject({
      remarks: {
        'no-label-file': ['f0/0.jpg'],
        'empty-label-file': ['f1/2.jpg'],
        'duplicate-rows': ['f2/4.jpg'],
        'empty-boxes': [],
      },
    });
    expect(json.warnings).toContain('The train part holds no "Fußgänger & <b>".');
  });
});
