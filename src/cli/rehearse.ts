// `drone-mlops rehearse`: publishes, launches, builds and trains on this machine, and writes the report.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import Handlebars from 'handlebars';
import { PACKAGE_ROOT } from '../package-root';
import { release } from '../process';
import {
  rehearse,
  renderReport,
  type Outcome,
  type RehearsalEvent,
  type RehearsalOptions,
  type RehearsalRecord,
  type RehearsalTrainer,
  type RehearsedPlatform,
} from '../rehearsal';
import type { Host } from './host';
import { InterruptedError } from './host';
import { readArguments, UsageError } from './usage';

const INTERRUPTED =
  'Interrupted: nothing of the rehearsal is running any more, and --keep goes on from the steps that it had done.';
const EXIT_CODES: Record<Outcome, number> = { registered: 0, failed: 1, 'gate-failed': 3 };

interface Flags {
  readonly project: string;
  readonly data?: string;
  readonly mlflow?: string;
  readonly keep?: boolean;
  readonly json?: boolean;
  readonly open?: boolean;
  readonly trainer?: string;
  readonly python?: string;
  readonly acceptUltralyticsLicense?: boolean;
  readonly interruptTraining?: string;
}

export async function run(args: readonly string[], host: Host): Promise<number> {
  const command = new Command('rehearse')
    .description(
      'Goes the six steps, as far as they exist, on this machine, from publishing the platform to a registered model: no AWS account, no Docker; Python for YOLO11 alone.',
    )
    .option('--project <dir>', 'the platform repository, or its model-build package alone', '.')
    .option('--data <dir>', 'real imagery in YOLO layout, instead of synthetic scenes')
    .option('--mlflow <url>', 'an MLflow server on this machine that follows the rehearsal')
    .option(
      '--trainer <name>',
      'baseline, or ultralytics: real YOLO11, small, on processors. Default: the project’s own',
    )
    .option('--python <path>', 'Python with PyTorch and training/requirements.txt. Default: DRONE_MLOPS_PYTHON')
    .option('--accept-ultralytics-license', 'you accept AGPL-3.0, or have an enterprise licence of Ultralytics')
    .option('--interrupt-training <seconds>', 'take the spot instance away so long after the first checkpoint')
    .option('--keep', 'go on from what the last rehearsal left: unchanged steps come from the cache')
    .option('--json', 'print one JSON object')
    .option('--open', 'open the report in a browser')
    .addHelpText('after', '\nExit codes: 0 registered, 1 failed, 2 wrong usage, 3 the quality gate refused the model.');
  if (!readArguments(command, args, host)) return 0;
  const flags = command.opts<Flags>();
  const named = resolve(host.cwd, flags.project);
  const directory = packageFolder(named);
  const platform = isPlatform(named) ? await platformIn(named) : undefined;
  const folder = join(platform?.directory ?? directory, '.rehearsal');
  const training = trainingOptions(flags, host);

  const record = await rehearse(
    {
      directory,
      ...(platform && { platform }),
      stateDir: join(folder, 'region'),
      launcher: join(PACKAGE_ROOT, 'seed-code', 'platform', 'images', 'launcher', 'launcher.cjs'),
      ...(flags.data === undefined ? {} : { dataDir: dataFolder(host, flags.data) }),
      ...(flags.mlflow === undefined ? {} : { mlflow: flags.mlflow.replace(/\/+$/, '') }),
      ...training,
      keep: flags.keep ?? false,
      signal: host.interrupted,
    },
    flags.json ? () => undefined : progress(host),
  ).catch((error: unknown) => {
    throw host.interrupted.aborted ? new InterruptedError(INTERRUPTED) : error;
  });

  await mkdir(folder, { recursive: true });
  const report = join(folder, 'report.html');
  await writeFile(report, renderReport(record, reportTemplate()));
  if (flags.json) host.print(JSON.stringify({ ...withoutPictures(record), report }));
  else conclude(record, report, host);
  if (flags.open) openInBrowser(report, host.env);
  return EXIT_CODES[record.outcome];
}

/** The model-build package in `dir`, or below it in a platform repository. */
function packageFolder(dir: string): string {
  return existsSync(join(dir, 'model-build', 'drone-mlops.json')) ? join(dir, 'model-build') : dir;
}

/** Whether `dir` is a platform repository, whose product can be published and launched. */
function isPlatform(dir: string): boolean {
  return packageFolder(dir) !== dir && existsSync(join(dir, 'cdk.json'));
}

async function platformIn(directory: string): Promise<RehearsedPlatform> {
  const { operations } = await import('./operate/index.js');
  return { directory, operations };
}

/** What the flags say of training. */
function trainingOptions(flags: Flags, host: Host): Pick<RehearsalOptions, 'trainer' | 'interruptTraining'> {
  return {
    ...(flags.trainer !== undefined && { trainer: trainerOf(flags.trainer, flags, host) }),
    ...(flags.interruptTraining !== undefined && { interruptTraining: secondsOf(flags.interruptTraining) }),
  };
}

