// What every generated root project has in common, whichever of the project types it is.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { NodePackageManager } from 'projen/lib/javascript';
import { SampleReadme } from 'projen/lib/readme';
import { TypeScriptProject, type TypeScriptProjectOptions } from 'projen/lib/typescript';
import { DEFINITION_FILE, type Definition, DefinitionFile } from './definition-file';
import { CARRIED, type Generator, GeneratorDependency } from './generator-dependency';
import { MIGRATIONS } from './history';
import { NestedRoot } from './nested-root';
import { OwnedFiles } from './owned-files';
import { PACKAGE_NAME, PACKAGE_ROOT, packageVersion } from '../package-root';
import { renderedFiles } from './rendered-files';
import {
  BASE_FILE,
  ConflictsError,
  type FileContent,
  PENDING_FOLDER,
  type Rename,
  type RenderedRoot,
  type Report,
  type UpgradePolicies,
  checkManifest,
  conflictsOf,
  describeChange,
  recover,
  regenerate,
  settingsFrom,
  withOutcome,
} from '../upgrade';
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
  /**
   * How an upgrade treats the team's files, by glob: `merge`, `keep`, `replace` or `skip`. The last that fits counts.
   * @default - every file is merged
   */
  readonly policies?: UpgradePolicies;
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
  readonly renames: readonly Rename[];
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

/** Keys of package.json that the generator decides alone: what they say is made from what package.json says. */
const DECIDED_KEYS = new Set([PACKAGE_NAME, 'constructs', 'jiti', 'projen'].map((name) => `devDependencies.${name}`));

/** A TypeScript project of projen's with everything off that its team does not need. */
export abstract class GeneratedRoot extends TypeScriptProject {
  protected readonly owned = new OwnedFiles();
  /** Where this root gets the generator from; none in the generator's own repository. */
  protected readonly generator?: Generator;
  private readonly dependency?: GeneratorDependency;
  private readonly policies: UpgradePolicies;
  private readonly renames: readonly Rename[];
  private readonly definition: Definition;
  private regenerated: Report | undefined;

  protected constructor(options: RootOptions, props: GeneratedRootProps) {
    const outdir = resolve(options.outdir ?? '.');
    recover(outdir);
    checkManifest(outdir);
    super({ ...base(options), ...typescriptOptions(props) });
    this.policies = options.policies ?? {};
    this.renames = props.renames;
    this.definition = props.definition;
    this.removeSampleReadme();
    for (const name of UNUSED_COMPILER_OPTIONS) this.tsconfigDev.file.addDeletionOverride(`compilerOptions.${name}`);
    this.tsconfigDev.file.addOverride('include', props.sources);
    this.gitignore.include('/vendor/*.tgz');
    this.gitignore.exclude(`/${PENDING_FOLDER}/`);

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
    if (options.generator === false) return;
    // Two branches that both upgrade keep both their lines; the base is read line by line.
    this.gitattributes.addAttributes(`/${BASE_FILE}`, 'linguist-generated', 'merge=union', '-diff');
    this.owned.addText('LICENSE', readFileSync(join(PACKAGE_ROOT, 'LICENSE'), 'utf8'));
    this.dependency = new GeneratorDependency(this, options.generator);
    this.generator = this.dependency.generator;
  }

  /** What the last {@link synth} did; none before it. */
  get report(): Report | undefined {
    return this.regenerated;
  }

  /**
   * Brings the project to what its definition says: renders all of it elsewhere, then merges it in as one.
   * @throws the errors of {@link regenerate}, when nothing was written
   * @throws ConflictsError when everything was written, conflicts among it
   */
  override synth(): void {
    if (!this.dependency) {
      super.synth(); // this repository's own seed package: all that is generated of it is managed
      return;
    }
    const report = this.regenerate();
    this.regenerated = report;
    if (report.written && !isTruthy(process.env.PROJEN_DISABLE_POST)) this.finish(report);
    const conflicts = conflictsOf(report);
    if (conflicts.length > 0) throw new ConflictsError(conflicts);
  }

  /**
   * Renders the root into a folder and leaves the project as it is.
   * @returns this root, and the roots inside it
   */
  render(into: string): RenderedRoot[] {
    this.renderFiles(into);
    const nested = this.nestedRoots();
    const managed = new Map<string, FileContent & { readonly readonly: boolean }>();
    const once = new Map<string, FileContent>();
    const byPath = new Map(this.files.map((file) => [file.path, file]));
    for (const [path, content] of renderedFiles(
      into,
      nested.map(({ folder }) => folder),
    )) {
      const file = byPath.get(path);
      if (file) managed.set(path, { ...content, readonly: file.readonly });
      else if (path === DEFINITION_FILE && this.definition.written === 'always')
        managed.set(path, { ...content, readonly: false });
      else once.set(path, content);
    }
    const owned = this.owned.contents();
    for (const path of managed.keys()) owned.delete(path);
    return [
      {
        folder: '',
        migrations: MIGRATIONS,
        template: {
          version: packageVersion(),
          managed,
          owned,
          once,
          mergedByKey: new Map([['package.json', DECIDED_KEYS]]),
          carried: { files: this.dependency?.carried ?? new Map(), stale: CARRIED },
          renames: this.renames,
          policies: this.policies,
        },
      },
      ...nested.map(({ root }) => root),
    ];
  }

  /** projen writes to the project's folder; so for the time being, that is another. */
  private renderFiles(into: string): void {
    const { outdir } = this;
    const post = process.env.PROJEN_DISABLE_POST;
    process.env.PROJEN_DISABLE_POST = 'true';
    this.writeTo(into);
    try {
      super.synth();
    } finally {
      this.writeTo(outdir);
      if (post === undefined) delete process.env.PROJEN_DISABLE_POST;
      else process.env.PROJEN_DISABLE_POST = post;
    }
  }

  private writeTo(outdir: string): void {
    Object.assign(this, { outdir }); // which projen declares to be read only
  }

  private regenerate(): Report {
    const settings = settingsFrom(process.env);
    const staging = mkdtempSync(join(tmpdir(), 'drone-mlops-'));
    try {
      const report = withOutcome(settings, () => regenerate(this.outdir, this.render(staging), settings));
      // Of a first generation, the files themselves say enough.
      if (report.from !== undefined) for (const change of report.changes) this.logger.info(describeChange(change));
      return report;
    } finally {
      rmSync(staging, { recursive: true });
    }
  }

  /** What projen does after a synthesis: the packages are installed where package.json changed. */
  private finish({ install }: Report): void {
    const task = isTruthy(process.env.CI) ? this.package.installCiTask : this.package.installTask;
    if (install.includes('.') || !existsSync(join(this.outdir, 'node_modules'))) this.tasks.runTask(task.name);
    for (const { folder, nested } of this.nestedRoots()) {
      // What nobody has installed there, regenerating does not install.
      if (install.includes(folder) && existsSync(join(nested.outdir, 'node_modules'))) nested.tasks.runTask(task.name);
    }
    for (const component of this.components) if (component !== this.package) component.postSynthesize();
    this.postSynthesize();
  }

  private nestedRoots(): NestedRoot[] {
    return this.components.filter((component) => component instanceof NestedRoot);
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

function isTruthy(variable: string | undefined): boolean {
  return !['', '0', 'false', 'off', 'no'].includes((variable ?? '').toLowerCase());
}
