// The platform repository: the definition of the whole project, and the seeds of its repositories, each in its folder.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { JsonFile } from 'projen/lib/json';
import { OPTION_NAMES, type ProjectOptions, optionOf, optionsTable, resolveOptions } from '../options';
import { GeneratedRoot, type RootOptions } from './generated-root';
import { RENAMES } from './history';
import { ModelBuildProject } from './model-build-project';
import { NestedRoot } from './nested-root';
import { PACKAGE_ROOT } from '../package-root';
import { TemplateFile, render, templateVariables } from './templates';
import { tableOptions } from './table-options';
import { policiesBelow } from '../upgrade';
import { NODE_WHEEL, pinned } from './versions';

/** What a platform repository is made of. */
export interface DroneMlopsProjectOptions extends ProjectOptions, RootOptions {}

/** `cdk` runs the platform's own stacks: no assets, no metadata, no telemetry. */
const CDK = {
  app: 'node node_modules/jiti/lib/jiti-cli.mjs src/app.ts',
  versionReporting: false,
  pathMetadata: false,
  assetMetadata: false,
  context: { '@aws-cdk/core:validateAgainstDefaultRules': true },
};

/** What platforms start from beside the seeds. */
const SEED = join(PACKAGE_ROOT, 'seed-code', 'platform');

/**
 * The repository of the platform: its `.projenrc.ts` is the definition that the repositories of the teams come from.
 * @throws OptionError for an option that is missing or against a rule
 * @example
 * new DroneMlopsProject({ projectName: 'survey', classes: ['car'], trainer: 'baseline' }).synth();
 */
export class DroneMlopsProject extends GeneratedRoot {
  constructor(options: DroneMlopsProjectOptions) {
    const resolved = resolveOptions(tableOptions(options));
    super(options, {
      packageName: resolved.projectName.toLowerCase(),
      description: `The platform of ${resolved.projectName}: detects ${resolved.classes.join(', ')} in drone imagery on SageMaker`,
      definition: {
        type: 'DroneMlopsProject',
        options: { ...resolved, policies: options.policies },
        about:
          'The definition of this project: change it, then run `npx projen`. docs/options.md explains each option.',
        written: 'once',
      },
      ignored: ['.rehearsal/', '/cdk.out/', 'notebooks/work', '.DS_Store', '.env'],
      sources: ['.projenrc.ts', 'src/**/*.ts'],
      types: ['node'],
      scripts: {
        build: 'npm run typecheck',
        typecheck: 'tsc -p tsconfig.json',
        test: 'npm run typecheck && npm test --prefix model-build',
        synth: 'cdk synth --quiet',
        rehearse: 'drone-mlops rehearse',
      },
      renames: RENAMES.platform,
    });
    this.addDevDeps(
      pinned('@aws-cdk/cloudformation-diff'),
      pinned('@types/node'),
      pinned('aws-cdk'),
      pinned('aws-cdk-lib'),
    );
    new JsonFile(this, 'drone-mlops.json', { obj: resolved });
    new JsonFile(this, 'cdk.json', { marker: false, obj: CDK });

    const nested = new ModelBuildProject({
      ...modelBuildOnly(resolved),
      projectName: resolved.projectName,
      outdir: join(this.outdir, 'model-build'),
      ...(options.generator === false ? { generator: false } : { generator: this.generator }),
      nested: true,
      policies: policiesBelow('model-build', options.policies ?? {}),
    });
    new NestedRoot(this, nested);

    const variables = { ...templateVariables(resolved), optionsTable: optionsTable(resolved).join('\n') };
    new TemplateFile(this, 'docs/options.md', 'platform/docs/options.md', variables);
    new TemplateFile(this, 'docs/architecture.md', 'platform/docs/architecture.md', variables);
    this.owned.addText('README.md', render('platform/README.md', variables));
    const space = { ...variables, nodeWheel: NODE_WHEEL };
    this.owned.addText('studio/prepare-space.sh', render('platform/studio/prepare-space.sh', space));
    if (existsSync(SEED)) this.owned.addFolder(SEED);
  }
}

function modelBuildOnly(options: object): object {
  const platform = new Set<string>(OPTION_NAMES.filter((name) => optionOf(name).scope === 'platform'));
  return Object.fromEntries(Object.entries(options).filter(([name]) => !platform.has(name)));
}
