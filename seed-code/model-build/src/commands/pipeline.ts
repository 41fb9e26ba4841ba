// npm run pipeline: the definition, and its way into the account.
import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { SQSClient } from '@aws-sdk/client-sqs';
import { z } from 'zod';
import { buildBundles, hashes, uploadBundles, type Bundle } from '../bundle';
import { asksForLive, loadConfig, type AddedStep, type Config } from '../config';
import { s3Store } from '../dataset';
import {
  definition,
  ensureFunctions,
  ensureModelPackageGroup,
  ensureQueues,
  EnvironmentError,
  experimentOf,
  findDataVersion,
  findLiveModel,
  onlySample,
  plan,
  addedBundles,
  projectTags,
  pushSample,
  readEnvironment,
  sampleConfig,
  SAMPLE_NOTE,
  start,
  trackExecution,
  upsert,
  wait,
  type Clients,
  type Ended,
  type Environment,
  type Outcome,
  type StepChange,
} from '../pipeline';
import { batchWarnings } from '../training/instances';
import { progress } from './progress';
import { numberFlag, parseCommandLine, printOutcome, UsageError, withUsage } from './usage';

const USAGE = `npm run pipeline -- COMMAND [options]

  definition   Print the pipeline's definition.
  upsert       Upload the bundles, create or update the pipeline, and say what changed. A gate on live.better or
               live.notWorse compares with the model package that is the newest approved one at this time.
                 --dry-run               Say what would change, and change nothing.
                 --set PLACE=VALUE       A value instead of drone-mlops.json's, such as training.epochs=3; may be repeated.
  start        Start an execution of the version that the last upsert here made.
                 --experiment NAME       Upsert and start a pipeline of this branch's own, which registers nothing.
                 --wait                  Follow it until it ends. Default: what drone-mlops.json says.
                 --pipeline-version N    Another version.
                 --data-version HASH     Data to train on. Default: the version that was pushed last.
                 --commit ID             Commit to record. Default: CODEBUILD_RESOLVED_SOURCE_VERSION, else git's.
                 --parameter Name=Value  Another parameter of the pipeline; may be repeated.
  wait [ARN]   Follow an execution until it ends. Default: the one started here last.
                 --poll-seconds N        Seconds between looks. Default: 2, growing to 30 while nothing happens.

  --json       Print one JSON value on standard output.
  --help       Print this.

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 the execution ended at the quality gate.`;

const EXIT_CODES: Readonly<Record<Ended['outcome'], number>> = {
  succeeded: 0,
  failed: 1,
  stopped: 1,
  'gate-failed': 3,
};

/** What one call leaves for the next: which version an upsert made, which execution was started. */
const stateSchema = z.strictObject({
  pipelineName: z.string(),
  version: z.int(),
  executionArn: z.string().optional(),
  /** Whether the version is for the sample set. */
  sample: z.boolean().default(false),
});
type State = z.infer<typeof stateSchema>;

const OPTIONS = {
  'dry-run': { type: 'boolean' },
  set: { type: 'string', multiple: true },
  'pipeline-version': { type: 'string' },
  'data-version': { type: 'string' },
  commit: { type: 'string' },
  experiment: { type: 'string' },
  wait: { type: 'boolean' },
  parameter: { type: 'string', multiple: true },
  'poll-seconds': { type: 'string' },
  json: { type: 'boolean' },
} as const;

type Options = ReturnType<typeof parseCommandLine<{ options: typeof OPTIONS; allowPositionals: true }>>['values'];

export function run(args: readonly string[]): Promise<number> {
  return withUsage(USAGE, () => {
    const { values, positionals } = parseCommandLine({ args: [...args], options: OPTIONS, allowPositionals: true });
    const [command, ...rest] = positionals;
    if (rest.length > (command === 'wait' ? 1 : 0)) throw new UsageError(`There is no place for ${rest.join(' ')}.`);
    switch (command) {
      case 'definition':
        return printDefinition();
      case 'upsert':
        return runUpsert(values);
      case 'start':
        return runStart(values);
      case 'wait':
        return runWait(rest[0], values);
      default:
        throw new UsageError(command === undefined ? 'Name a command.' : `There is no command ${command}.`);
    }
  });
}

