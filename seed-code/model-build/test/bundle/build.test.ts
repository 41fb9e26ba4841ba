import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buildBundles, BundleError, type Bundle } from '../../src/bundle';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bundle-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** A small package of the same shape: every step prints its name, train also uses sharp and a worker. */
const PACKAGE: Readonly<Record<string, string>> = {
  'package.json': '{"name":"small"}',
  'src/shared.ts': 'export const say = (text: string): void => console.log(text);',
  ...Object.fromEntries(
    ['split', 'preprocess', 'validate', 'evaluate', 'serve'].map((step) => [
      `src/steps/${step}.ts`,
      `import { say } from '../shared';\nsay('${step}');`,
    ]),
  ),
  'src/steps/train.ts': [
    "import { join } from 'node:path';",
    "import { Worker } from 'node:worker_threads';",
    "import sharp from 'sharp';",
    "import left from 'left';",
    "new Worker(join(__dirname, 'sum-worker.js'), { workerData: [sharp, left] });",
  ].join('\n'),
  'src/sums/sum-worker.ts':
    "import { workerData } from 'node:worker_threads';\nimport { say } from '../shared';\nsay(`sum of ${String(workerData)}`);",
  'src/sums/unused-worker.ts': 'export {};',
  'training/train.py': 'print("training")',
  'training/__pycache__/train.pyc': 'compiled',
  'node_modules/sharp/package.json': '{"name":"sharp","version":"9.8.7","main":"index.js"}',
  'node_modules/sharp/index.js': "module.exports = 'sharp';",
  'node_modules/left/package.json': '{"name":"left","version":"1.0.0","main":"index.js"}',
  'node_modules/left/index.js': "module.exports = 'left';",
};

/** Writes the package, with `files` over it, into `name` and makes its bundles. */
async function bundle(name: string, files: Readonly<Record<string, string>> = {}): Promise<Record<string, Bundle>> {
  const root = join(folder, name);
  for (const [path, text] of Object.entries({ ...PACKAGE, ...files })) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return byStep(await buildBundles(root, join(root, 'dist')));
}

function byStep(bundles: readonly Bundle[]): Record<string, Bundle> {
  return Object.fromEntries(bundles.map((one) => [one.step, one]));
}

function hashes(bundles: Record<string, Bundle>): Record<string, string> {
  return Object.fromEntries(Object.entries(bundles).map(([step, { hash }]) => [step, hash]));
}

test('the same sources give the same bytes in any folder, wherever npm put the packages', async () => {
  const first = await bundle('first');
  const deep = await bundle('some/where/else');
  // As in an npm workspace: packages stand two folders up.
  const root = join(folder, 'repository', 'seed', 'small');
  cpSync(join(folder, 'first'), root, { recursive: true, filter: (path) => !/node_modules|dist/.test(path) });
  cpSync(join(folder, 'first', 'node_modules'), join(folder, 'repository', 'node_modules'), { recursive: true });
  const hoisted = byStep(await buildBundles(root, join(root, 'dist')));
  // As in a store of packages that projects link to.
  cpSync(root, join(folder, 'linked'), { recursive: true });
  symlinkSync(join(folder, 'repository', 'node_modules'), join(folder, 'linked', 'node_modules'));
  const linked = byStep(await buildBundles(join(folder, 'linked'), join(folder, 'linked', 'dist')));

  expect(hashes(deep)).toEqual(hashes(first));
  expect(hashes(hoisted)).toEqual(hashes(first));
  expect(hashes(linked)).toEqual(hashes(first));
});

test('a change of one step changes the hash of no other', async () => {
  const before = hashes(await bundle('before'));
  const evaluate =
    "import left from 'left';\nimport '../sums/sum-worker';\nimport { say } from '../shared';\nsay(left);";
  const after = hashes(await bundle('after', { 'src/steps/evaluate.ts': evaluate }));

  expect(after).toEqual({ ...before, evaluate: after.evaluate });
  expect(after.evaluate).not.toBe(before.evaluate);
});

test('a change of what serves the model, of training/, or of a native version changes just the steps that carry it', async () => {
  const before = hashes(await bundle('before'));
  const serving = hashes(await bundle('serving', { 'src/steps/serve.ts': "console.log('other');" }));
  const python = hashes(await bundle('python', { 'training/train.py': 'print("other")' }));
  const native = hashes(
    await bundle('native', {
      'node_modules/sharp/package.json': '{"name":"sharp","version":"9.8.8","main":"index.js"}',
    }),
  );

  expect(serving).toEqual({ ...before, evaluate: serving.evaluate });
  expect(serving.evaluate).not.toBe(before.evaluate);
  for (const changed of [python, native]) {
    expect(changed).toEqual({ ...before, train: changed.train });
    expect(changed.train).not.toBe(before.train);
  }
});

test('a bundle holds its workers and folders, names the versions of its native modules, and runs by itself', async () => {
  const { train, evaluate } = await bundle('package');

  expect(train.files).toEqual(['bundle.json', 'sum-worker.js', 'train.js', 'training/train.py']);
  expect(JSON.parse(readFileSync(join(train.directory, 'bundle.json'), 'utf8'))).toEqual({
    step: 'train',
    hash: train.hash,
    natives: { sharp: '9.8.7' },
  });
  expect(evaluate.files).toEqual(['bundle.json', 'evaluate.js', 'serve/bundle.json', 'serve/serve.js']);

  // Native modules come from the image through NODE_PATH; everything else is inside.
  const alone = join(folder, 'alone');
  cpSync(train.directory, alone, { recursive: true });
  cpSync(join(folder, 'package', 'node_modules', 'sharp'), join(folder, 'image', 'sharp'), { recursive: true });
  const said = execFileSync(process.execPath, [join(alone, 'train.js')], {
    env: { ...process.env, NODE_PATH: join(folder, 'image') },
    encoding: 'utf8',
  });
  expect(said).toBe('sum of sharp,left\n');
});

test('a mistake in the sources is told with its file and line', async () => {
  const broken = bundle('broken', { 'src/steps/split.ts': "import { gone } from './nowhere';\ngone();" });

  await expect(broken).rejects.toThrow(BundleError);
  await expect(broken).rejects.toThrow(/Could not resolve "\.\/nowhere"[\s\S]*src\/steps\/split\.ts:1/);
});
