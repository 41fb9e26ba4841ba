// The rehearsal: the whole loop on this machine, from the very files that AWS would run.
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { beginAlone } from './alone';
import { regionClient } from './client';
import { followExecution } from './execution-run';
import { rehearsalImages } from './images';
import { interruptionFault, interruptionOf, resumedStep } from './interruption';
import type { JobOutcome } from './jobs';
import { checkLoopback } from './loopback';
import { observePackage, type ObservedExecution } from './observe';
import type { RehearsalEvent, RehearsalOptions } from './options';
import { readPackage } from './package';
import { beginOnPlatform } from './platform';
import type { RehearsalRecord } from './record';
import { ACCOUNT, startRegion, type RegionEvent } from './region';
import { serveGoldenFrames } from './serve';
import { seedCommands } from './seed-commands';
import { saying, stopwatch, type Begun, type Mutable, type Stage } from './stage';
import { checkTrainer, settingsOf } from './trainer';

/** Between SIGTERM and SIGKILL; a job of a rehearsal is small. */
const GRACE_SECONDS = 10;

/**
 * Publishes the platform, launches a project, pushes a commit and follows its build, or upserts the pipeline of a package
 * that has no platform; follows the pipeline, serves the registered model and sends it images.
 * What goes wrong in the project does not throw: the record's outcome and reason say it.
 * @throws RehearsalError when there is nothing that could be rehearsed
 */
export async function rehearse(
  options: RehearsalOptions,
  tell: (event: RehearsalEvent) => void,
): Promise<RehearsalRecord> {
  const { directory, stateDir, signal, trainer, interruptTraining, keep } = options;
  const modules = join(directory, 'node_modules');
  const config = await readPackage(directory, modules);
  if (options.mlflow !== undefined) checkLoopback(options.mlflow);
  if (trainer) await checkTrainer(trainer, config.training.acceptUltralyticsLicense);
  if (!keep) await rm(stateDir, { recursive: true, force: true });
  await mkdir(stateDir, { recursive: true });

  const startedAt = new Date();
  const { phase, phases } = stopwatch(tell);
  const python = trainer?.name === 'ultralytics' ? trainer.python : undefined;
  const { launcher } = options;
  const own = config.images;
  const images = rehearsalImages({ account: ACCOUNT, region: config.region, modules, launcher, python, own });
  const jobs = new Map<string, JobOutcome>();
  let resumed: number | undefined;
  const region = await startRegion({
    stateDir,
    region: config.region,
    runtime: {
      folder: join(stateDir, 'jobs'),
      image: images.find,
      keep,
      graceSeconds: GRACE_SECONDS,
      interruptTrainingAfter: interruptTraining,
    },
    onEvent: (event) => {
      if (event.kind === 'job') jobs.set(event.name, event.outcome);
      if (event.kind === 'log') resumed = resumedStep(event.line.text) ?? resumed;
      tellOf(event, tell);
    },
  });
  const record: Mutable<RehearsalRecord> = {
    project: config.projectName,
    region: config.region,
    trainer: trainer?.name ?? config.training.trainer,
    startedAt: startedAt.toISOString(),
    milliseconds: 0,
    outcome: 'failed',
    phases,
    warnings: Object.keys(own).map(standsIn),
    artifacts: [],
    behaviours: region.behaviours,
  };
  const stage: Stage = {
    options,
    config,
    region,
    client: regionClient(region),
    images,
    changes: {
      ...(trainer && settingsOf(trainer)),
      ...(interruptTraining !== undefined && { 'training.spot': 'true' }),
    },
    tell,
    phase,
  };
  try {
    const begun = options.platform ? await beginOnPlatform(stage, options.platform, record) : await beginAlone(stage);
    record.data = begun.data;
    const observed = await followExecution(stage, begun, record, jobs);
    if (interruptTraining !== undefined) {
      record.interruption = interruptionOf(jobs, resumed);
      fail(record, interruptionFault(record.interruption));
    }
    await serve(stage, begun, observed, record);
  } catch (error) {
    if (signal.aborted) throw error;
    record.outcome = 'failed';
    record.reason = error instanceof Error ? error.message : String(error);
  } finally {
    if (record.platform) record.platform = { ...record.platform, mails: region.hosts.mails() };
    await region.close();
  }
  record.milliseconds = Date.now() - startedAt.getTime();
  return record;
}

function standsIn(image: string): string {
  return `images.${image} is your own: a rehearsal runs no image, so what it has beside the platform's was not tried.`;
}

/** What was registered is not good for all that. */
function fail(record: Mutable<RehearsalRecord>, reason: string | undefined): void {
  if (reason === undefined || record.outcome !== 'registered') return;
  record.outcome = 'failed';
  record.reason = reason;
}

async function serve(
  { options: { directory, signal, stateDir }, client, phase, tell }: Stage,
  { environment }: Begun,
  { packageArn, outputs }: ObservedExecution,
  record: Mutable<RehearsalRecord>,
): Promise<void> {
  if (packageArn === undefined) return;
  const seed = seedCommands(directory, environment, saying(tell), signal);
  record.package = await observePackage(client, packageArn);
  const { invocations } = (record.serving = await phase('Serve the registered model', () =>
    serveGoldenFrames(seed, client, packageArn, outputs, stateDir),
  ));
  const different = invocations.filter(({ same }) => !same).map(({ image }) => image);
  if (different.length === 0) return;
  fail(
    record,
    `The served model answers otherwise than it was evaluated for ${different.join(', ')}: compare the serving bundle with the evaluate step.`,
  );
}

function tellOf(event: RegionEvent, tell: (event: RehearsalEvent) => void): void {
  if (event.kind === 'step') {
    const { StepName, StepStatus, CacheHitResult, FailureReason } = event.step;
    tell({
      kind: 'step',
      name: StepName,
      status: StepStatus,
      cached: CacheHitResult !== undefined,
      reason: FailureReason,
    });
  } else if (event.kind === 'log') {
    tell({ kind: 'log', job: event.job, text: event.line.text });
  } else if (event.kind === 'build-log') {
    for (const [, command] of event.text.matchAll(/\[Container\].* Running command (.*)/g))
      tell({ kind: 'said', text: `build: ${command ?? ''}` });
  }
}
