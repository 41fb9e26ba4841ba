// `release`: what it freezes stands on its own, and never changes.
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { unzip } from '../../src/zip';
import { start, temporaryFolder } from '../rehearsal/region/start';
import { drone, installedPlatform, publish, refused, synthesized, type Said } from './operator';

jest.setTimeout(60_000);

const LOCK = { name: 'seed', lockfileVersion: 3, requires: true, packages: { '': { name: 'seed' } } };

/** A platform whose model-build is a package without dependencies. @param test what `npm test` does */
function platform(test: string): string {
  const dir = installedPlatform();
  const seed = join(dir, 'model-build');
  mkdirSync(join(seed, 'node_modules', 'left-over'), { recursive: true });
  writeFileSync(join(seed, 'package.json'), JSON.stringify({ name: 'seed', scripts: { test } }));
  writeFileSync(join(seed, 'package-lock.json'), JSON.stringify(LOCK));
  writeFileSync(join(seed, 'node_modules', 'left-over', 'index.js'), '');
  writeFileSync(join(seed, 'answer.cjs'), 'module.exports = 42;');
  return dir;
}

/** No command of these talks to AWS. */
function release(dir: string, ...args: readonly string[]): Promise<Said> {
  return drone({ environment: { ...(process.env as Record<string, string>) } }, dir, 'release', ...args);
}

const frozen = (dir: string, ...path: string[]) => join(dir, 'catalog', 'releases', ...path);

test('a release is frozen once `npm ci` and the tests have passed from its zip alone', async () => {
  // GIVEN a test that sees only what is in the zip
  const dir = platform(
    `node -e "process.exit(require('./answer.cjs') === 42 && !fs.existsSync('node_modules/left-over') ? 0 : 1)"`,
  );
  // WHEN
  const { code, printed, said } = await release(dir, '1.0.0');
  // THEN
  expect([code, said]).toEqual([0, '  npm ci, from the seed alone\n  npm test, from the seed alone']);
  expect(printed).toMatch(/^Froze 1\.0\.0 in catalog\/releases\/1\.0\.0: .* It never changes\./);
  const unpacked = temporaryFolder();
  await unzip(readFileSync(frozen(dir, '1.0.0', 'model-build.zip')), unpacked);
  expect(existsSync(join(unpacked, 'answer.cjs'))).toBe(true);
  expect(existsSync(join(unpacked, 'node_modules'))).toBe(false);
});

test('a seed whose tests fail, or that does not install, is not released', async () => {
  const failing = platform(`node -e "console.log('two boxes are missing'); process.exit(1)"`);
  const tested = await release(failing, '1.0.0');
  expect(tested.code).toBe(1);
  expect(tested.said).toMatch(
    /`npm test` failed in the seed on its own, so nothing was released:\n[^]*two boxes are missing/,
  );
  expect(existsSync(frozen(failing))).toBe(false);

  const stale = platform('true');
  writeFileSync(
    join(stale, 'model-build', 'package.json'),
    JSON.stringify({ name: 'seed', dependencies: { zod: '4.0.0' } }),
  );
  const installed = await release(stale, '1.0.0');
  expect(installed.code).toBe(1);
  expect(installed.said).toContain('`npm ci` failed in the seed on its own, so nothing was released:');
  expect(existsSync(frozen(stale))).toBe(false);
});

test('a plan freezes nothing; the same content again changes nothing', async () => {
  const dir = platform('true');
  const planned = await release(dir, '1.0.0', '--plan', '--no-test');
  expect(planned.printed).toMatch(/^Would freeze 1\.0\.0/);
  expect(existsSync(frozen(dir))).toBe(false);
  await release(dir, '1.0.0', '--no-test');
  expect((await release(dir, '1.0.0')).printed).toContain('1.0.0 is frozen with this very content already.');
});

test('a release that was frozen without its tests is published once they have passed, or where somebody insists', async () => {
  // GIVEN
  const region = await start();
  const dir = platform('true');
  mkdirSync(join(dir, 'model-build', 'training'));
  writeFileSync(join(dir, 'model-build', 'training', 'requirements.txt'), '');
  await release(dir, '1.0.0', '--no-test');
  synthesized(dir);
  // THEN
  refused(
    await publish(region, dir),
    1,
    /^The release 1\.0\.0 was frozen with --no-test, .*: `npx drone-mlops release 1\.0\.0` on the commit/,
  );
  const insisted = await drone(region, dir, 'publish', '--yes', '--untested', '--poll-seconds', '0.1');
  expect([insisted.code, insisted.printed.split('\n')[0]]).toEqual([0, 'Published.']);

  expect(await release(dir, '1.0.0')).toMatchObject({
    code: 0,
    said: '  npm ci, from the seed alone\n  npm test, from the seed alone',
  });
  expect((await publish(region, dir)).code).toBe(0);
});

test('a frozen release never changes: neither by another release of its name, nor by a hand', async () => {
  // GIVEN
  const dir = platform('true');
  await release(dir, '1.0.0', '--no-test');
  // WHEN the seed goes on
  writeFileSync(join(dir, 'model-build', 'answer.cjs'), 'module.exports = 43;');
  // THEN
  refused(
    await release(dir, '1.0.0', '--no-test'),
    1,
    /^1\.0\.0 is frozen with another .* already, and frozen releases never change: take the next version\.$/,
  );
  expect((await release(dir, '1.1.0', '--no-test')).code).toBe(0);

  const region = await start();
  for (const file of ['template.yaml', 'model-build.zip']) {
    const kept = readFileSync(frozen(dir, '1.0.0', file));
    appendFileSync(frozen(dir, '1.0.0', file), '\n');
    const sentence = new RegExp(
      `${file.replace('.', '\\.')} is not what was frozen: bring it back with \`git checkout -- `,
    );
    refused(await drone(region, dir, 'publish', '--plan'), 1, sentence);
    refused(await release(dir, '1.2.0', '--no-test'), 1, sentence);
    writeFileSync(frozen(dir, '1.0.0', file), kept);
  }
});

test.each(['1.0', 'v1.0.0', '1.0.0-rc.1', '01.0.0'])('%s is no version of a release', async (version) => {
  refused(await release(platform('true'), version, '--no-test'), 1, 'is no version: name it X.Y.Z, such as 1.0.0.');
  // AND its seed is not tried for it
  const { said } = await release(platform('true'), version);
  expect(said).toMatch(/^\S+ is no version/);
});
