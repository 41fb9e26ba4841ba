// `upgrade`, top to bottom: a clean tree, a branch, the new version, the generation, the packages, the tests, one commit.
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { PACKAGE_NAME } from '../package-root';
import { type Finished, run } from '../process';
import { changesBetween } from './changelog';
import { checkManifest } from './manifest';
import { conflictsOf, type Report } from './report';
import { regenerateProject } from './run-definition';
import type { Settings } from './settings';

export interface UpgradeRequest {
  /** The project, absolute. */
  readonly dir: string;
  /** A version, a tag, or the path of a tarball; none to stay with the installed one. */
  readonly to: string;
  readonly settings: Pick<Settings, 'conflicts' | 'overwrite' | 'diff'>;
  /** Whether to try it in a copy, and leave the project as it is. */
  readonly dryRun: boolean;
  readonly branch?: string;
  readonly allowDirty: boolean;
  /** Whether to run the project's tests. */
  readonly test: boolean;
}

export interface UpgradeOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  /** Told what is going on. */
  readonly say: (text: string) => void;
}

export interface UpgradeResult {
  readonly report: Report;
  /** What the changelog says between the two versions. */
  readonly changelog: string;
  /** `none` when they were not run: in a dry run, with conflicts, or when that was asked for. */
  readonly tests: 'passed' | 'failed' | 'none';
  /** The branch that holds the commit; none when nothing was committed. */
  readonly branch?: string;
}

/** The upgrade cannot begin, or one of its steps failed; the message says where that leaves the project. */
export class UpgradeError extends Error {
  override readonly name = 'UpgradeError';
}

/**
 * Upgrades a generated project.
 * @throws UpgradeError, RegenerationError
 */
export async function upgradeProject(request: UpgradeRequest, options: UpgradeOptions): Promise<UpgradeResult> {
  if (!existsSync(join(request.dir, '.projenrc.ts'))) {
    throw new UpgradeError(`${request.dir} has no .projenrc.ts: run this in the folder of a generated project.`);
  }
  checkManifest(request.dir);
  if (request.dryRun) return tryInCopy(request, options);
  if (!request.allowDirty) await checkClean(request.dir, options);
  if (request.branch !== undefined) await git(request.dir, ['switch', '--quiet', '--create', request.branch], options);
  return upgradeIn(request, options);
}

async function upgradeIn(request: UpgradeRequest, options: UpgradeOptions): Promise<UpgradeResult> {
  const { dir } = request;
  options.say(`Installing ${PACKAGE_NAME} ${request.to} …`);
  await installGenerator(dir, specification(request.to), options);
  options.say('Regenerating …');
  const report = await regenerateProject(dir, request.settings, options);
  await installChanged(dir, report, options);
  const changelog = changelogOf(dir, report);
  if (conflictsOf(report).length > 0) return { report, changelog, tests: 'none' };
  const tests = request.test && !request.dryRun ? await runTests(dir, options) : 'none';
  if (request.branch === undefined || request.dryRun || tests === 'failed') return { report, changelog, tests };
  await git(dir, ['add', '--all'], options);
  if ((await git(dir, ['status', '--porcelain', '--', '.'], options)) === '') {
    await git(dir, ['switch', '--quiet', '-'], options);
    await git(dir, ['branch', '--quiet', '--delete', request.branch], options);
    return { report, changelog, tests };
  }
  await git(dir, ['commit', '--quiet', '--message', commitMessage(report)], options);
  return { report, changelog, tests, branch: request.branch };
}

/** The same in a copy, of what git would hold where there is git; then the copy goes. */
async function tryInCopy(request: UpgradeRequest, options: UpgradeOptions): Promise<UpgradeResult> {
  const work = mkdtempSync(join(tmpdir(), 'drone-mlops-dry-run-'));
  const copy = join(work, 'project');
  try {
    cpSync(request.dir, copy, {
      recursive: true,
      verbatimSymlinks: true,
      filter: (path) => !/[\\/](node_modules|\.git|\.rehearsal)$/.test(path),
    });
    const result = await upgradeIn({ ...request, dir: copy }, options);
    return { ...result, report: { ...result.report, written: false } };
  } finally {
    rmSync(work, { recursive: true });
  }
}

/** Packages that the generator decides the versions of; others of its peers are the team's to choose. */
const PEERS = ['projen', 'constructs'];

