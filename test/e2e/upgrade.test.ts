// Two versions of the packed package, driven as a team would: edits of every kind, `upgrade`, conflicts, two branches.
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../../src/process';
import { filesIn, temporaryFolder } from '../folder';
import { cleanEnvironment, manifestOf, succeed } from './packed';
import { binary, packVersions } from './versions';

/** It packs twice, and installs real packages. */
jest.setTimeout(600_000);

const work = temporaryFolder();
const env = cleanEnvironment({ npm_config_prefer_offline: 'true' });
const original = join(work, 'survey');
let second: string;

const git = async (dir: string, ...args: string[]): Promise<string> =>
  (await succeed('git', args, { cwd: dir, env })).stdout.trim();

beforeAll(async () => {
  const versions = await packVersions(work);
  second = versions.second;
  const unpacked = join(work, '0.1.0', 'package', 'dist', 'create-drone-mlops.cjs');
  await succeed(
    process.execPath,
    [unpacked, original, '--yes', '--no-install', '--generator-tarball', versions.first],
    { cwd: work, env },
  );
  // As CI does: the packages of the platform alone.
  await succeed('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: original, env });
  const manifest = join(original, 'package.json');
  const { scripts, ...rest } = manifestOf(original);
  writeFileSync(
    manifest,
    JSON.stringify({ ...rest, scripts: { ...(scripts as object), test: 'node -e 0', ours: 'echo ours' } }, null, 2),
  );
  await git(original, 'add', '--all');
  await git(original, 'commit', '--quiet', '-m', 'Set the tests up');
});

/** A clone with everything installed. */
async function clone(name: string): Promise<string> {
  const dir = join(work, name);
  await git(work, 'clone', '--quiet', original, dir);
  await installed(dir);
  return dir;
}

/** Gives a project the original's packages. npm replaces files and never writes into them, but for its own record. */
async function installed(dir: string): Promise<void> {
  const [from, to] = [join(original, 'node_modules'), join(dir, 'node_modules')];
  const { code } = await run('cp', ['-al', from, to]);
  if (code !== 0) cpSync(from, to, { recursive: true, verbatimSymlinks: true }); // no links here, or no such cp
  const record = join(to, '.package-lock.json');
  rmSync(record);
  cpSync(join(from, '.package-lock.json'), record);
}

function upgrade(dir: string, ...args: string[]): ReturnType<typeof run> {
  return run('npx', ['drone-mlops', 'upgrade', '--to', second, ...args], { cwd: dir, env });
}

const read = (dir: string, path: string): string => readFileSync(join(dir, 'model-build', path), 'latin1');

function change(dir: string, path: string, edit: (text: string) => string): void {
  writeFileSync(join(dir, 'model-build', path), edit(read(dir, path)), 'latin1');
}

async function commitAll(dir: string, message: string): Promise<void> {
  await git(dir, 'add', '--all');
  await git(dir, 'commit', '--quiet', '-m', message);
}

test('upgrade keeps every edit of the team, delivers every change, tests, and leaves one commit that says why', async () => {
  // GIVEN edits of every kind
  const dir = await clone('edited');
  change(dir, 'src/main.ts', (text) => `${text}\n// the team’s last line\n`);
  change(dir, 'src/markup.ts', (text) => `${text}\n// the team’s markup\n`);
  change(dir, 'training/edited-goes.txt', (text) => `${text}the team’s\n`);
  writeFileSync(join(dir, 'model-build', 'training', 'example.bin'), binary(3));
  writeFileSync(join(dir, 'model-build', 'src', 'new-in-two.ts'), '// the team’s own\n');
  mkdirSync(join(dir, 'model-build', 'python'));
  renameSync(join(dir, 'model-build', 'training', 'train.py'), join(dir, 'model-build', 'python', 'entry.py'));
  rmSync(join(dir, 'model-build', 'src', 'onnx', 'graph.ts'));
  writeFileSync(
    join(dir, '.projenrc.ts'),
    readFileSync(join(dir, '.projenrc.ts'), 'utf8').replace('epochs: 50', 'epochs: 7'),
  );
  const dirty = await upgrade(dir);
  expect([dirty.code, dirty.stderr]).toEqual([1, expect.stringMatching(/uncommitted changes \(.*--allow-dirty/s)]);
  await commitAll(dir, 'Edit');
  // WHEN
  const dryRun = await upgrade(dir, '--dry-run', '--json');
  expect(await git(dir, 'status', '--porcelain')).toBe('');
  const finished = await upgrade(dir, '--branch', 'upgrade-0.2.0');
  // THEN
  expect(finished.stderr).not.toMatch(/Error/);
  expect(finished.code).toBe(0);
  expect(read(dir, 'src/main.ts')).toMatch(/^\/\/ version 0\.2\.0\n[^]+team/);
  expect(read(dir, 'src/marks.ts')).toContain('markup');
  expect(existsSync(join(dir, 'model-build', 'src', 'markup.ts'))).toBe(false);
  expect(read(dir, 'training/edited-goes.txt')).toContain('team');
  expect(existsSync(join(dir, 'model-build', 'training', 'goes.txt'))).toBe(false);
  expect(read(dir, 'training/example.bin')).toBe(binary(3).toString('latin1'));
  expect(read(dir, 'src/new-in-two.ts')).toContain('own');
  expect(read(dir, 'src/new-in-two.ts.new')).toBe('export {};\n');
  expect(read(dir, 'python/entry.py')).toContain('# the end of 0.2.0');
  expect(existsSync(join(dir, 'model-build', 'training', 'train.py'))).toBe(false);
  expect(existsSync(join(dir, 'model-build', 'src', 'onnx', 'graph.ts'))).toBe(false);
  expect(JSON.parse(read(dir, 'drone-mlops.json'))).toMatchObject({ second: true, training: { epochs: 7 } });
  expect(manifestOf(dir)).toMatchObject({
    scripts: { test: 'node -e 0', ours: 'echo ours', two: 'echo two' },
    devDependencies: { 'create-drone-mlops': 'file:vendor/create-drone-mlops-0.2.0.tgz' },
  });
  expect(await git(dir, 'log', '-1', '--format=%s %D')).toMatch(
    /^Upgrade create-drone-mlops from 0\.1\.0 to 0\.2\.0 HEAD -> upgrade-0\.2\.0/,
  );
  expect(await git(dir, 'status', '--porcelain')).toBe('');
  expect(finished.stdout).toMatch(/^kept +model-build\/training\/example\.bin: binary, and both changed it/m);
  expect(finished.stdout).toMatch(/^## 0\.2\.0\n\n- Everything is second\.$/m);
  expect(finished.stdout).not.toContain('The first');
  expect(finished.stdout).toMatch(/The project’s tests passed\.\nCommitted on upgrade-0\.2\.0\./);
  // AND the dry run had said the same
  const { report } = JSON.parse(dryRun.stdout) as {
    report: { changes: { path: string; kind: string }[]; written: boolean };
  };
  expect(report.written).toBe(false);
  expect(report.changes).toContainEqual(expect.objectContaining({ path: 'model-build/src/marks.ts', kind: 'moved' }));
  // AND another generation changes nothing
  await succeed('npx', ['projen'], { cwd: dir, env });
  expect(await git(dir, 'status', '--porcelain')).toBe('');
});

test('conflicts are left as markers with exit code 1, stop the next run, and are resolved like any other', async () => {
  const dir = await clone('conflict');
  change(dir, 'src/main.ts', (text) => `// the team’s first line\n${text}`);
  await commitAll(dir, 'Edit');
  const finished = await upgrade(dir);
  expect(finished.code).toBe(1);
  expect(finished.stdout).toMatch(/One conflict is left to resolve:\n {2}model-build\/src\/main\.ts:1\n/);
  expect(read(dir, 'src/main.ts')).toMatch(
    /^<{7} yours\n[^]+\|{7} create-drone-mlops 0\.1\.0\n={7}\n[^]+>{7} create-drone-mlops 0\.2\.0\n/,
  );
  expect((await run('git', ['diff', '--check'], { cwd: dir, env })).stdout).toMatch(
    /model-build\/src\/main\.ts:1: leftover conflict marker/,
  );
  const before = filesIn(join(dir, 'model-build'));
  const again = await run('npx', ['projen'], { cwd: dir, env });
  expect(again.code).toBe(1);
  expect(again.stderr + again.stdout).toMatch(/Nothing was written[^]+model-build\/src\/main\.ts:1/);
  expect(filesIn(join(dir, 'model-build'))).toEqual(before);
  change(dir, 'src/main.ts', (text) => text.replaceAll(/^([<|=>]{7}).*\n/gm, ''));
  await succeed('npx', ['projen'], { cwd: dir, env });
});

test('two branches that both upgrade merge without a conflict, and hold what both brought', async () => {
  const dir = await clone('branches');
  await succeed('npx', ['drone-mlops', 'upgrade', '--to', second, '--no-test', '--branch', 'one'], { cwd: dir, env });
  await git(dir, 'switch', '--quiet', '-');
  await git(dir, 'switch', '--quiet', '--create', 'two');
  change(dir, 'src/main.ts', (text) => `${text}\n// two\n`);
  writeFileSync(
    join(dir, '.projenrc.ts'),
    readFileSync(join(dir, '.projenrc.ts'), 'utf8').replace('epochs: 50', 'epochs: 9'),
  );
  await succeed('npm', ['install', '--ignore-scripts', '--save-dev', `create-drone-mlops@file:${second}`], {
    cwd: dir,
    env,
  });
  await succeed('npx', ['projen'], { cwd: dir, env });
  await commitAll(dir, 'Upgrade too');
  await git(dir, 'merge', '--quiet', '--no-edit', 'one');
  await succeed('npx', ['projen'], { cwd: dir, env });
  // The base held two lines for what the branches generated differently; now it holds what both became.
  expect(await git(dir, 'status', '--porcelain')).toBe('M model-build/.drone-mlops/base');
  expect(JSON.parse(read(dir, 'drone-mlops.json'))).toMatchObject({ second: true, training: { epochs: 9 } });
  expect(read(dir, 'src/main.ts')).toMatch(/^\/\/ version 0\.2\.0\n[^]+\/\/ two\n$/);
});

test('a model-build repository of its own upgrades as well', async () => {
  const source = await clone('platform');
  const alone = join(work, 'alone');
  cpSync(join(source, 'model-build'), alone, { recursive: true });
  await installed(alone);
  writeFileSync(join(alone, 'src', 'main.ts'), `${readFileSync(join(alone, 'src', 'main.ts'), 'utf8')}// ours\n`);
  await succeed(
    'tar',
    ['-xzf', second, '-C', join(alone, 'node_modules', 'create-drone-mlops'), '--strip-components=1'],
    { cwd: alone },
  );
  await succeed('npx', ['drone-mlops', 'regenerate'], { cwd: alone, env });
  expect(readFileSync(join(alone, 'src', 'main.ts'), 'utf8')).toMatch(/^\/\/ version 0\.2\.0\n[^]+\/\/ ours\n$/);
});
