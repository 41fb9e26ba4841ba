// The rehearsal: the model-build loop on this machine, from the very files that AWS would run.
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { regionClient, type RegionClient } from './client';
import { missingBinaries, rehearsalImages, type RehearsalImages } from './images';
import type { JobOutcome } from './jobs';
import {
  observeEvaluation,
  observeExecution,
  observePackage,
  observePictures,
  observeWarnings,
  type ObservedExecution,
} from './observe';
import type { Outcome, RehearsalRecord } from './record';
import { interruptionFault, interruptionOf, resumedStep } from './interruption';
import { ACCOUNT, startRegion, type Region, type RegionEvent } from './region';
import { serveGoldenFrames } from './serve';
import { POLL_SECONDS, seedCommands, type SeedCommands } from './seed-commands';
import { checkTrainer, settingsOf, type RehearsalTrainer } from './trainer';
import { startWorker } from './worker';

export interface RehearsalOptions {
  /** Folder of the model-build package. */
  readonly directory: string;
  /** Where the region keeps its state. */
  readonly stateDir: string;
  /** `launcher.cjs` of the runtime images. */
  readonly launcher: string;
  /** Real imagery in YOLO layout. @default the project's own synthetic scenes */
  readonly dataDir?: string;
  /** URL of an MLflow server on this machine that follows the rehearsal. @default nothing is tracked */
  readonly mlflow?: string;
  /** Go on from what an earlier rehearsal left, so that unchanged steps come from the cache. @default false */
  readonly keep?: boolean;
  /** Trains with this, whatever the project's trainer is. @default the project's own */
  readonly trainer?: RehearsalTrainer;
  /** Trains on spot capacity, and takes the instance away so many seconds after the first checkpoint. @default never */
  readonly interruptTraining?: number;
  readonly signal: AbortSignal;
}

/** What a rehearsal tells while it runs. */
export type RehearsalEvent =
  | { readonly kind: 'phase'; readonly name: string }
  | {
      readonly kind: 'step';
      readonly name: string;
      readonly status: string;
      readonly cached: boolean;
      readonly reason?: string;
    }
  /** A line that a step's container logged. */
  | { readonly kind: 'log'; readonly job: string; readonly text: string }
  /** A line that one of the project's commands said. */
  | { readonly kind: 'said'; readonly text: string };

/** A rehearsal cannot begin; the message says what is missing and what to do. */
export class RehearsalError extends Error {
  override readonly name = 'RehearsalError';
}

/** An id of the form that SageMaker gives projects (`p-` and twelve characters). */
const PROJECT_ID = 'p-rehearsal001';
const BUCKET = `sagemaker-project-${PROJECT_ID}`;
/** Where functions of Lambda steps log; the project's template makes it. */
const FUNCTION_LOGS = `/aws/lambda/sagemaker-${PROJECT_ID}-steps`;
/** `pipeline wait` answers with these: succeeded, failed, refused by the gate. */
const WAIT_ANSWERS = [0, 1, 3];
/** Between SIGTERM and SIGKILL; a job of a rehearsal is small. */
const GRACE_SECONDS = 10;
/** Pictures that the evaluate step leaves, with their captions. */
const PICTURES = {
  'pr-curve.svg': 'Precision against recall',
  'confidence-curves.svg': 'Precision, recall and F1 against confidence',
  'confusion-matrix.svg': 'Confusion matrix at the operating point',
  'images/best.jpg': 'Frames that went best: truth and predictions',
  'images/worst.jpg': 'Frames that went worst: truth and predictions',
} as const;

const project = z.looseObject({
  projectName: z.string(),
  region: z.string(),
  training: z.looseObject({ trainer: z.string(), acceptUltralyticsLicense: z.boolean().default(false) }),
  steps: z.array(z.looseObject({ kind: z.string() })).default([]),
});
type Project = z.infer<typeof project>;

const pushed = z.looseObject({ version: z.string(), images: z.number() });
const started = z.looseObject({ executionArn: z.string() });
/** What `pipeline wait` tells of the execution's run; nothing when the server was out of order. */
const waited = z.looseObject({
  tracking: z.object({ experiment: z.string(), experimentId: z.string(), run: z.string() }).optional(),
});
const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/**
 * Builds the seed and upserts the pipeline, pushes data, runs the pipeline, serves the registered model and sends it images.
 * What goes wrong in the project does not throw: the record's outcome and reason say it.
 * @throws RehearsalError when there is nothing that could be rehearsed
 */