/** npm refuses a version whose peers are others than those that the project names: these then come along. */
async function installGenerator(dir: string, wanted: string, options: UpgradeOptions): Promise<void> {
  const install = ['install', '--save-dev', '--save-exact', wanted];
  const first = await tryNpm(dir, install, options);
  if (first.code === 0) return;
  if (!first.stderr.includes('ERESOLVE')) throw failed('npm', install, dir, first);
  // Without its peers first, so that it can be asked which it wants.
  await npm(dir, [...install, '--legacy-peer-deps'], options);
  const file = join(dir, 'node_modules', PACKAGE_NAME, 'package.json');
  const { peerDependencies = {} } = JSON.parse(readFileSync(file, 'utf8')) as {
    peerDependencies?: Record<string, string>; // npm's own format
  };
  const peers = PEERS.flatMap((name) => {
    const range = peerDependencies[name];
    return range === undefined ? [] : [`${name}@${range}`];
  });
  await npm(dir, ['install', '--save-dev', '--save-exact', ...peers], options);
}

function specification(to: string): string {
  return to.endsWith('.tgz') ? `${PACKAGE_NAME}@file:${resolve(to)}` : `${PACKAGE_NAME}@${to}`;
}

function commitMessage({ from, to }: Report): string {
  if (from === to) return `Regenerate with ${PACKAGE_NAME} ${to}`;
  return `Upgrade ${PACKAGE_NAME} from ${from ?? 'an unknown version'} to ${to}`;
}

function changelogOf(dir: string, { from, to }: Report): string {
  const file = join(dir, 'node_modules', PACKAGE_NAME, 'CHANGELOG.md');
  return existsSync(file) ? changesBetween(readFileSync(file, 'utf8'), from ?? '0.0.0', to) : '';
}

async function checkClean(dir: string, options: UpgradeOptions): Promise<void> {
  const { code, stdout } = await run('git', ['status', '--porcelain', '--', '.'], {
    cwd: dir,
    ...processOptions(options),
  });
  if (code !== 0)
    throw new UpgradeError(
      `${dir} is in no git repository, so nothing could be taken back; --allow-dirty goes on all the same.`,
    );
  if (stdout.trim() === '') return;
  const names = stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.slice('XY '.length));
  throw new UpgradeError(
    `There are uncommitted changes (${names.slice(0, NAMED).join(', ')}${names.length > NAMED ? ', …' : ''}): ` +
      'commit or stash them first, so that the upgrade stands alone; --allow-dirty goes on all the same.',
  );
}

/** How many names a message lists. */
const NAMED = 5;

/** Installs where package.json changed, in the project and in roots inside it that are installed. */
async function installChanged(dir: string, report: Report, options: UpgradeOptions): Promise<void> {
  for (const folder of report.install) {
    const root = join(dir, folder);
    const installed = folder === '.' || existsSync(join(root, 'node_modules'));
    if (!installed && !existsSync(join(root, 'package-lock.json'))) continue;
    options.say(`Installing the packages of ${folder === '.' ? 'the project' : folder} …`);
    // Where nobody has installed, the lockfile alone is brought up to date.
    await npm(root, ['install', ...(installed ? [] : ['--package-lock-only'])], options);
  }
}

async function runTests(dir: string, options: UpgradeOptions): Promise<'passed' | 'failed'> {
  options.say('Running the project’s tests …');
  const { code, stdout, stderr } = await run('npm', ['test'], { cwd: dir, ...processOptions(options) });
  if (code === 0) return 'passed';
  options.say(`${stdout}\n${stderr}`.trim());
  return 'failed';
}

async function npm(dir: string, args: readonly string[], options: UpgradeOptions): Promise<void> {
  const finished = await tryNpm(dir, args, options);
  if (finished.code !== 0) throw failed('npm', args, dir, finished);
}

function tryNpm(dir: string, args: readonly string[], options: UpgradeOptions): Promise<Finished> {
  // Without --prefer-offline: what npm remembers of a registry may know of no newer version.
  const all = [...args, '--ignore-scripts', '--no-audit', '--no-fund'];
  return run('npm', all, { cwd: dir, ...processOptions(options) });
}

async function git(dir: string, args: readonly string[], options: UpgradeOptions): Promise<string> {
  const finished = await run('git', args, { cwd: dir, ...processOptions(options) });
  if (finished.code !== 0) throw failed('git', args, dir, finished);
  return finished.stdout.trim();
}

function failed(command: string, args: readonly string[], dir: string, { stdout, stderr }: Finished): UpgradeError {
  const reason = stderr.trim() || stdout.trim();
  return new UpgradeError(
    `\`${command} ${args.join(' ')}\` failed in ${dir}: ${reason}\nMend that and run the upgrade again: it goes on from what there is.`,
  );
}

function processOptions({ env, signal }: UpgradeOptions): Pick<UpgradeOptions, 'env' | 'signal'> {
  // What npx tells its child about the package that it runs is not true of the project.
  const own = Object.entries(env).filter(
    ([name]) => !/^npm_(package_|lifecycle_|command$|config_(local_prefix|package)$)/.test(name),
  );
  return { env: Object.fromEntries(own), signal };
}
