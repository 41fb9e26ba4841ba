import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseConfig } from '../../seed-code/model-build/src/config';
import { DroneMlopsProject, ModelBuildProject } from '../../src/project';
import { HandEditsError } from '../../src/upgrade';
import { filesIn, temporaryFolder } from '../folder';

process.env.PROJEN_DISABLE_POST = 'true';

const generator = { version: '1.2.3' };

interface Manifest {
  readonly dependencies?: Record<string, string>;
  readonly devDependencies: Record<string, string>;
  readonly scripts: Record<string, string>;
}

function generated(): string {
  const outdir = temporaryFolder();
  new DroneMlopsProject({ projectName: 'drone-demo', outdir, generator }).synth();
  return outdir;
}

function regenerate(outdir: string, options: object = {}): void {
  new DroneMlopsProject({ projectName: 'drone-demo', ...options, outdir }).synth();
}

function manifestOf(outdir: string): Manifest {
  return JSON.parse(readFileSync(join(outdir, 'package.json'), 'utf8')) as Manifest;
}

function changeManifest(outdir: string, change: (manifest: Manifest) => object): void {
  writeFileSync(join(outdir, 'package.json'), JSON.stringify({ ...manifestOf(outdir), ...change(manifestOf(outdir)) }));
}

describe('regenerating', () => {
  test('leaves alone what the team changed or deleted of its own files', () => {
    // GIVEN
    const outdir = generated();
    const changed = join(outdir, 'model-build', 'src', 'main.ts');
    const deleted = join(outdir, 'model-build', 'src', 'config', 'index.ts');
    writeFileSync(changed, '// ours');
    rmSync(deleted);
    rmSync(join(outdir, 'README.md'));
    // WHEN
    regenerate(outdir);
    // THEN
    expect(readFileSync(changed, 'utf8')).toBe('// ours');
    expect(existsSync(deleted)).toBe(false);
    expect(existsSync(join(outdir, 'README.md'))).toBe(false);
  });

  test('brings back managed files that were deleted', () => {
    const outdir = generated();
    const before = filesIn(outdir);
    rmSync(join(outdir, 'model-build', 'drone-mlops.json'));
    rmSync(join(outdir, 'tsconfig.json'));
    regenerate(outdir);
    expect(filesIn(outdir)).toEqual(before);
  });

  test('stops at managed files that were edited by hand, shows the edit and the ways out, and writes nothing', () => {
    // GIVEN
    const outdir = generated();
    const file = join(outdir, 'model-build', 'drone-mlops.json');
    const edited = readFileSync(file, 'utf8').replace('"epochs": 50', '"epochs": 51');
    rmSync(file);
    writeFileSync(file, edited);
    rmSync(join(outdir, 'tsconfig.json'));
    // WHEN
    const again = (): void => {
      regenerate(outdir, { batch: 8 });
    };
    // THEN
    expect(again).toThrow(HandEditsError);
    expect(again).toThrow(
      /model-build\/drone-mlops\.json is managed[^]+-.+"epochs": 50,\n\+.+"epochs": 51,[^]+--overwrite/,
    );
    expect(readFileSync(file, 'utf8')).toBe(edited);
    expect(existsSync(join(outdir, 'tsconfig.json'))).toBe(false);
  });

  test('mends a configuration that was edited into nonsense; until then the seed code says so, and what to do', () => {
    const outdir = generated();
    const file = join(outdir, 'model-build', 'drone-mlops.json');
    const sound = readFileSync(file, 'utf8');
    const edited = sound.replace('"epochs": 50', '"epochs": "many"');
    expect(() => parseConfig(edited, 'drone-mlops.json')).toThrow(/training\.epochs[^]+change \.projenrc\.ts and run/);
    rmSync(file);
    writeFileSync(file, edited);
    process.env.DRONE_MLOPS_REGENERATION = JSON.stringify({ overwrite: true });
    regenerate(outdir);
    delete process.env.DRONE_MLOPS_REGENERATION;
    expect(readFileSync(file, 'utf8')).toBe(sound);
  });

  test('carries a changed option into the nested project, its definition included', () => {
    const outdir = generated();
    regenerate(outdir, { epochs: 7 });
    const nested = join(outdir, 'model-build');
    expect(readFileSync(join(nested, 'drone-mlops.json'), 'utf8')).toContain('"epochs": 7');
    expect(readFileSync(join(nested, '.projenrc.ts'), 'utf8')).toContain('epochs: 7,');
  });

  test('does not write over the definition that it runs from', () => {
    const outdir = generated();
    writeFileSync(join(outdir, '.projenrc.ts'), '// the definition');
    regenerate(outdir);
    expect(readFileSync(join(outdir, '.projenrc.ts'), 'utf8')).toBe('// the definition');
  });

  test('works in a model-build folder that was taken out alone', () => {
    const outdir = generated();
    const alone = temporaryFolder();
    cpSync(join(outdir, 'model-build'), alone, { recursive: true });
    const before = filesIn(alone);
    new ModelBuildProject({ projectName: 'drone-demo', outdir: alone }).synth();
    expect(filesIn(alone)).toEqual(before);
  });
});