export async function rehearse(
  options: RehearsalOptions,
  tell: (event: RehearsalEvent) => void,
): Promise<RehearsalRecord> {
  const { directory, stateDir, signal } = options;
  const modules = join(directory, 'node_modules');
  const config = await readProject(directory, modules);
  if (options.mlflow !== undefined) checkLoopback(options.mlflow);
  if (options.trainer) await checkTrainer(options.trainer, config.training.acceptUltralyticsLicense);
  if (!options.keep) await rm(stateDir, { recursive: true, force: true });
  await mkdir(stateDir, { recursive: true });

  const startedAt = new Date();
  const phases: { name: string; milliseconds: number }[] = [];
  const phase = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    tell({ kind: 'phase', name });
    const began = performance.now();
    try {
      return await work();
    } finally {
      phases.push({ name, milliseconds: performance.now() - began });
    }
  };

  const { trainer, interruptTraining } = options;
  const python = trainer?.name === 'ultralytics' ? trainer.python : undefined;
  const images = rehearsalImages(ACCOUNT, config.region, modules, options.launcher, python);
  const changes = {
    ...(trainer && settingsOf(trainer)),
    ...(interruptTraining !== undefined && { 'training.spot': 'true' }),
  };
  const jobs = new Map<string, JobOutcome>();
  let resumed: number | undefined;
  const region = await startRegion({
    stateDir,
    region: config.region,
    runtime: {
      folder: join(stateDir, 'jobs'),
      image: images.find,
      keep: options.keep,
      graceSeconds: GRACE_SECONDS,
      interruptTrainingAfter: interruptTraining,
    },
    onEvent: (event) => {
      if (event.kind === 'job') jobs.set(event.name, event.outcome);
      if (event.kind === 'log') resumed = resumedStep(event.line.text) ?? resumed;
      tellOf(event, tell);
    },
  });
  region.createBucket(BUCKET);
  await region.createLogGroup(FUNCTION_LOGS);
  const record: Mutable<RehearsalRecord> = {
    project: config.projectName,
    region: config.region,
    trainer: trainer?.name ?? config.training.trainer,
    startedAt: startedAt.toISOString(),
    milliseconds: 0,
    outcome: 'failed',
    phases,
    warnings: [],
    artifacts: [],
    behaviours: region.behaviours,
  };
  try {
    const client = regionClient(region);
    const environment = seedEnvironment(region, config, images, options.mlflow);
    const seed = seedCommands(
      directory,
      environment,
      (text) => {
        tell({ kind: 'said', text });
      },
      signal,
    );
    const folder = options.dataDir ?? (await phase('Make sample imagery', () => sampleImagery(seed, stateDir)));
    const version = await phase('Push the data', async () =>
      pushed.parse(await seed.json('data', ['push', folder, ...(options.dataDir ? ['--allow-other-classes'] : [])])),
    );
    record.data = {
      source: options.dataDir === undefined ? 'sample' : 'folder',
      folder: basename(folder),
      version: version.version,
      images: version.images,
    };
    await phase('Bundle the steps and upsert the pipeline', () =>
      seed.run('pipeline', [
        'upsert',
        ...Object.entries(changes).flatMap(([place, value]) => ['--set', `${place}=${value}`]),
      ]),
    );
    const observed = await phase('Run the pipeline', async () => {
      const { executionArn } = started.parse(await seed.json('pipeline', ['start', '--data-version', version.version]));
      const worker = startWorker(config, directory, environment, signal, (text) => {
        tell({ kind: 'said', text });
      });
      // While the pipeline runs, the region's own events say more than the command that waits for it.
      const either = AbortSignal.any([signal, worker.failed]);
      const waiting = seedCommands(directory, environment, () => undefined, either);
      const wait = ['wait', executionArn, '--poll-seconds', POLL_SECONDS];
      try {
        if (options.mlflow === undefined) await waiting.run('pipeline', wait, WAIT_ANSWERS);
        else {
          const { tracking } = waited.parse(await waiting.json('pipeline', wait, WAIT_ANSWERS));
          record.tracking = trackingOf(options.mlflow, tracking);
        }
      } catch (error) {
        throw worker.failed.aborted ? worker.failed.reason : error;
      } finally {
        await worker.end();
      }
      return observeExecution(client, executionArn, jobs);
    });
    record.execution = observed.execution;
    await addEvaluation(record, client, observed);
    record.outcome = outcomeOf(observed, record);
    record.reason = observed.failureReason;
    if (interruptTraining !== undefined) {
      record.interruption = interruptionOf(jobs, resumed);
      const wrong = interruptionFault(record.interruption);
      if (record.outcome === 'registered' && wrong !== undefined) {
        record.outcome = 'failed';
        record.reason = wrong;
      }
    }

    const { packageArn } = observed;
    if (packageArn !== undefined) {
      record.package = await observePackage(client, packageArn);
      record.serving = await phase('Serve the registered model', () =>
        serveGoldenFrames(seed, client, packageArn, observed.outputs, stateDir),
      );
      const different = record.serving.invocations.filter(({ same }) => !same);
      if (different.length > 0) {
        record.outcome = 'failed';
        record.reason = `The served model answers otherwise than it was evaluated for ${different.map(({ image }) => image).join(', ')}: compare the serving bundle with the evaluate step.`;
      }
    }
  } catch (error) {
    if (signal.aborted) throw error;
    record.outcome = 'failed';
    record.reason = error instanceof Error ? error.message : String(error);
  } finally {
    await region.close();
  }
  record.milliseconds = Date.now() - startedAt.getTime();
  return record;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

