import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { run, start } from '../../src/process';

const LAUNCHER = resolve(__dirname, '../../seed-code/platform/images/launcher/launcher.cjs');

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'launcher-'));
});
afterEach(() => rm(root, { recursive: true }));

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
}

async function bundle(
  folder: string,
  name: string,
  script: string,
  natives: Record<string, string> = {},
): Promise<void> {
  await write(`${folder}/${name}`, script);
  await write(`${folder}/bundle.json`, JSON.stringify({ natives }));
}

/** A module of the image; like sharp's, its package.json cannot be required. */
async function native(name: string, version: string): Promise<void> {
  await write(
    `image/${name}/package.json`,
    JSON.stringify({ name, version, exports: { '.': { require: './dist/index.cjs' } } }),
  );
  await write(`image/${name}/dist/index.cjs`, `module.exports = 'native ${version}'`);
  await write(`image/${name}/dist/package.json`, '{"type":"commonjs"}');
}

const options = () => ({ env: { PATH: process.env.PATH, DRONE_MLOPS_ROOT: root, NODE_PATH: join(root, 'image') } });
const launch = (...args: string[]) => run(process.execPath, [LAUNCHER, ...args], options());

describe('the launcher', () => {
  test.each([
    ['train', 'input/data/code'],
    ['serve', 'model/code'],
  ])('%s runs the bundle as if it had been started itself, with the modules of the image', async (command, folder) => {
    await native('sharp', '0.35.5');
    const script = `console.log(JSON.stringify([process.argv.slice(1), require.main === module, require('sharp')])); process.exitCode = 7;`;
    await bundle(folder, `${command}.js`, script, { sharp: '0.35.5' });
    const { stdout, code } = await launch(command);
    expect(JSON.parse(stdout)).toEqual([[join(root, folder, `${command}.js`)], true, 'native 0.35.5']);
    expect(code).toBe(7);
  });

  test.each([
    [
      'another version',
      '0.34.0',
      /^The bundle was built for sharp 0\.35\.5, and this image has 0\.34\.0: use the image/,
    ],
    ['none', undefined, /^The bundle was built for sharp 0\.35\.5, and this image has none: use the image/],
  ])('refuses to run where the image has %s of a native module', async (_what, version, sentence) => {
    if (version !== undefined) await native('sharp', version);
    await bundle('input/data/code', 'train.js', `console.log('ran')`, { sharp: '0.35.5' });
    const { stdout, stderr, code } = await launch('train');
    expect({ stdout, code }).toEqual({ stdout: '', code: 1 });
    expect(stderr).toMatch(sentence);
    expect(await readFile(join(root, 'output/failure'), 'utf8')).toBe(stderr.trimEnd());
  });

  test.each([
    ['train', /no .*input\/data\/code\/train\.js: give the training job a channel "code"/],
    ['serve', /no .*model\/code\/serve\.js: serve a model\.tar\.gz that holds the serving bundle/],
  ])('%s says what is missing and what to do', async (command, sentence) => {
    expect(await launch(command)).toMatchObject({ code: 1, stderr: expect.stringMatching(sentence) as string });
  });

  test('refuses a bundle that does not name its native modules', async () => {
    await write('input/data/code/train.js', `console.log('ran')`);
    expect(await launch('train')).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/bundle\.json/) as string,
    });
  });

  test.each([[[]], [['dance']]])('with the arguments %j tells its usage', async (args: string[]) => {
    expect(await launch(...args)).toMatchObject({ code: 2, stderr: 'Usage: launcher.cjs train|serve\n' });
  });

  test.each([
    ['that handles it', `process.once('SIGTERM', () => process.exit(9));`, 9],
    ['that does not', '', 143],
  ])('passes SIGTERM to a bundle %s', async (_what, handler, expected) => {
    await bundle('model/code', 'serve.js', `${handler} console.log('ready'); setInterval(() => {}, 1000);`);
    const child = start(process.execPath, [LAUNCHER, 'serve'], {
      ...options(),
      onStdout: () => {
        child.kill('SIGTERM');
      },
    });
    expect((await child.exited).code).toBe(expected);
  });

  test('needs nothing but Node: it runs where there is no other file', async () => {
    await cp(LAUNCHER, join(root, 'bin/launcher.cjs'));
    await bundle('input/data/code', 'train.js', `console.log('ran')`);
    const { stdout } = await run(process.execPath, [join(root, 'bin/launcher.cjs'), 'train'], options());
    expect(stdout).toBe('ran\n');
  });
});
