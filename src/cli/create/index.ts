// `create`: from answers to a project in its folder.
import { join, relative, resolve } from 'node:path';
import { OPTION_NAMES, OptionError, type ResolvedOptions, optionFlag, resolveOptions, toFlags } from '../../options';
import { DroneMlopsProject, type Generator, packageVersion } from '../../project';
import { type Host, checkInterrupted } from '../host';
import { UsageError } from '../usage';
import { type CreateArguments, readCreateArguments } from './arguments';
import { withGenerator } from './generator';
import { installPackages } from './install';
import { type RenderedFile, differences, renderedFiles } from './rendered';
import { type RepositoryOutcome, makeRepository } from './repository';
import { Staging, checkTarget } from './target';

/** What `--json` prints. */
export interface CreateResult {
  readonly directory: string;
  readonly options: ResolvedOptions;
  readonly files: readonly RenderedFile[];
  readonly written: boolean;
  readonly installed: boolean;
  readonly git: RepositoryOutcome['git'];
  /** What did not go as asked, and what to do about it. */
  readonly notes: readonly string[];
  readonly next: string;
  /** The command that generates the same without asking. */
  readonly command: string;
  readonly diff?: string;
}

export async function run(args: readonly string[], host: Host): Promise<number> {
  const request = readCreateArguments(args, host);
  if (!request) return 0;
  const options = checked(await answers(request, host));
  const target = resolve(host.cwd, request.dir ?? options.projectName);
  if (!request.diff) checkTarget(target);
  const result = await withGenerator(request.generatorTarball, host, (generator) =>
    generate(request, options, target, generator, host),
  );
  if (request.json) host.print(JSON.stringify(result));
  else report(request, result, host);
  return result.written && request.install && !result.installed ? 1 : 0;
}

/** @throws UsageError that names the flag of an option that is missing or against a rule */
function checked(given: Readonly<Record<string, unknown>>): ResolvedOptions {
  try {
    return resolveOptions(given);
  } catch (error) {
    if (!(error instanceof OptionError)) throw error;
    const known = OPTION_NAMES.find((name) => name === error.option);
    throw new UsageError(`${known ? optionFlag(known) : error.option} ${error.reason}.`);
  }
}

async function answers(request: CreateArguments, host: Host): Promise<Readonly<Record<string, unknown>>> {
  if (!host.interactive || request.yes || request.json) return request.options;
  const { askForOptions } = await import('./prompts.js');
  return askForOptions(request.options);
}

async function generate(
  request: CreateArguments,
  options: ResolvedOptions,
  target: string,
  generator: Generator,
  host: Host,
): Promise<CreateResult> {
  const staging = new Staging(target);
  try {
    render(staging.dir, options, generator);
    checkInterrupted(host);
    const preview = request.dryRun || request.diff;
    const files = renderedFiles(staging.dir);
    const diff = request.diff ? await differences(target, staging.dir) : undefined;
    const finished = preview ? NOTHING_MORE : await finish(staging.dir, target, request, options, host);
    if (!preview) staging.moveIn();
    const dir = relative(host.cwd, target) || '.';
    return {
      directory: target,
      options,
      files,
      written: !preview,
      ...finished,
      next: [...(dir === '.' ? [] : [`cd ${dir}`]), ...(finished.installed ? [] : INSTALL), 'npm run rehearse'].join(
        ' && ',
      ),
      command: ['npx create-drone-mlops', dir, '--yes', ...toFlags(options), ...switches(request)].join(' '),
      ...(diff === undefined ? {} : { diff }),
    };
  } finally {
    staging.remove();
  }
}

const INSTALL = ['npm install', 'npm install --prefix model-build'];
const NO_REPOSITORY: RepositoryOutcome = { git: 'none' };
const NOTHING_MORE = { installed: false, git: 'none', notes: [] } as const;

function render(dir: string, options: ResolvedOptions, generator: Generator): void {
  process.env.PROJEN_DISABLE_POST = 'true'; // projen would install; we do that, with progress
  new DroneMlopsProject({ ...options, outdir: dir, generator }).synth();
}

async function finish(
  staged: string,
  target: string,
  request: CreateArguments,
  options: ResolvedOptions,
  host: Host,
): Promise<Pick<CreateResult, 'installed' | 'git' | 'notes'>> {
  const notes: string[] = [];
  const failure = request.install
    ? await installPackages(staged, [staged, join(staged, 'model-build')], host)
    : undefined;
  if (failure) notes.push(failure.note);
  const message = `Generate ${options.projectName} with create-drone-mlops ${packageVersion()}`;
  const { git, note } = request.git ? await makeRepository(staged, target, message, host) : NO_REPOSITORY;
  if (note !== undefined) notes.push(note);
  return { installed: request.install && !failure, git, notes };
}

function switches(request: CreateArguments): string[] {
  return [...(request.install ? [] : ['--no-install']), ...(request.git ? [] : ['--no-git'])];
}

function report(request: CreateArguments, result: CreateResult, host: Host): void {
  if (result.diff !== undefined) {
    host.print(result.diff.trimEnd());
    return;
  }
  if (request.dryRun) {
    for (const { path, bytes } of result.files) host.print(`${String(bytes).padStart(8)}  ${path}`);
    host.print(`${result.files.length} files would be written to ${result.directory}.`);
    return;
  }
  host.print(`Generated ${result.files.length} files in ${result.directory}.`);
  for (const note of result.notes) host.print(note);
  host.print(`\nNext:\n  ${result.next}\n\nThe same without questions:\n  ${result.command}`);
}