async function readProject(directory: string, modules: string): Promise<Project> {
  const file = join(directory, 'drone-mlops.json');
  const text = await readFile(file, 'utf8').catch(() => {
    throw new RehearsalError(`${directory} holds no model-build package (drone-mlops.json): name one with --project.`);
  });
  if (!existsSync(modules)) {
    throw new RehearsalError(`The packages of ${directory} are not installed: run \`npm install\` there first.`);
  }
  const missing = missingBinaries(modules);
  if (missing.length > 0) {
    throw new RehearsalError(
      `${missing.join(' and ')} has no binary for ${process.platform} on ${process.arch}: a rehearsal needs Linux or macOS on x64 or arm64 (on Windows, WSL).`,
    );
  }
  try {
    return project.parse(JSON.parse(text));
  } catch {
    throw new RehearsalError(`${file} is not valid. It is managed: run \`npx projen\` to write it again.`);
  }
}

/** @throws RehearsalError, since a rehearsal talks to this machine only */
function checkLoopback(uri: string): void {
  if (URL.canParse(uri) && /^https?:$/.test(new URL(uri).protocol) && LOOPBACK.test(new URL(uri).hostname)) return;
  throw new RehearsalError(
    `${uri} is not an MLflow server on this machine: start one with \`mlflow server --host 127.0.0.1 --port 5000\` and give its URL.`,
  );
}

function trackingOf(uri: string, found: z.infer<typeof waited>['tracking']): RehearsalRecord['tracking'] {
  if (found === undefined) return { uri };
  const { experiment, experimentId, run } = found;
  return { uri, run, experiment, page: `${uri}/#/experiments/${experimentId}/runs/${run}` };
}

/** What CodeBuild sets for a build, with stand-ins for what is AWS's. */
function seedEnvironment(
  region: Region,
  { projectName }: Project,
  images: RehearsalImages,
  mlflow: string | undefined,
): NodeJS.ProcessEnv {
  return {
    ...region.environment,
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    ARTIFACT_BUCKET: BUCKET,
    SAGEMAKER_PROJECT_NAME: projectName,
    SAGEMAKER_PROJECT_ID: PROJECT_ID,
    SAGEMAKER_PIPELINE_NAME: `${projectName}-${PROJECT_ID}`,
    SAGEMAKER_PIPELINE_ROLE_ARN: `arn:aws:iam::${region.account}:role/rehearsal`,
    STEP_FUNCTION_ROLE_ARN: `arn:aws:iam::${region.account}:role/rehearsal`,
    MODEL_PACKAGE_GROUP_NAME: `${projectName}-${PROJECT_ID}`,
    NODE_IMAGE_URI: images.node,
    TRAINING_IMAGE_URI: images.training,
    ...(mlflow !== undefined && { MLFLOW_TRACKING_URI: mlflow }),
  };
}

async function sampleImagery(seed: SeedCommands, stateDir: string): Promise<string> {
  const folder = join(stateDir, 'sample');
  await rm(folder, { recursive: true, force: true });
  await seed.run('data', ['sample', folder]);
  return folder;
}

async function addEvaluation(
  record: Mutable<RehearsalRecord>,
  client: RegionClient,
  { outputs }: ObservedExecution,
): Promise<void> {
  const split = outputs.get('Split/split');
  if (split !== undefined) record.warnings = await observeWarnings(client, split);
  const folder = outputs.get('Evaluate/evaluation');
  if (folder === undefined) return;
  record.evaluation = await observeEvaluation(client, folder);
  record.artifacts = await observePictures(client, folder, PICTURES);
}

function outcomeOf({ execution, packageArn }: ObservedExecution, { evaluation }: RehearsalRecord): Outcome {
  if (packageArn !== undefined && execution.status === 'Succeeded') return 'registered';
  return evaluation?.gate.passed === false ? 'gate-failed' : 'failed';
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
  }
}
