import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run as convert } from '../../src/commands/convert';
import { run as evaluateModel } from '../../src/commands/evaluate-model';
import { run as profile } from '../../src/commands/profile';
import { run as split } from '../../src/commands/split';
import { run as tile } from '../../src/commands/tile';
import { run as validate } from '../../src/commands/validate';
import { commandRun } from '../account';
import { photo, temporaryFolder } from '../dataset/folders';
import { writeRedBoxModel } from '../vision/red-box-model';

const command = commandRun();
const { printed } = command;
const LABELS = '0 0.5 0.5 0.2 0.2\n';

// Real decoding of hundreds of images, on machines that do other work as well.
jest.setTimeout(60_000);

const views = Promise.all(Array.from({ length: 40 }, (_, index) => photo(index)));

/** Forty frames of four flights: more than a batch of rows. */
async function frames(
  change: Readonly<Record<string, string | Buffer>> = {},
): Promise<Record<string, string | Buffer>> {
  const files: Record<string, string | Buffer> = { 'classes.txt': 'car\n' };
  for (let index = 0; index < 40; index += 1) {
    const name = `flight-${index % 4}/${String(index).padStart(2, '0')}`;
    files[`images/${name}.jpg`] = (await views)[index];
    files[`labels/${name}.txt`] = LABELS;
  }
  return { ...files, ...change };
}

/** Every file below a folder, by path. */
function contents(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    files
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((file) => [file.slice(folder.length + 1), readFileSync(file, 'base64')]),
  );
}

const out = (name: string): string => join(command.folder, name);

const detector = writeRedBoxModel({ size: 64, metadata: { names: "{0: 'car'}", stride: '32' } });

describe.each([
  ['evaluate-model', (args: readonly string[]) => evaluateModel([detector, ...args]), ['--tile', '64']],
  ['profile', profile, []],
  ['validate', validate, []],
  ['split', split, []],
  ['tile', tile, ['--tile', '64']],
] as const)('%s', (_, run, flags) => {
  test('shared by three hosts gives every file as one host does, and does nothing twice', async () => {
    const dir = temporaryFolder(await frames());
    expect(await run([dir, ...flags, '--out', out('one')])).toBe(0);
    for (const share of ['2/3', '3/3', '1/3']) {
      expect(await run([dir, ...flags, '--out', out('three'), '--shard', share, '--json'])).toBe(0);
    }
    const shares = printed.out.trim().split('\n').slice(-3);
    expect(shares.map((share) => JSON.parse(share) as unknown)).toMatchObject([
      { share: 2, of: 3, images: 8 },
      { share: 3, of: 3, images: 0 },
      { share: 1, of: 3, images: 32 },
    ]);
    const rows = readdirSync(out('three/rows')).map((file) => statSync(out(`three/rows/${file}`)).mtimeMs);

    expect(await run([dir, ...flags, '--out', out('three')])).toBe(0);

    expect(contents(out('three'))).toEqual(contents(out('one')));
    expect(readdirSync(out('three/rows')).map((file) => statSync(out(`three/rows/${file}`)).mtimeMs)).toEqual(rows);
  });

  test('run again after an image has changed looks at that one anew', async () => {
    const dir = temporaryFolder(await frames());
    await run([dir, ...flags, '--out', out('again')]);
    const [before] = Object.values(contents(out('again/rows')));
    writeFileSync(join(dir, 'images/flight-0/00.jpg'), await photo(99, { width: 128, height: 128 }));

    await run([dir, ...flags, '--out', out('again')]);
    await run([dir, ...flags, '--out', out('fresh')]);

    expect(contents(out('again/rows'))).toEqual(contents(out('fresh/rows')));
    expect(Object.values(contents(out('again/rows')))[0]).not.toEqual(before);
  });

  test('from one prefix of a bucket to another gives the files of a folder', async () => {
    const files = await frames();
    const stub = await command.account({});
    for (const [path, body] of Object.entries(files)) stub.objects.set(`bucket/in/${path}`, Buffer.from(body));
    expect(await run(['s3://bucket/in', ...flags, '--out', 's3://bucket/out'])).toBe(0);
    const dir = temporaryFolder(files);
    expect(await run([dir, ...flags, '--out', out('local')])).toBe(0);

    const local = Object.keys(contents(out('local')));
    const keys = [...stub.objects.keys()].filter((key) => key.startsWith('bucket/out/'));
    expect(keys.map((key) => key.slice('bucket/out/'.length)).sort()).toEqual(local.sort());
  });

  test('in a dry run writes nothing, and of a sample takes as many as asked for', async () => {
    const dir = temporaryFolder(await frames());
    expect(await run([dir, ...flags, '--dry-run', '--json', '--sample', '8'])).toBe(0);
    expect(() => JSON.parse(printed.out) as unknown).not.toThrow();
    expect(printed.err).toMatch(/^8 of 8 /m);
    expect(readdirSync(command.folder)).toEqual([]);
  });

  test.each([
    ['no folder', [], /takes one folder/],
    ['a share that there is not', ['a', '--shard', '4/3'], /--shard takes K\/N/],
  ])('given %s says how it is used, and exits 2', async (__, args, message) => {
    expect(await run(args)).toBe(2);
    expect(printed.err).toMatch(message);
  });
});