async function printDefinition(): Promise<number> {
  const environment = readEnvironment(process.env);
  const account = clients(environment);
  const built = await build(environment, account, await configFor(account.store));
  process.stdout.write(`${JSON.stringify(built.definition, null, 2)}\n`);
  return 0;
}

async function runUpsert(values: Options): Promise<number> {
  const environment = readEnvironment(process.env);
  const account = clients(environment);
  const sample = await onlySample(account.store);
  const set = new Map((values.set ?? []).map(parseChange));
  const built = await build(environment, account, await configFor(account.store, set));
  for (const warning of built.warnings) process.stderr.write(`Warning: ${warning}\n`);
  const options = { ...built, clients: account };
  const { pipelineName, modelPackageGroup } = environment;
  if (values['dry-run']) {
    const { action, changes } = await plan(options);
    printOutcome(values.json, { pipelineName, action, changes, sample, dryRun: true }, [
      `The pipeline ${pipelineName} would be ${action}.`,
      ...changes.map((line) => `  ${line}`),
    ]);
    return 0;
  }
  const { uploaded, functions } = await provide(options, account);
  const groupCreated = await ensureModelPackageGroup(options);
  const { action, arn, version, changes } = await upsert(options);
  await writeState({ pipelineName, version, sample });
  printOutcome(
    values.json,
    {
      pipelineName,
      arn,
      version,
      action,
      changes,
      sample,
      uploaded: uploaded.map(({ step, hash }) => ({ step, hash })),
    },
    [
      ...(sample ? [SAMPLE_NOTE] : []),
      ...uploaded.map(({ step, hash }) => `Uploaded the bundle of ${step}, ${hash}.`),
      ...functions.map((name) => `Created the function ${name}.`),
      ...(groupCreated ? [`Created the model package group ${modelPackageGroup}.`] : []),
      `The pipeline ${pipelineName} is ${action === 'unchanged' ? 'as it was: no change' : action}. Version ${version}.`,
      ...changes.map((line) => `  ${line}`),
    ],
  );
  return 0;
}

async function runStart(values: Options): Promise<number> {
  const environment = readEnvironment(process.env);
  const account = clients(environment);
  const made = values.experiment === undefined ? undefined : await upsertExperiment(environment, account, values);
  const { pipelineName, version, sample } = made ?? (await versionToStart(environment, values));
  const dataVersion = await dataToStart(account.store, sample, values['data-version']);
  const commit = values.commit ?? (await currentCommit());
  const executionArn = await start(account.sagemaker, {
    pipelineName,
    pipelineVersion: version,
    dataVersion,
    commit,
    parameters: Object.fromEntries((values.parameter ?? []).map(parseParameter)),
  });
  await writeState({ pipelineName, version, sample, executionArn });
  printOutcome(values.json, { executionArn, pipelineName, pipelineVersion: version, dataVersion, commit, sample }, [
    ...(sample ? [SAMPLE_NOTE] : []),
    `Started ${executionArn}`,
    `  pipeline ${pipelineName}, version ${version}; data version ${dataVersion}; commit ${commit}`,
  ]);
  return (values.wait ?? loadConfig(process.cwd()).waitForTraining) ? runWait(executionArn, values) : 0;
}

/** The version that an experiment's own pipeline gets from this folder; it registers nothing. */
async function upsertExperiment(environment: Environment, account: Clients, values: Options): Promise<State> {
  if (values['pipeline-version'] !== undefined) {
    throw new UsageError('An experiment starts what is in this folder: leave out --pipeline-version.');
  }
  const sample = await onlySample(account.store);
  const own = experimentOf(environment, values.experiment ?? '');
  const built = await build(own, account, await configFor(account.store), { register: false });
  await provide(built, account);
  const { version } = await upsert({ ...built, clients: account });
  return { pipelineName: own.pipelineName, version, sample };
}

