import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../../src/commands/profile';
import { commandRun } from '../account';
import { photo, temporaryFolder } from '../dataset/folders';

const command = commandRun();
const { printed } = command;

async function frames(): Promise<string> {
  return temporaryFolder({
    'classes.txt': '<i>car</i>\n',
    'images/<b>&.jpg': await photo(1),
    'labels/<b>&.txt': '0 0.5 0.5 0.2 0.2\n',
    'images/b.jpg': await photo(2),
  });
}

describe('the profile command', () => {
  test('writes profile.json and one page that needs nothing else, the same in every run', async () => {
    const dir = await frames();
    const [once, again] = ['once', 'again'].map((name) => join(command.folder, name));
    expect(await run([dir, '--out', once])).toBe(0);
    expect(await run([dir, '--out', again])).toBe(0);
    const [page, json] = ['profile.html', 'profile.json'].map((file) => readFileSync(join(once, file), 'utf8'));
    expect(JSON.parse(json)).toMatchObject({
      format: 'drone-mlops/profile@1',
      profiled: 2,
      objects: { total: 1 },
      images: [{ objects: 1 }, { objects: 0 }],
    });
    expect(page).toContain('&lt;b&gt;&amp;.jpg');
    expect(page).not.toMatch(/<b>|<i>|https?:\/\/(?!www\.w3\.org\/2000\/svg)/);
    expect(page.match(/<img /g)?.length).toBeGreaterThanOrEqual(2);
    expect(readFileSync(join(again, 'profile.html'), 'utf8')).toBe(page);
    expect(readFileSync(join(again, 'profile.json'), 'utf8')).toBe(json);
    expect(printed.out).toMatch(/2 of 2 images profiled, 0 not readable; 1 objects of 1 classes\./);
  });

  test('prints the same JSON with --json, and then writes no file that was not asked for', async () => {
    expect(await run([await frames(), '--json', '--sample', '1'])).toBe(0);
    expect(JSON.parse(printed.out)).toMatchObject({ folder: { images: 2 }, profiled: 1, recommendations: [{}, {}] });
    expect(existsSync(join(command.folder, 'profile.json'))).toBe(false);
  });

  test.each([
    ['no folder', [], /profile takes one folder/],
    ['two folders', ['a', 'b'], /profile takes one folder/],
    ['a sample of none', ['a', '--sample', '0'], /--sample takes a number from 1/],
  ])('given %s says how it is used, and exits 2', async (_, args, message) => {
    expect(await run(args)).toBe(2);
    expect(printed.err).toMatch(message);
    expect(printed.err).toContain('Usage: model-build profile DIR');
  });

  test('given a folder without images says so', async () => {
    await expect(run([temporaryFolder({ 'a.txt': '' })])).rejects.toThrow(/holds no images/);
  });
});
