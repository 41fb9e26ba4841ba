// The model-build repository: data to registered model, as a project of its own.
import { join } from 'node:path';
import { JsonFile } from 'projen/lib/json';
import { TextFile } from 'projen/lib/textfile';
import { OPTION_NAMES, type ProjectOptions, type ResolvedOptions, optionOf, resolveOptions } from '../options';
import { GeneratedRoot, type RootOptions } from './generated-root';
import { RENAMES } from './history';
import { modelBuildConfig } from './model-build-config';
import { PACKAGE_ROOT } from '../package-root';
import { TemplateFile, render, templateVariables } from './templates';
import { stepsTable } from './steps-table';
import { tableOptions } from './table-options';
import type { UpgradePolicies } from '../upgrade';
import { OVERRIDES, pinned, PYTHON_VERSIONS } from './versions';

/** Options that only the platform has a use for. */
type PlatformOption =
  'environments' | 'repositoryProvider' | 'tracking' | 'trackingUri' | 'alertEmail' | 'monthlyBudget';

/** What a model-build repository is made of. */
export interface ModelBuildProjectOptions extends Omit<ProjectOptions, PlatformOption>, RootOptions {
  /**
   * Whether the platform around this project owns its definition.
   * @default false
   */
  readonly nested?: boolean;
}

/** The seed package that model-build repositories start from. */
const SEED = join(PACKAGE_ROOT, 'seed-code', 'model-build');

/**
 * The repository of a team that builds models: steps, trainers, the pipeline definition, and their tests.
 * @throws OptionError for an option that is missing or against a rule
 * @example
 * new ModelBuildProject({ projectName: 'survey', classes: ['car'] }).synth();
 */
export class ModelBuildProject extends GeneratedRoot {
  constructor(options: ModelBuildProjectOptions) {
    const resolved = resolveOptions(tableOptions(options));
    super(options, {
      packageName: 'model-build',
      description: `Builds the detection models of ${resolved.projectName}`,
      definition: {
        type: 'ModelBuildProject',
        options: { ...modelBuildOptions(resolved), policies: given(options.policies) },
        about: options.nested
          ? 'The definition of this project. Inside the platform repository it is written from the definition there.'
          : 'The definition of this project: change it, then run `npx projen`.',
        written: options.generator === false ? 'never' : options.nested ? 'always' : 'once',
      },
      ignored: ['/dist/', '.rehearsal/', '__pycache__/', '.*_cache/', '.DS_Store', '.env'],
      sources: ['.projenrc.ts', 'src/**/*.ts', 'test/**/*.ts'],
      types: ['node', 'jest'],
      scripts: {
        build: 'npm run typecheck && npm run lint',
        typecheck: 'tsc -p tsconfig.json',
        lint: 'eslint .',
        jest: 'jest',
        test: 'npm run typecheck && npm run lint && npm run jest',
        ...Object.fromEntries(
          [
            'data',
            'bundle',
            'pipeline',
            'worker',
            'endpoint',
            'train',
            'predict',
            'tracking',
            'profile',
            'convert',
            'bench',
          ].map((name) => [name, `node bin/model-build.cjs ${name}`]),
        ),
        rehearse: 'drone-mlops rehearse',
      },
      renames: RENAMES['model-build'],
    });
    this.package.addBin({ 'model-build': 'bin/model-build.cjs' });
    // Bundles leave out what a step does not use, so that a change of it leaves their hashes as they are.
    this.package.addField('sideEffects', false);
    this.package.addField('overrides', OVERRIDES);
    this.package.addField('jest', {
      globalSetup: '<rootDir>/test/temporary-folder.cjs',
      testEnvironment: '<rootDir>/test/node-environment.cjs',
      roots: ['<rootDir>/test'],
      transform: { '^.+\\.ts$': ['@swc/jest'] },
      testMatch: ['**/*.test.ts'],
      maxWorkers: '100%', // builds have two processors, and nothing else to do
      testTimeout: 30_000, // a busy machine is no failure
    });
    this.addDeps(
      pinned('@aws-crypto/sha256-js'),
      pinned('@aws-sdk/client-lambda'),
      pinned('@aws-sdk/client-s3'),
      pinned('@aws-sdk/client-sagemaker'),
      pinned('@aws-sdk/client-sagemaker-runtime'),
      pinned('@aws-sdk/client-sqs'),
      pinned('@aws-sdk/credential-provider-node'),
      pinned('@smithy/signature-v4'),
      pinned('exifr'),
      pinned('fflate'),
      pinned('onnxruntime-node'),
      pinned('protobufjs'),
      pinned('sharp'),
      pinned('tar'),
      pinned('yaml'),
      pinned('zod'),
    );
    this.addDevDeps(
      pinned('@eslint/js'),
      pinned('@swc/core'),
      pinned('@swc/jest'),
      pinned('@types/jest'),
      pinned('@types/node'),
      pinned('esbuild'),
      pinned('eslint'),
      pinned('fast-check'),
      pinned('jest'),
      pinned('tsx'),
      pinned('typescript-eslint'),
    );
    new JsonFile(this, 'drone-mlops.json', { obj: modelBuildConfig(resolved) });
    const requirements = new TextFile(this, join('training', 'requirements.txt'), { marker: true });
    requirements.addLine(`# ${requirements.marker ?? ''}`);
    requirements.addLine('# What train.py needs beside PyTorch, which the training image has.');
    for (const [name, version] of Object.entries(PYTHON_VERSIONS)) requirements.addLine(`${name}==${version}`);
    requirements.addLine('');
    new TemplateFile(this, 'eslint.config.mjs', 'model-build/eslint.config.mjs', {});
    if (options.generator === false) return; // the seed package itself
    new TemplateFile(this, 'docs/steps.md', 'model-build/docs/steps.md', { stepsTable: stepsTable(resolved.steps) });
    this.owned.addFolder(SEED);
    this.owned.addText('README.md', render('model-build/README.md', templateVariables(resolved)));
  }
}

/** What a definition need not say is left out of it. */
function given(policies: UpgradePolicies | undefined): UpgradePolicies | undefined {
  return policies && Object.keys(policies).length > 0 ? policies : undefined;
}

function modelBuildOptions(options: ResolvedOptions): object {
  const names = OPTION_NAMES.filter((name) => optionOf(name).scope !== 'platform');
  return Object.fromEntries(names.map((name) => [name, options[name]]));
}