describe('dependencies', () => {
  test('that the team added with npm install stay, and stay where they are', () => {
    // GIVEN
    const outdir = generated();
    changeManifest(outdir, ({ devDependencies }) => ({
      dependencies: { '@scope/tool': '^1.0.0', alias: 'npm:other@2.0.0' },
      devDependencies: { ...devDependencies, 'left-pad': '1.3.0' },
    }));
    // WHEN
    regenerate(outdir);
    regenerate(outdir);
    // THEN
    expect(manifestOf(outdir).dependencies).toEqual({ '@scope/tool': '^1.0.0', alias: 'npm:other@2.0.0' });
    expect(manifestOf(outdir).devDependencies).toMatchObject({ 'left-pad': '1.3.0', projen: '0.103.25' });
  });

  test('that the team removed again are gone', () => {
    const outdir = generated();
    changeManifest(outdir, () => ({ dependencies: { 'left-pad': '1.3.0' } }));
    regenerate(outdir);
    changeManifest(outdir, () => ({ dependencies: undefined }));
    regenerate(outdir);
    expect(manifestOf(outdir).dependencies).toBeUndefined();
  });

  test('that the generator itself changed or added arrive; the team’s scripts and fields stay', () => {
    const outdir = generated();
    changeManifest(outdir, ({ devDependencies }) => ({
      scripts: { ...manifestOf(outdir).scripts, test: 'true', ours: 'echo' },
      author: 'us',
      devDependencies: { ...devDependencies, typescript: undefined, 'left-pad': '1.3.0' },
    }));
    regenerate(outdir, { projectName: 'other' });
    expect(manifestOf(outdir)).toMatchObject({
      name: 'other',
      author: 'us',
      scripts: { test: 'true', ours: 'echo', rehearse: 'drone-mlops rehearse' },
      devDependencies: { 'left-pad': '1.3.0' },
    });
    expect(manifestOf(outdir).devDependencies).not.toHaveProperty('typescript');
  });

  test('a newer generator that the team installed is kept, and reaches the nested project', () => {
    const outdir = generated();
    changeManifest(outdir, ({ devDependencies }) => ({
      devDependencies: { ...devDependencies, 'create-drone-mlops': '^2.0.0' },
    }));
    regenerate(outdir);
    expect(manifestOf(outdir).devDependencies).toHaveProperty('create-drone-mlops', '^2.0.0');
    expect(manifestOf(join(outdir, 'model-build')).devDependencies).toHaveProperty('create-drone-mlops', '^2.0.0');
  });

  test('a generator from a tarball travels with each root, so that each installs wherever it is unpacked', () => {
    // GIVEN a tarball somewhere on this machine
    const outdir = temporaryFolder();
    const tarball = join(temporaryFolder(), 'some-name.tgz');
    writeFileSync(tarball, 'a tarball');
    // WHEN
    new DroneMlopsProject({ projectName: 'drone-demo', outdir, generator: { tarball } }).synth();
    rmSync(tarball);
    const before = filesIn(outdir);
    regenerate(outdir);
    // THEN
    expect(filesIn(outdir)).toEqual(before);
    for (const root of [outdir, join(outdir, 'model-build')]) {
      const spec = manifestOf(root).devDependencies['create-drone-mlops'] ?? '';
      expect(spec).toMatch(/^file:vendor\/create-drone-mlops-.+\.tgz$/);
      expect(readFileSync(join(root, spec.slice('file:'.length)), 'utf8')).toBe('a tarball');
      expect(readFileSync(join(root, '.gitignore'), 'utf8')).toContain('!/vendor/*.tgz');
    }
  });
});