/** The version that was asked for, else the one that the last upsert here made. */
async function versionToStart({ pipelineName }: Environment, values: Options): Promise<State> {
  const asked = values['pipeline-version'];
  if (asked !== undefined) {
    return { pipelineName, version: numberFlag('pipeline-version', asked, 1, 2 ** 31), sample: false };
  }
  const state = await readState();
  if (state?.pipelineName === pipelineName) return state;
  throw new UsageError(
    `No version of ${pipelineName} was made here: run the upsert first, or give --pipeline-version.`,
  );
}

/** The data that a version of the pipeline is meant for. */
async function dataToStart(store: Clients['store'], sample: boolean, asked: string | undefined): Promise<string> {
  if (!sample) return findDataVersion(store, asked);
  if (asked === undefined && (await onlySample(store))) {
    return pushSample(store, loadConfig(process.cwd()), progress('frames drawn'));
  }
  throw new UsageError('The pipeline was made for the sample set, before there was data: run the upsert again.');
}

async function runWait(arn: string | undefined, values: Options): Promise<number> {
  const executionArn = arn ?? (await readState())?.executionArn;
  if (executionArn === undefined) throw new UsageError('Name the execution: none was started here.');
  const poll = values['poll-seconds'];
  const environment = environmentOfBuild();
  const region = environment?.region ?? executionArn.split(':')[3];
  const sagemaker = new SageMakerClient({ region, maxAttempts: MAX_ATTEMPTS });
  const ended = await wait(sagemaker, {
    executionArn,
    ...(poll !== undefined && { pollSeconds: numberFlag('poll-seconds', poll, 0.1, 3600) }),
    onChange: (change) => process.stderr.write(`${describe(change)}\n`),
  });
  const sentence = {
    succeeded: 'succeeded',
    failed: 'failed',
    stopped: 'was stopped',
    'gate-failed': 'ended at the gate',
  };
  // A tracking server that is out of order is said, and no more.
  const linked = environment && trackExecution(sagemaker, environment, executionArn);
  const tracking = await linked?.catch((error: unknown) => {
    process.stderr.write(`The runs were not linked: ${(error as Error).message}\n`);
    process.stderr.write(`Do it later: npm run tracking -- link ${executionArn}\n`);
    return undefined;
  });
  printOutcome(values.json, { executionArn, ...ended, ...(tracking && { tracking }) }, [
    `The execution ${sentence[ended.outcome]}.${ended.reason === undefined ? '' : ` ${ended.reason}`}`,
    ...(tracking ? [`In MLflow it is run ${tracking.run} of the experiment ${tracking.experiment}.`] : []),
  ]);
  return EXIT_CODES[ended.outcome];
}

/** Whoever runs the line of a mail has nothing of what a build knows: to wait, the execution's ARN is enough. */
function environmentOfBuild(): Environment | undefined {
  try {
    return readEnvironment(process.env);
  } catch (error) {
    if (error instanceof EnvironmentError) return undefined;
    throw error;
  }
}

function describe({ step, status, seconds, reason, cached }: StepChange): string {
  const time = new Date().toISOString().slice(11, 19);
  const detail = [
    ...(seconds === undefined ? [] : [`${seconds.toFixed(1)} s`]),
    ...(cached ? ['from the cache'] : []),
    ...(reason === undefined ? [] : [reason]),
  ];
  return `${time}  ${step.padEnd(12)}${status}${detail.length > 0 ? ` (${detail.join('; ')})` : ''}`;
}

/** The project's configuration, or what stands in for it until there is data. */
async function configFor(store: Clients['store'], changes?: ReadonlyMap<string, string>): Promise<Config> {
  const config = loadConfig(process.cwd(), changes);
  return (await onlySample(store)) ? sampleConfig(config) : config;
}