describe('split', () => {
  test('keeps flights and frames that look alike on one side, and says so', async () => {
    const view = await photo(7, { brighter: true });
    const dir = temporaryFolder(
      await frames({ 'images/flight-0/copy.jpg': view, 'images/flight-9/a.jpg': await photo(77) }),
    );
    expect(await split([dir, '--json', '--out', out('split')])).toBe(0);

    const lines = readFileSync(out('split/split.jsonl'), 'utf8').trim().split('\n').slice(1);
    const partOf = new Map<string, string>();
    for (const line of lines) {
      const { flight, part } = JSON.parse(line) as { flight: string; part: string };
      expect(partOf.get(flight) ?? part).toBe(part);
      partOf.set(flight, part);
    }
    expect(partOf.get('flight-3')).toBe(partOf.get('flight-0'));
    expect(JSON.parse(printed.out)).toMatchObject({ joinedFlights: [['flight-0', 'flight-3']] });
    const listed = ['train', 'validation', 'test'].flatMap((part) =>
      readFileSync(out(`split/${part}.txt`), 'utf8')
        .trim()
        .split('\n'),
    );
    expect(listed).toHaveLength(42);
  });

  test('refuses files that are no images, by name', async () => {
    const dir = temporaryFolder(await frames({ 'images/flight-1/broken.jpg': 'no image' }));
    await expect(split([dir, '--out', out('split')])).rejects.toThrow(/1 files of .*flight-1\/broken\.jpg/);
  });
});

test('validate writes its report, then fails when more would be dropped than is permitted', async () => {
  const whole = await photo(5);
  const dir = temporaryFolder(
    await frames({
      'images/flight-1/01.jpg': whole.subarray(0, whole.length / 2),
      'labels/flight-2/02.txt': '3 0.5 0.5 0.1 0.1\n',
    }),
  );
  await expect(validate([dir, '--out', out('validate')])).rejects.toThrow(/2 of 40 images \(5 %\) would be dropped/);
  expect(JSON.parse(readFileSync(out('validate/validation.json'), 'utf8'))).toMatchObject({
    passed: false,
    dropped: [
      { path: 'images/flight-1/01.jpg', reason: 'unreadable' },
      { path: 'images/flight-2/02.jpg', reason: 'labels' },
    ],
  });
  expect(await validate([dir, '--out', out('validate'), '--max-dropped-share', '0.05'])).toBe(0);
});

test('tile leaves out what training would drop, and labels each tile with its share of the boxes', async () => {
  const dir = temporaryFolder({
    'data.yaml': 'names: [car]\n',
    'images/train/a.jpg': await photo(1, { width: 96, height: 64 }),
    'labels/train/a.txt': '0 0.25 0.5 0.1 0.2\n',
    'images/train/b.jpg': 'no image',
  });
  expect(await tile([dir, '--tile', '64', '--overlap', '0', '--out', out('tiles')])).toBe(0);
  expect(Object.keys(contents(out('tiles'))).filter((path) => !path.startsWith('rows/'))).toEqual([
    'data.yaml',
    'images/train/a_0_0.jpg',
    'images/train/a_32_0.jpg',
    'labels/train/a_0_0.txt',
    'labels/train/a_32_0.txt',
    'tile.json',
  ]);
  expect(readFileSync(out('tiles/labels/train/a_0_0.txt'), 'utf8')).toBe('0 0.375 0.5 0.15 0.2\n');
  expect(readFileSync(out('tiles/data.yaml'), 'utf8')).toContain('train: images/train');
  expect(printed.err).toContain('Dropped images/train/b.jpg');
});

describe('convert', () => {
  test('between prefixes of buckets gives the files of folders', async () => {
    const files = await frames();
    const stub = await command.account({});
    for (const [path, body] of Object.entries(files)) stub.objects.set(`bucket/in/${path}`, Buffer.from(body));
    expect(await convert(['--from', 'yolo', '--to', 'yolo', 's3://bucket/in', 's3://bucket/out'])).toBe(0);
    expect(await convert(['--from', 'yolo', '--to', 'yolo', temporaryFolder(files), out('local')])).toBe(0);

    const there = [...stub.objects].filter(([key]) => key.startsWith('bucket/out/'));
    expect(
      Object.fromEntries(there.map(([key, body]) => [key.slice('bucket/out/'.length), body.toString('base64')])),
    ).toEqual(contents(out('local')));
    await expect(convert(['--from', 'yolo', '--to', 'yolo', 's3://bucket/in', 's3://bucket/out'])).rejects.toThrow(
      /is there already/,
    );
  });

  test('shared by hosts puts one set into one folder; a sample takes as many images as asked for', async () => {
    const dir = temporaryFolder(await frames());
    await convert(['--from', 'yolo', '--to', 'visdrone', dir, out('one'), '--classes', 'car']);
    for (const share of ['1/2', '2/2']) {
      expect(await convert(['--from', 'yolo', '--to', 'visdrone', dir, out('two'), '--shard', share])).toBe(0);
    }
    expect(contents(out('two'))).toEqual(contents(out('one')));
    expect(await convert(['--from', 'yolo', '--to', 'coco', dir, out('c.json'), '--sample', '5'])).toBe(0);
    expect((JSON.parse(readFileSync(out('c.json'), 'utf8')) as { images: unknown[] }).images).toHaveLength(5);
    await expect(convert(['--from', 'yolo', '--to', 'coco', dir, out('d.json'), '--shard', '1/2'])).rejects.toThrow(
      /A COCO file is written by one host/,
    );
    expect(existsSync(out('d.json'))).toBe(false);
  });
});
