import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { parseConfig } from '../../seed-code/model-build/src/config';
import { type ProjectOptions, resolveOptions } from '../../src/options';
import { DroneMlopsProject, ModelBuildProject } from '../../src/project';
import { filesIn, temporaryFolder } from '../folder';
import { MATRIX } from './matrix';

process.env.PROJEN_DISABLE_POST = 'true';

const generator = { version: '1.2.3' };

const PLATFORM_OPTIONS = [
  ...[
    'alertEmail',
    'encryption',
    'environments',
    'imageRepositories',
    'logRetentionDays',
    'monthlyBudget',
    'npmRegistry',
  ],
  ...['permissionsBoundary', 'repositoryProvider', 'roles', 'securityGroupIds', 'studioRoles', 'subnetIds'],
  ...['supportedReleases', 'tracking', 'trackingUri', 'vpcId'],
];

/** What a definition constructs: runs the file with stand-ins for the project types. */
function constructed(file: string): { type: string; options: ProjectOptions } {
  const found: { type: string; options: ProjectOptions }[] = [];
  const standIn = (type: string) =>
    class {
      constructor(options: ProjectOptions) {
        found.push({ type, options });
      }
      synth(): void {
        return;
      }
    };
  const types = {
    DroneMlopsProject: standIn('DroneMlopsProject'),
    ModelBuildProject: standIn('ModelBuildProject'),
  };
  const { outputText, diagnostics } = ts.transpileModule(readFileSync(file, 'utf8'), {
    reportDiagnostics: true,
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 },
  });
  expect(diagnostics).toEqual([]);
  // eslint-disable-next-line @typescript-eslint/no-implied-eval, @typescript-eslint/no-unsafe-call -- a definition is a program
  new Function('exports', 'require', outputText)({}, () => types);
  const only = found[0];
  if (!only) throw new Error(`${file} constructs nothing`);
  return only;
}

describe.each(Object.entries(MATRIX))('a project with %s', (_, options) => {
  const outdir = temporaryFolder();
  new DroneMlopsProject({ ...options, outdir, generator }).synth();
  const resolved = resolveOptions({ ...options });

  test('has a configuration that the seed code accepts, and that says what the options say', () => {
    const text = readFileSync(join(outdir, 'model-build', 'drone-mlops.json'), 'utf8');
    const config = parseConfig(text, 'drone-mlops.json');
    expect(config.projectName).toBe(options.projectName);
    expect(config.classes).toEqual(resolved.classes);
    expect(config.gate).toEqual(resolved.gate);
    expect(config.tags).toEqual(resolved.tags);
    expect(config.flight.by).toBe(resolved.flight);
    expect(config.training.trainer).toBe(resolved.trainer);
    expect(config.split.train + config.split.validation + config.split.test).toBeCloseTo(1, 6);
  });

  test('has definitions that are TypeScript and hold every option', () => {
    expect(constructed(join(outdir, '.projenrc.ts'))).toEqual({ type: 'DroneMlopsProject', options: resolved });
    const nested = constructed(join(outdir, 'model-build', '.projenrc.ts'));
    expect(nested.type).toBe('ModelBuildProject');
    expect({ ...resolved, ...nested.options }).toEqual(resolved);
    expect(
      Object.keys(resolved).filter((name) => !(name in nested.options) && !PLATFORM_OPTIONS.includes(name)),
    ).toEqual([]);
    expect(Object.keys(nested.options).filter((name) => PLATFORM_OPTIONS.includes(name))).toEqual([]);
  });

  test('has a README and a table of options that name it', () => {
    expect(readFileSync(join(outdir, 'README.md'), 'utf8')).toContain(`# ${options.projectName}`);
    expect(readFileSync(join(outdir, 'docs', 'options.md'), 'utf8')).toContain(`"${options.projectName}"`);
  });

  test('is a package that npm takes: a lower-case name, exact versions', () => {
    for (const file of ['package.json', join('model-build', 'package.json')]) {
      const manifest = JSON.parse(readFileSync(join(outdir, file), 'utf8')) as {
        name: string;
        dependencies?: Record<string, string>;
        devDependencies: Record<string, string>;
      };
      expect(manifest.name).toMatch(/^[a-z0-9-]+$/);
      const versions = Object.values({ ...manifest.dependencies, ...manifest.devDependencies });
      for (const version of versions) expect(version).toMatch(/^\d+\.\d+\.\d+$/);
    }
  });

  test('does not change when it is generated again, as a whole or the nested project alone', () => {
    const before = filesIn(outdir);
    new DroneMlopsProject({ ...constructed(join(outdir, '.projenrc.ts')).options, outdir }).synth();
    expect(filesIn(outdir)).toEqual(before);
    const nested = join(outdir, 'model-build');
    new ModelBuildProject({ ...constructed(join(nested, '.projenrc.ts')).options, outdir: nested }).synth();
    expect(filesIn(outdir)).toEqual(before);
  });
});
