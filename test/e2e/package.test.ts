// The packed package, used as its users would: through npm, npx and projen, without any network but loopback.
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../../src/process';
import { PACKAGE_ROOT } from '../../src/project';
import { withProgram } from '../cli/fake-host';
import { filesIn, temporaryFolder } from '../folder';
import { type Packed, cleanEnvironment, manifestOf, pack, succeed } from './packed';
import { type Registry, startRegistry } from './registry';

const MEGABYTE = 1024 * 1024;

/** Processes of npm's take seconds to start on a busy machine. */
jest.setTimeout(120_000);

const work = temporaryFolder();
const modules = join(PACKAGE_ROOT, 'node_modules');
let packed: Packed;
let registry: Registry;

beforeAll(async () => {
  packed = await pack(PACKAGE_ROOT, work);
  const others = [
    'handlebars',
    'minimist',
    'neo-async',
    'source-map',
    'wordwrap',
    'yaml',
    'yazl',
    'buffer-crc32',
    'projen',
    'constructs',
  ];
  registry = await startRegistry([PACKAGE_ROOT, ...others.map((name) => join(modules, name))], work);
});

afterAll(() => registry.close());

/** An npm that knows the loopback registry alone, and has never fetched anything. */
function npmOnLoopback(): NodeJS.ProcessEnv {
  const dir = temporaryFolder();
  writeFileSync(join(dir, 'npmrc'), '');
  return cleanEnvironment({
    npm_config_registry: registry.url,
    npm_config_cache: join(dir, 'cache'),
    npm_config_userconfig: join(dir, 'npmrc'),
    npm_config_update_notifier: 'false',
  });
}

describe('the package', () => {
  test('is at most 2 MB, and holds what it needs and nothing else', () => {
    expect(packed.bytes).toBeLessThanOrEqual(2 * MEGABYTE);
    const wanted = [
      /^(package\.json|README\.md|CHANGELOG\.md|LICENSE|\.jsii)$/,
      /^dist\/((create-drone-mlops|drone-mlops|code-cache)\.cjs|(cli|add|create|operate|prompts|regenerate|rehearse|upgrade|zod)\.c?js|THIRD-PARTY-NOTICES\.txt)$/,
      /^dist\/functions\/(clients|node_modules\/@aws-sdk\/client-[a-z0-9-]+\/index)\.js$/,
      /^lib\/(index|process|package-root)\.(js|d\.ts)$/,
      /^lib\/(catalog|options|platform|project|upgrade)\/[a-z-]+\.(js|d\.ts)$/,
      /^templates\/[a-z-]+\/[a-z-]+(\/[a-z-]+)*(\.[a-z]+)+$/i,
      /^templates\/(platform|model-build)\/README\.md\.hbs$/,
      /^seed-code\/model-build\/(bin|src|test|training)\/[^.][^/]*(\/[^./][^/]*)*$/,
      /^seed-code\/model-build\/(buildspec\.yml|pyproject\.toml)$/,
      /^seed-code\/platform\/[^.][^/]*(\/[^./][^/]*)*$/,
    ];
    const unwanted = packed.files.filter((file) => !wanted.some((pattern) => pattern.test(file)));
    expect(unwanted).toEqual([]);
    for (const file of [
      '.jsii',
      'lib/index.js',
      'dist/create.cjs',
      'dist/rehearse.cjs',
      'seed-code/model-build/src/main.ts',
    ]) {
      expect(packed.files).toContain(file);
    }
    const rest = packed.files.filter((file) => !file.startsWith('dist/functions/'));
    expect(rest.join('\n')).not.toMatch(/node_modules|\.env/);
  });

  test('installs without scripts, and depends on little', () => {
    const { scripts, dependencies, bin } = manifestOf(PACKAGE_ROOT);
    expect(Object.keys(scripts as object).filter((name) => /install|prepare/.test(name))).toEqual([]);
    expect(Object.keys(dependencies as object)).toEqual(['handlebars', 'yaml', 'yazl']);
    expect(Object.keys(bin as object)).toEqual(['create-drone-mlops', 'drone-mlops']);
  });

  test('carries the licences of what is bundled', () => {
    const notices = readFileSync(join(PACKAGE_ROOT, 'dist', 'THIRD-PARTY-NOTICES.txt'), 'utf8');
    for (const name of ['projen 0.', 'commander 14.', '@clack/prompts 1.', 'handlebars 4.']) {
      expect(notices).toContain(name);
    }
  });
});