/** Everything an upsert needs, from this package and the environment. */
async function build(
  environment: Environment,
  { sagemaker }: Clients,
  config: Config,
  outcome: Outcome = { register: true },
) {
  const root = process.cwd();
  const live = asksForLive(config.gate) ? await findLiveModel(sagemaker, environment.modelPackageGroup) : undefined;
  const bundles = await buildBundles(root, join(root, 'dist', 'bundles'), addedBundles(config));
  return {
    environment,
    bundles,
    steps: config.steps,
    definition: definition(config, environment, hashes(bundles), { ...outcome, live }),
    tags: projectTags(config, environment),
    warnings: batchWarnings(config),
  };
}

type Built = Awaited<ReturnType<typeof build>>;

/** Puts into the account what the definition's steps need there: code, functions, queues. */
async function provide(
  { environment, bundles, steps, tags }: Built,
  { store }: Clients,
): Promise<{ uploaded: Bundle[]; functions: string[] }> {
  const { region } = environment;
  const of = (kind: AddedStep['kind']) => steps.filter((step) => step.kind === kind).map(({ name }) => name);
  const uploaded = await uploadBundles(store, bundles);
  const [lambda, callback] = [of('lambda'), of('callback')];
  const functions = await ensureFunctions({
    lambda: new LambdaClient({ region, maxAttempts: MAX_ATTEMPTS }),
    environment,
    tags,
    bundles: bundles.filter(({ step }) => lambda.includes(step)),
  });
  await ensureQueues({ sqs: new SQSClient({ region, maxAttempts: MAX_ATTEMPTS }), environment, tags, steps: callback });
  return { uploaded, functions };
}

/** More attempts than the SDK's three: a wait of hours should outlive a minute of throttling. */
const MAX_ATTEMPTS = 8;

function clients({ region, bucket }: Environment): Clients {
  const options = { region, maxAttempts: MAX_ATTEMPTS };
  return { sagemaker: new SageMakerClient(options), store: s3Store(new S3Client(options), bucket) };
}

function parseParameter(text: string): [string, string] {
  const [, name, value] = /^([A-Za-z0-9\-_]+)=([\s\S]+)$/.exec(text) ?? [];
  if (name === undefined || value === undefined) {
    throw new UsageError(`--parameter takes Name=Value, not ${JSON.stringify(text)}.`);
  }
  return [name, value];
}

function parseChange(text: string): [string, string] {
  const [, place, value] = /^([A-Za-z]+(?:\.[A-Za-z]+)+)=([\s\S]+)$/.exec(text) ?? [];
  if (place === undefined || value === undefined) {
    throw new UsageError(`--set takes a place and a value such as training.epochs=3, not ${JSON.stringify(text)}.`);
  }
  return [place, value];
}

/** The commit that the code is of, with `-dirty` when files differ from it; `none` outside a repository. */
async function currentCommit(): Promise<string> {
  const built = process.env.CODEBUILD_RESOLVED_SOURCE_VERSION;
  if (built !== undefined && built !== '') return built;
  try {
    const git = ['describe', '--always', '--dirty', '--abbrev=40', '--exclude=*'];
    return (await promisify(execFile)('git', git)).stdout.trim();
  } catch {
    return 'none';
  }
}

function stateFile(): string {
  return join(process.cwd(), 'dist', 'pipeline.json');
}

/** What an earlier call left; nothing when it left none, or something that is not ours. */
async function readState(): Promise<State | undefined> {
  const text = await readFile(stateFile(), 'utf8').catch(() => 'null');
  try {
    return stateSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

async function writeState(state: State): Promise<void> {
  await mkdir(join(process.cwd(), 'dist'), { recursive: true });
  await writeFile(stateFile(), `${JSON.stringify(state, null, 2)}\n`);
}
