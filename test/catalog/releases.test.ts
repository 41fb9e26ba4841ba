import { appendFileSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deprecatedReleases, freezeRelease, readReleases, seedZip } from '../../src/catalog';
import { temporaryFolder } from '../folder';

const YAML = 'Parameters: {}\nResources: {}\n';
const SEED = Buffer.from('a seed');

function seed(files: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder();
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

describe('a frozen release', () => {
  test('holds the very bytes, and keys that tell its version and its seed', () => {
    const dir = temporaryFolder();
    freezeRelease(dir, '1.10.0', YAML, SEED, true);
    freezeRelease(dir, '1.9.0', YAML, SEED, true);

    const releases = readReleases(dir);

    expect(releases.map(({ version }) => version)).toEqual(['1.9.0', '1.10.0']);
    expect(releases[1]).toMatchObject({ yaml: YAML, seed: SEED, templateKey: 'templates/drone-mlops-1.10.0.yaml' });
    expect(releases[1]?.seedKey).toMatch(/^releases\/1\.10\.0\/model-build-[0-9a-f]{12}\.zip$/);
  });

  test('can be frozen again with the same content, and with no other', () => {
    const dir = temporaryFolder();
    freezeRelease(dir, '1.0.0', YAML, SEED, true);

    expect(() => {
      freezeRelease(dir, '1.0.0', YAML, SEED, true);
    }).not.toThrow();
    expect(() => {
      freezeRelease(dir, '1.0.0', YAML, Buffer.from('another'), true);
    }).toThrow('1.0.0 is frozen with another model-build.zip already, and frozen releases never change: take the next');
  });

  test('that was changed since is found, with what to do', () => {
    const dir = temporaryFolder();
    freezeRelease(dir, '1.0.0', YAML, SEED, true);
    appendFileSync(join(dir, '1.0.0', 'template.yaml'), '# harmless');

    expect(() => readReleases(dir)).toThrow(/template\.yaml is not what was frozen: bring it back with `git checkout/);
    rmSync(join(dir, '1.0.0', 'template.yaml'));
    expect(() => readReleases(dir)).toThrow(/template\.yaml is missing/);
  });

  test('is not there at all when freezing it was interrupted, and the next try goes through', () => {
    const dir = temporaryFolder();
    mkdirSync(join(dir, '.1.0.0.partial'), { recursive: true });
    writeFileSync(join(dir, '.1.0.0.partial', 'template.yaml'), 'half');

    expect(readReleases(dir)).toEqual([]);
    freezeRelease(dir, '1.0.0', YAML, SEED, true);
    expect(readReleases(dir)).toHaveLength(1);
    expect(readdirSync(dir)).toEqual(['1.0.0']);
  });

  test.each(['1.0', 'v1.0.0', '1.0.0-rc.1', '01.0.0', '../1.0.0'])('is not called %s', (version) => {
    const dir = temporaryFolder();
    expect(() => {
      freezeRelease(dir, version, YAML, SEED, true);
    }).toThrow('is no version: name it X.Y.Z');
    expect(readdirSync(dir)).toEqual([]);
  });
});

test('all releases but the newest few are deprecated, in the order of versions', () => {
  expect(deprecatedReleases(['0.9.0', '0.10.0', '1.0.0'], 2)).toEqual(['0.9.0']);
  expect(deprecatedReleases(['0.9.0'], 3)).toEqual([]);
});

describe('a seed zip', () => {
  const FILES = {
    'package-lock.json': '{}',
    'src/main.ts': 'export {};',
    '.npmrc': 'ignore-scripts=true',
    b: 'B',
    a: 'A',
  };

  test('is flat, and the same bytes whatever the order, the time and the time zone', async () => {
    const first = await seedZip(seed(FILES));
    const zone = process.env.TZ;
    process.env.TZ = 'Pacific/Auckland';
    try {
      const second = await seedZip(seed(Object.fromEntries(Object.entries(FILES).reverse())));
      expect(second.equals(first)).toBe(true);
    } finally {
      if (zone === undefined) delete process.env.TZ;
      else process.env.TZ = zone;
    }
    expect(first.includes('src/main.ts')).toBe(true);
  });

  test('holds hidden files and the vendored generator, and nothing that was installed or built', async () => {
    const zip = await seedZip(
      seed({ ...FILES, 'vendor/x.tgz': 't', 'node_modules/m/i.js': 'm', 'dist/b.js': 'b', '.git/HEAD': 'ref' }),
    );
    for (const name of ['.npmrc', 'vendor/x.tgz']) expect(zip.includes(name)).toBe(true);
    for (const name of ['node_modules', 'dist/b.js', '.git/']) expect(zip.includes(name)).toBe(false);
  });

  test('is not made of a folder that `npm ci` could not install', async () => {
    const folder = seed({ 'package.json': '{}' });
    await expect(seedZip(folder)).rejects.toThrow('has no package-lock.json');
    expect(existsSync(join(folder, 'package-lock.json'))).toBe(false);
  });
});