describe('from a registry', () => {
  test.each([
    ['npm create drone-mlops', 'npm', ['create', '--yes', 'drone-mlops@latest', 'app', '--']],
    ['npx create-drone-mlops', 'npx', ['--yes', 'create-drone-mlops', 'app']],
  ])('%s generates a project that depends on just that version', async (_, command, args) => {
    const cwd = temporaryFolder();
    await succeed(command, [...args, '--no-install', '--no-git'], { cwd, env: npmOnLoopback() });
    const { devDependencies } = manifestOf(join(cwd, 'app'));
    expect(devDependencies).toHaveProperty('create-drone-mlops', manifestOf(PACKAGE_ROOT).version);
    expect(existsSync(join(cwd, 'app', 'vendor'))).toBe(false);
  });
});

describe('from a file', () => {
  test('npx generates a project that carries the package in each of its roots', async () => {
    const cwd = temporaryFolder();
    const args = ['--yes', `--package=file:${packed.tarball}`, 'create-drone-mlops', 'app', '--no-install', '--no-git'];
    await succeed('npx', args, { cwd, env: npmOnLoopback() });
    for (const root of [join(cwd, 'app'), join(cwd, 'app', 'model-build')]) {
      const spec = (manifestOf(root).devDependencies as Record<string, string>)['create-drone-mlops'] ?? '';
      expect(spec).toMatch(/^file:vendor\//);
      expect(readFileSync(join(root, spec.slice('file:'.length)))).toEqual(readFileSync(packed.tarball));
    }
  });

  test('`projen new --from` generates what the command does', async () => {
    // GIVEN what the command generates
    const cwd = temporaryFolder();
    const bin = join(PACKAGE_ROOT, 'dist', 'create-drone-mlops.cjs');
    const same = [
      '--no-install',
      '--no-git',
      '--project-name',
      'app',
      '--epochs',
      '7',
      '--generator-tarball',
      packed.tarball,
    ];
    await succeed(process.execPath, [bin, 'expected', ...same], { cwd });
    // WHEN
    mkdirSync(join(cwd, 'app'));
    const projen = join(modules, 'projen', 'bin', 'projen');
    const spec = `create-drone-mlops@file:${packed.tarball}`;
    const args = [projen, 'new', '--from', spec, '--project-name', 'app', '--epochs', '7', '--no-git', '--no-post'];
    await succeed(process.execPath, args, { cwd: join(cwd, 'app'), env: npmOnLoopback() });
    // THEN
    const generated = Object.entries(filesIn(join(cwd, 'app'))).filter(([path]) => !path.startsWith('node_modules/'));
    expect(Object.fromEntries(generated)).toEqual(filesIn(join(cwd, 'expected')));
  });
});

describe('the programs', () => {
  test('say in a sentence that Node is too old', async () => {
    const dir = temporaryFolder();
    const old = join(dir, 'old.cjs');
    writeFileSync(old, "Object.defineProperty(process.versions, 'node', { value: '18.20.8' });");
    for (const program of ['create-drone-mlops', 'drone-mlops']) {
      const bin = join(PACKAGE_ROOT, 'dist', `${program}.cjs`);
      const { code, stderr } = await run(process.execPath, ['--require', old, bin, 'x'], { cwd: dir });
      expect(stderr).toBe(`${program} needs Node 20.19 or newer; this is Node 18.20.8.\n`);
      expect(code).toBe(1);
    }
  });

  test('never wait for an answer where nobody can give one', async () => {
    const bin = join(PACKAGE_ROOT, 'dist', 'create-drone-mlops.cjs');
    const { code, stdout, stderr } = await run(process.execPath, [bin], { cwd: temporaryFolder() });
    expect([code, stdout, stderr]).toEqual([2, '', '--project-name is missing.\n']);
  });

  test('tell their exit codes apart across bundles: a folder in the way is no wrong usage', async () => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'file'), '');
    const bin = join(PACKAGE_ROOT, 'dist', 'create-drone-mlops.cjs');
    expect((await run(process.execPath, [bin, 'file'], { cwd })).code).toBe(1);
    expect((await run(process.execPath, [bin, 'x', '--epochs', '0'], { cwd })).code).toBe(2);
  });

  test('leave nothing behind when a signal ends them in the middle of an installation', async () => {
    // GIVEN
    const cwd = temporaryFolder();
    const bin = join(PACKAGE_ROOT, 'dist', 'create-drone-mlops.cjs');
    const stop = new AbortController();
    const env = cleanEnvironment(withProgram(temporaryFolder(), 'npm', 'sleep 60'));
    const args = [bin, 'app', '--generator-tarball', packed.tarball];
    // WHEN
    const finished = await run(process.execPath, args, {
      cwd,
      env,
      signal: stop.signal,
      onStderr: () => {
        stop.abort();
      },
    });
    // THEN
    expect(finished.code).toBe(130);
    expect(finished.stderr).toMatch(/Interrupted: nothing was left behind\.\n$/);
    expect(readdirSync(cwd)).toEqual([]);
  });
});
