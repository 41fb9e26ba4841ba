import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../../src/commands/data';
import { commandRun } from '../account';
import { photo, temporaryFolder } from '../dataset/folders';
import { CONFIG } from '../pipeline/example';

const command = commandRun();
const { printed } = command;

beforeEach(() => {
  writeFileSync(join(command.folder, 'drone-mlops.json'), JSON.stringify(CONFIG));
});

describe('the data command', () => {
  test.each([
    ['nothing', [], /No command is given/],
    ['a command that there is not', ['pusch', 'x'], /There is no command "pusch"/],
    ['no folder', ['push'], /`push` has too few or too many arguments/],
    ['a folder too many', ['sample', 'a', 'b'], /`sample a b` has too few or too many/],
    ['an option that there is not', ['list', '--buckets=x'], /--buckets/],
    ['no bucket', ['list', '--bucket='], /No bucket is given/],
  ])('given %s says how it is used, and exits 2', async (_, args, message) => {
    expect(await run(args)).toBe(2);
    expect(printed.out).toBe('');
    expect(printed.err).toMatch(message);
    expect(printed.err).toContain('Usage: npm run data -- COMMAND');
  });

  test('pushes to the bucket, prints one JSON value and warnings beside it, and shows the version then', async () => {
    const { objects } = await command.account({});
    const data = temporaryFolder({ 'a.jpg': await photo(1) });
    expect(await run(['push', data, '--json'])).toBe(0);
    const { version, ...pushed } = JSON.parse(printed.out) as { version: string };
    expect(pushed).toMatchObject({ images: 1, uploaded: 1, classes: CONFIG.classes });
    expect(printed.err).toMatch(/Warning: 1 images have no label file and count as background: a\.jpg\./);
    expect([...objects.keys()].map((key) => key.replace(/[0-9a-f]{64}/, 'HASH'))).toEqual([
      'bucket/data/objects/HASH.jpg',
      'bucket/data/versions/HASH/manifest.jsonl',
      'bucket/data/latest.json',
    ]);

    printed.out = '';
    expect(await run(['show', version])).toBe(0);
    expect(printed.out).toContain('1 images, 0.0 MB; classes car, person');
    await expect(run(['show', 'f'.repeat(64)])).rejects.toThrow(/There is no data version f+: /);
  });

  test('writes nothing in a dry run', async () => {
    const { objects } = await command.account({});
    expect(await run(['push', temporaryFolder({ 'a.jpg': await photo(1) }), '--dry-run'])).toBe(0);
    expect(printed.out).toMatch(/dry run: nothing was written.*\nData version [0-9a-f]{64}\n/);
    expect(objects.size).toBe(0);
  });
});
