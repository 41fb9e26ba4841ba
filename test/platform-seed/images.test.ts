// The runtime images, built without an engine by `.ci/images` and started in namespaces of their own as SageMaker starts them.
import { copyFileSync, cpSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import sharp from 'sharp';
import { buildBundles } from '../../seed-code/model-build/src/bundle';
import { dataVersion } from '../../seed-code/model-build/src/dataset';
import type { Sidecar } from '../../seed-code/model-build/src/model';
import { redBoxFrame, writeRedBoxModel } from '../../seed-code/model-build/test/vision/red-box-model';
import { VERSIONS } from '../../src/project/versions';
import { run } from '../../src/process';
import { temporaryFolder } from '../folder';

const SEED = resolve(__dirname, '../../seed-code/platform/images');
const BUILT = process.env.DRONE_MLOPS_IMAGES;
const { DRONE_MLOPS_HADOLINT: hadolint, DRONE_MLOPS_SAGEMAKER_PYTHON: python } = process.env;
const images = BUILT === undefined ? describe.skip : describe;

type Image = 'node' | 'training';

interface Config {
  readonly Env: readonly string[];
  readonly Entrypoint: readonly string[];
}

/** Runs a command in an image, as `docker run` would: behind the image's entry point, with `/opt/ml` from `ml`. */
function inImage(image: Image, ml: string, command: readonly string[]) {
  const root = join(BUILT ?? '', image);
  // buildah's own format.
  const inspected = JSON.parse(readFileSync(`${root}.json`, 'utf8')) as { OCIv1: { config: Config } };
  const { Env, Entrypoint } = inspected.OCIv1.config;
  const environment = Env.flatMap((entry) => {
    const [name = '', ...value] = entry.split('=');
    return ['--setenv', name, value.join('=')];
  });
  const sandbox = ['--unshare-all', '--die-with-parent', '--clearenv', ...environment];
  const mounts = [
    '--ro-bind',
    root,
    '/',
    '--proc',
    '/proc',
    '--dev',
    '/dev',
    '--tmpfs',
    '/tmp',
    '--bind',
    ml,
    '/opt/ml',
  ];
  return run('bwrap', [...sandbox, ...mounts, ...Entrypoint, ...command]);
}

/** A folder for `/opt/ml` with one bundle in it. */
function mounted(
  folder: string,
  name: string,
  script: string,
  natives: readonly ('onnxruntime-node' | 'sharp')[],
): string {
  const ml = temporaryFolder();
  mkdirSync(join(ml, folder), { recursive: true });
  writeFileSync(join(ml, folder, name), script);
  const versions = Object.fromEntries(natives.map((native) => [native, VERSIONS[native]]));
  writeFileSync(join(ml, folder, 'bundle.json'), JSON.stringify({ natives: versions }));
  return ml;
}

/** Has both native packages work: a grey picture becomes pixels, and onnxruntime has a backend. */
const WORK = `
  const ort = require('onnxruntime-node');
  const sharp = require('sharp');
  const work = async () => {
    const png = await sharp({ create: { width: 4, height: 2, channels: 3, background: '#808080' } }).png().toBuffer();
    const { info } = await sharp(png).raw().toBuffer({ resolveWithObject: true });
    return info.width + 'x' + info.height + ' ' + ort.listSupportedBackends().map((one) => one.name).includes('cpu');
  };`;

const SIDECAR: Sidecar = {
  format: 'drone-mlops/model@1',
  classes: ['box'],
  imageSize: 64,
  stride: 32,
  tiling: { size: 64, overlap: 0.25 },
  operatingPoint: { confidence: 0.05, iou: 0.6, merge: 'nms', wholeFrame: true, chosenOn: 'validation' },
  license: 'Apache-2.0',
  trainer: { name: 'baseline', version: '1' },
  provenance: { dataVersion: 'none', seed: 0 },
};

/** Asks the server in the same container, in its own network, then ends it as SageMaker does. */
const CLIENT = `
  const { readFileSync } = require('node:fs');
  const { spawn } = require('node:child_process');
  const server = spawn('serve', { stdio: ['ignore', 'ignore', 'inherit'] });
  const ping = () => fetch('http://127.0.0.1:8080/ping').then((answer) => answer.status, () => 0);
  (async () => {
    for (let tries = 0; (await ping()) !== 200 && tries < 200; tries++) await new Promise((resolve) => setTimeout(resolve, 50));
    const answer = await fetch('http://127.0.0.1:8080/invocations', {
      method: 'POST', body: readFileSync('/opt/ml/frame.png'), headers: { 'content-type': 'image/png' },
    });
    const { detections } = await answer.json();
    server.on('exit', (code) => console.log(JSON.stringify({ status: answer.status, detections, code })));
    server.kill('SIGTERM');
  })();`;

describe('the runtime images’ sources', () => {
  test('hold the native packages at the versions that bundles are made with', () => {
    const { dependencies } = JSON.parse(readFileSync(join(SEED, 'node/package.json'), 'utf8')) as {
      dependencies: Record<string, string>;
    };
    const natives = ['onnxruntime-node', 'sharp'] as const;
    expect(dependencies).toEqual(Object.fromEntries(natives.map((name) => [name, VERSIONS[name]])));
    const lock = JSON.parse(readFileSync(join(SEED, 'node/npm-shrinkwrap.json'), 'utf8')) as {
      packages: Record<string, { version: string; resolved?: string }>;
    };
    for (const name of natives) expect(lock.packages[`node_modules/${name}`]?.version).toBe(VERSIONS[name]);
    expect(Object.values(lock.packages).filter(({ resolved }) => resolved !== undefined)).toEqual([]);
  });
});

const REGIONS_OF_SDK = `
import json, logging, sys
logging.disable(logging.CRITICAL)
from sagemaker import image_uris
version, py_version = sys.argv[2], sys.argv[3]
print(json.dumps({region: image_uris.retrieve('pytorch', region, version=version, py_version=py_version,
    instance_type='ml.g4dn.xlarge', image_scope='training') for region in json.loads(sys.argv[1])}))`;

(python === undefined ? test.skip : test)(
  'the base of training is what the Python SDK names, in every region',
  async () => {
    const { accounts, repository, tag } = JSON.parse(readFileSync(join(SEED, 'training/base-image.json'), 'utf8')) as {
      accounts: Record<string, string>;
      repository: string;
      tag: string;
    };
    const [version = '', , py = ''] = tag.split('-');
    const asked = await run(python ?? '', ['-c', REGIONS_OF_SDK, JSON.stringify(Object.keys(accounts)), version, py]);
    const suffix = (region: string): string => (region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com');
    const ours = Object.entries(accounts).map(([region, account]) => [
      region,
      `${account}.dkr.ecr.${region}.${suffix(region)}/${repository}:${tag}`,
    ]);
    expect(JSON.parse(asked.stdout.trimEnd().split('\n').at(-1) ?? '')).toEqual(Object.fromEntries(ours));
  },
  60_000,
);

(hadolint === undefined ? test.skip : test)('hadolint finds nothing in the Dockerfiles', async () => {
  const files = ['node', 'training'].map((name) => join(SEED, name, 'Dockerfile'));
  expect(await run(hadolint ?? '', files)).toMatchObject({ code: 0, stdout: '' });
});

images('the runtime images', () => {
  let bundles: ReadonlyMap<string, string>;
  beforeAll(async () => {
    const built = await buildBundles(resolve(__dirname, '../../seed-code/model-build'), temporaryFolder());
    bundles = new Map(built.map(({ step, directory }) => [step, directory]));
  });
  const bundle = (step: string): string => bundles.get(step) ?? '';

  test('the split step runs in the node image, behind the base’s entry point', async () => {
    const ml = temporaryFolder();
    cpSync(bundle('split'), join(ml, 'processing/input/code'), { recursive: true });
    const image = {
      path: 'f1/a.jpg',
      object: `${'0'.repeat(64)}.jpg`,
      bytes: 1,
      width: 8,
      height: 8,
      capturedAt: null,
      hash: null,
    };
    const { manifest } = dataVersion(
      ['car'],
      ['f1', 'f2', 'f3'].map((flight) => ({ ...image, path: `${flight}/a.jpg`, labels: '' })),
    );
    mkdirSync(join(ml, 'processing/input/data'));
    writeFileSync(join(ml, 'processing/input/data/manifest.jsonl'), manifest);
    const settings = [
      '--train=0.6',
      '--validation=0.2',
      '--test=0.2',
      '--flight-by=folder',
      '--time-blocks=false',
      '--objects=s3://b/o',
    ];
    const ended = await inImage('node', ml, ['node', '/opt/ml/processing/input/code/split.js', ...settings]);
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(ended.stdout).toMatch(/^entry point of the base: node \/opt\/ml\/processing\/input\/code\/split\.js /);
    const lines = readFileSync(join(ml, 'processing/output/split/split.jsonl'), 'utf8').trimEnd().split('\n').slice(1);
    const parts = lines.map((line) => (JSON.parse(line) as { part: string }).part);
    expect(parts.sort()).toEqual(['test', 'train', 'validation']);
  });

  test('a registered model answers an invocation in the node image and ends in peace', async () => {
    const ml = temporaryFolder();
    cpSync(join(bundle('evaluate'), 'serve'), join(ml, 'model/code'), { recursive: true });
    copyFileSync(writeRedBoxModel({ size: 64 }), join(ml, 'model/model.onnx'));
    writeFileSync(join(ml, 'model/model.json'), JSON.stringify(SIDECAR));
    const { data, ...frame } = redBoxFrame(120, 80, [70, 30, 90, 42]);
    await sharp(data, { raw: { ...frame, channels: 3 } }).toFile(join(ml, 'frame.png'));
    const { code, stdout } = await inImage('node', ml, ['node', '-e', CLIENT]);
    expect(code).toBe(0);
    const answer = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as { detections: { box: number[] }[] };
    expect(answer).toMatchObject({ status: 200, code: 0, detections: [{ class: 'box' }] });
    const distances = answer.detections[0]?.box.map((side, index) => Math.abs(side - [70, 30, 90, 42][index])) ?? [];
    expect(Math.max(...distances)).toBeLessThan(0.5);
  });

  test.each<Image>(['node', 'training'])(
    '`train` runs the bundle of the code channel in the %s image',
    async (image) => {
      const script = `${WORK} work().then((done) => require('node:fs').writeFileSync('/opt/ml/model/done', done));`;
      const ml = mounted('input/data/code', 'train.js', script, ['onnxruntime-node', 'sharp']);
      mkdirSync(join(ml, 'model'));
      expect(await inImage(image, ml, ['train'])).toMatchObject({
        code: 0,
        stdout: 'entry point of the base: train\n',
      });
      expect(readFileSync(join(ml, 'model/done'), 'utf8')).toBe('4x2 true');
    },
  );

  test('a bundle for another version of a native package fails with the reason in the failure file', async () => {
    const ml = mounted('input/data/code', 'train.js', '', []);
    writeFileSync(join(ml, 'input/data/code/bundle.json'), JSON.stringify({ natives: { sharp: '0.1.0' } }));
    expect(await inImage('training', ml, ['train'])).toMatchObject({ code: 1 });
    expect(readFileSync(join(ml, 'output/failure'), 'utf8')).toContain('built for sharp 0.1.0');
  });

  test('carry no binary of another platform', () => {
    const modules = join(BUILT ?? '', 'node/opt/drone-mlops/node_modules');
    const [napi = ''] = readdirSync(join(modules, 'onnxruntime-node/bin'));
    const platforms = readdirSync(join(modules, 'onnxruntime-node/bin', napi)).flatMap((platform) =>
      readdirSync(join(modules, 'onnxruntime-node/bin', napi, platform)).map((arch) => `${platform}/${arch}`),
    );
    expect(platforms).toEqual(['linux/x64']);
    expect(readdirSync(join(modules, '@img')).filter((name) => /win32|darwin|musl|arm/.test(name))).toEqual([]);
  });

  test.each<[Image, readonly string[]]>([
    ['node', ['debian.tsv', 'npm.cdx.json']],
    ['training', ['debian.tsv', 'npm.cdx.json', 'python.json']],
  ])('the %s image holds its bill of materials', (image, files) => {
    const folder = join(BUILT ?? '', image, 'opt/drone-mlops/sbom');
    expect(readdirSync(folder).sort()).toEqual(files);
    const npm = JSON.parse(readFileSync(join(folder, 'npm.cdx.json'), 'utf8')) as {
      bomFormat: string;
      components: { name: string; version: string }[];
    };
    expect(npm.bomFormat).toBe('CycloneDX');
    expect(npm.components).toContainEqual(expect.objectContaining({ name: 'sharp', version: VERSIONS.sharp }));
    expect(readFileSync(join(folder, 'debian.tsv'), 'utf8')).toMatch(/^libc6\S*\t/m);
  });

  test('the training image’s requirements were installed beside what the base had', () => {
    const file = join(BUILT ?? '', 'training/opt/drone-mlops/sbom/python.json');
    const { installed } = JSON.parse(readFileSync(file, 'utf8')) as { installed: { metadata: { name: string } }[] };
    expect(installed.map(({ metadata }) => metadata.name)).toEqual(expect.arrayContaining(['onnx', 'onnxslim']));
  });
});
