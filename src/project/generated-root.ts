// What every generated root project has in common, whichever of the project types it is.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { NodePackageManager } from 'projen/lib/javascript';
import { SampleReadme } from 'projen/lib/readme';
import { TypeScriptProject, type TypeScriptProjectOptions } from 'projen/lib/typescript';
import { type Definition, DefinitionFile } from './definition-file';
import { type Generator, GeneratorDependency } from './generator-dependency';
import { OwnedFiles } from './owned-files';
import { PACKAGE_ROOT } from '../package-root';
import { TeamDependencies } from './team-dependencies';
import { VERSIONS } from './versions';

/** Where a root project is generated, and by what. A `.projenrc.ts` has no need to say either. */
export interface RootOptions {
  /** @default the current folder */
  readonly outdir?: string;
  /**
   * Where the project gets this package from; `false` for this repository's own seed package, which has it at hand.
   * @default - what package.json names, else what this process runs from
   */
  readonly generator?: Generator | false;
}

export interface GeneratedRootProps {
  readonly packageName: string;
  readonly description: string;
  readonly definition: Definition;
  /** Folders and files that git ignores. */
  readonly ignored: readonly string[];
  /** What TypeScript checks. */
  readonly sources: readonly string[];
  readonly types: readonly string[];
  /** npm's scripts: plain commands, so that they need no projen to run. */
  readonly scripts: Readonly<Record<string, string>>;
}

/** Synthesis: jiti runs TypeScript at once; types are checked by the tests. */
const REGENERATE = ['node', 'node_modules/jiti/lib/jiti-cli.mjs', '.projenrc.ts'];

/** Steps of projen's that a generated root does not have; their scripts would do nothing. */
const UNUSED_SCRIPTS = ['default', 'eject', 'compile', 'package', 'post-compile', 'pre-compile', 'watch'];

/** projen's compiler options that say what `strict` says, or speak of output where there is none. */
const UNUSED_COMPILER_OPTIONS = [
  'alwaysStrict',
  'declaration',
  'experimentalDecorators',
  'inlineSourceMap',
  'inlineSources',
  'noEmitOnError',
  'noImplicitAny',
  'noImplicitThis',
  'strictNullChecks',
  'strictPropertyInitialization',
  'stripInternal',
];

/** A TypeScript project of projen's with everything off that its team does not need. */
export abstract class GeneratedRoot extends TypeScriptProject {
  protected readonly owned: OwnedFiles;
  /** Where this root gets the generator from; none in the generator's own repository. */
  protected readonly generator?: Generator;

  protected constructor(options: RootOptions, props: GeneratedRootProps) {
    super({ ...base(options), ...typescriptOptions(props) });
    this.removeSampleReadme();
    for (const name of UNUSED_COMPILER_OPTIONS) this.tsconfigDev.file.addDeletionOverride(`compilerOptions.${name}`);
    this.tsconfigDev.file.addOverride('include', props.sources);
    this.gitignore.include('/vendor/*.tgz');

    this.defaultTask?.reset();
    this.defaultTask?.addSteps({ execArgs: [...REGENERATE] });
    // projen asks `npx` for the path, which takes half a second.
    this.tasks.addEnvironment('PATH', '$(echo "$PWD/node_modules/.bin:$PATH")');
    this.compileTask.reset();
    this.packageTask.reset();
    this.testTask.reset('npm test');
    for (const name of UNUSED_SCRIPTS) this.package.removeScript(name);
    // What `npx projen` does, without the start of npx and of projen, which take longer than it.
    this.package.setScript('regenerate', REGENERATE.join(' '));
    for (const [name, command] of Object.entries(props.scripts)) this.package.setScript(name, command);
    this.package.addField('private', true);
    this.package.addField('license', 'Apache-2.0');

    // No package needs its install script; onnxruntime-node's reaches for the network.
    this.npmrc.addConfig('ignore-scripts', 'true');
    // A lockfile names packages and hashes, not the registry of the machine that wrote it.
    this.npmrc.addConfig('omit-lockfile-registry-resolved', 'true');

    new DefinitionFile(this, props.definition);
    this.owned = new OwnedFiles(this);
    if (options.generator === false) return;
    this.owned.addText('LICENSE', readFileSync(join(PACKAGE_ROOT, 'LICENSE'), 'utf8'));
    this.generator = new GeneratorDependency(this, options.generator).generator;
    new TeamDependencies(this);
  }

  /** projen would write its README again after the team has deleted it. */
  private removeSampleReadme(): void {
    for (const component of this.components) {
      if (component instanceof SampleReadme) this.node.tryRemoveChild(component.node.id);
    }
  }
}

/** What projen wants of the options as they were given: `projen new` hides its own among them. */
function base(options: RootOptions): object {
  return Object.fromEntries(Object.entries(options).filter(([name]) => name === 'outdir' || name.startsWith('__')));
}

function typescriptOptions(props: GeneratedRootProps): TypeScriptProjectOptions {
  return {
    name: props.packageName,
    description: props.description,
    defaultReleaseBranch: 'main',
    packageManager: NodePackageManager.NPM,
    minNodeVersion: '20.19.0',
    typescriptVersion: VERSIONS.typescript,
    disableTsconfig: true,
    tsconfigDevFile: 'tsconfig.json',
    tsconfigDev: {
      compilerOptions: {
        target: 'ES2022',
        lib: ['ES2023'],
        module: 'node16',
        types: [...props.types],
        skipLibCheck: true,
        noEmit: true,
      },
    },
    gitignore: [...props.ignored],
    entrypoint: '',
    projenDevDependency: false,
    projenrcJs: false,
    addPackageManagerToDevEngines: false,
    autoDetectBin: false,
    buildWorkflow: false,
    clobber: false,
    depsUpgrade: false,
    eslint: false,
    github: false,
    jest: false,
    licensed: false,
    npmignoreEnabled: false,
    npmProvenance: false,
    package: false,
    release: false,
    sampleCode: false,
    vscode: false,
  };
}