function trainerOf(name: string, flags: Flags, { env }: Host): RehearsalTrainer {
  if (name === 'baseline') return { name };
  if (name !== 'ultralytics') throw new UsageError(`--trainer is baseline or ultralytics, not ${name}.`);
  const python = flags.python ?? env.DRONE_MLOPS_PYTHON ?? 'python3';
  return { name, python, licenseAccepted: flags.acceptUltralyticsLicense ?? false };
}

function secondsOf(text: string): number {
  const seconds = Number(text);
  if (text.trim() !== '' && seconds >= 0 && seconds <= 86_400) return seconds;
  throw new UsageError(`--interrupt-training takes seconds from 0 to 86400, not ${JSON.stringify(text)}.`);
}

function dataFolder(host: Host, dir: string): string {
  const folder = resolve(host.cwd, dir);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    throw new UsageError(`--data ${dir}: there is no such folder.`);
  return folder;
}

function reportTemplate(): Handlebars.TemplateDelegate {
  const source = readFileSync(join(PACKAGE_ROOT, 'templates', 'rehearsal', 'report.html.hbs'), 'utf8');
  return Handlebars.compile(source, { strict: true });
}

/** Lines of a step's own progress come at most so often. */
const PROGRESS_EVERY_MS = 5000;

/** Says each phase, each change of a step, and the steps' own progress in between. */
function progress(host: Host): (event: RehearsalEvent) => void {
  const began = performance.now();
  const told = new Map<string, string>();
  let lastProgress = 0;
  const say = (text: string): void => {
    host.say(`${((performance.now() - began) / 1000).toFixed(1).padStart(6)} s  ${text}`);
  };
  return (event) => {
    if (event.kind === 'phase') say(`▸ ${event.name}`);
    else if (event.kind === 'said') say(`  ${event.text}`);
    else if (event.kind === 'step') {
      if (event.status === 'Starting' || told.get(event.name) === event.status) return;
      told.set(event.name, event.status);
      const note = event.cached ? ' (cached)' : event.reason === undefined ? '' : `: ${event.reason}`;
      say(`  ${event.name.padEnd(11)}${event.status}${note}`);
    } else if (performance.now() - lastProgress > PROGRESS_EVERY_MS) {
      const line = stepProgress(event.text);
      if (line === undefined) return;
      lastProgress = performance.now();
      say(`    ${line}`);
    }
  };
}

/** What a step's JSON log line says of how far it is; undefined when it says nothing of that. */
function stepProgress(text: string): string | undefined {
  const epochs = /"epoch":(\d+),"epochs":(\d+),"step":(\d+),"steps":(\d+)/.exec(text);
  if (epochs) return `epoch ${epochs[1]} of ${epochs[2]}, step ${epochs[3]} of ${epochs[4]}`;
  const counted = /"(step|images)":(\d+),"(?:steps|of)":(\d+)/.exec(text);
  return counted ? `${counted[1] === 'step' ? 'training step' : 'image'} ${counted[2]} of ${counted[3]}` : undefined;
}

function conclude(record: RehearsalRecord, report: string, host: Host): void {
  if (record.platform) tellPlatform(record.platform, host);
  const gate = record.evaluation?.gate.metrics ?? [];
  for (const { metric, value, threshold, passed } of gate) {
    host.print(`${metric} ${value.toFixed(3)} (gate ${threshold}): ${passed ? 'passed' : 'failed'}`);
  }
  if (record.serving) {
    const { invocations } = record.serving;
    const same = invocations.filter((one) => one.same).length;
    host.print(`Served: ${same} of ${invocations.length} frames answered as they were evaluated.`);
  }
  if (record.outcome === 'registered') {
    host.print(
      `Registered ${record.package?.arn ?? ''}, ${record.package?.approval ?? ''}: a rehearsal approves nothing.`,
    );
  } else {
    host.print(`${record.outcome === 'gate-failed' ? 'The quality gate failed' : 'Failed'}: ${record.reason ?? ''}`);
  }
  if (record.tracking) {
    const { uri, page } = record.tracking;
    host.print(page === undefined ? `MLflow at ${uri} was not told of the execution.` : `MLflow: ${page}`);
  }
  host.print(`Report: ${report}`);
}

function tellPlatform({ launch, commit, builds }: NonNullable<RehearsalRecord['platform']>, host: Host): void {
  const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(1)} s`;
  if (launch) host.print(`Launched ${launch.name} (${launch.id}) in ${seconds(launch.milliseconds)}.`);
  const built = builds.find((build) => build.commit === commit);
  if (built === undefined) return;
  const long = built.commands.filter(({ milliseconds }) => milliseconds >= 1000);
  const times = long.map(({ command, milliseconds }) => `${command} ${seconds(milliseconds)}`);
  host.print(`Build of ${built.commit.slice(0, 10)}: ${built.status} (${times.join(', ')}).`);
  for (const note of built.notes) host.print(note);
}

/** `--json` names the report for the pictures. */
function withoutPictures({ artifacts, behaviours, ...record }: RehearsalRecord): object {
  return { ...record, artifacts: artifacts.map(({ name }) => name), behaviours: behaviours.length };
}

/** Where there is no such program, the path that was printed serves as well. */
function openInBrowser(file: string, env: NodeJS.ProcessEnv): void {
  release(process.platform === 'darwin' ? 'open' : 'xdg-open', [file], env);
}
