import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../../src/commands/features';
import { commandRun } from '../account';
import { photo } from '../dataset/folders';

const command = commandRun();
const { printed } = command;

describe('the features command', () => {
  test('prints the features of each image as one JSON value, in the order given', async () => {
    const files = ['b.jpg', 'a.jpg'].map((name) => join(command.folder, name));
    for (const [seed, file] of files.entries()) writeFileSync(file, await photo(seed));
    expect(await run([...files, '--json'])).toBe(0);
    const { images } = JSON.parse(printed.out) as { images: Record<string, unknown>[] };
    expect(images.map(({ file }) => file)).toEqual(files);
    expect(images[0]).toMatchObject({ width: 96, height: 64, clip_low: expect.any(Number) as number });
    expect(images[0].sha256_rgb).not.toBe(images[1].sha256_rgb);
  });

  test('prints a table without --json', async () => {
    const file = join(command.folder, 'a.jpg');
    writeFileSync(file, await photo(1));
    expect(await run([file])).toBe(0);
    expect(printed.out).toMatch(/a\.jpg\n {2}width +96\n/);
    expect(printed.out).toMatch(/laplacian_var +[\d.]+\n/);
  });

  test('names an image that cannot be read', async () => {
    const file = join(command.folder, 'cut.jpg');
    writeFileSync(file, (await photo(1, { width: 400, height: 300 })).subarray(0, 2000));
    await expect(run([file, '--json'])).rejects.toThrow(/cut\.jpg cannot be decoded/);
  });

  test('given no image says how it is used, and exits 2', async () => {
    expect(await run(['--json'])).toBe(2);
    expect(printed.err).toContain('Usage: model-build features IMAGES…');
  });
});
