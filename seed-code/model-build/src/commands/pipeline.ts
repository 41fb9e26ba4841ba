// npm run pipeline: the definition, and its way into the account.
import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { S3Client } from '@aws-sdk/client-s3';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { z } from 'zod';
import { buildBundles, hashes, uploadBundles } from '../bundle';
import { loadConfig } from '../config';
import { s3Store } from '../dataset';
import {
  definition,
  ensureModelPackageGroup,
  findDataVersion,
  plan,
  addedBundles,
  projectTags,
  readEnvironment,
  start,
  upsert,
  wait,
  type Clients,
  type Ended,
  type Environment,
  type StepChange,
} from '../pipeline';
import { numberFlag, parseCommandLine, UsageError, withUsage } from './usage';

const USAGE = `npm run pipeline -- COMMAND [options]

  definition   Print the pipeline's definition.
  upsert       Upload the bundles, create or update the pipeline, and say what changed.
                 --dry-run               Say what would change, and change nothing.
  start        Start an execution of the version that the last upsert here made.
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
});
type State = z.infer<typeof stateSchema>;

const OPTIONS = {
  'dry-run': { type: 'boolean' },
  'pipeline-version': { type: 'string' },
  'data-version': { type: 'string' },
  commit: { type: 'string' },
  parameter: { type: 'string', multiple: true },
  'poll-seconds': { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

type Options = ReturnType<typeof parseCommandLine<{ options: typeof OPTIONS; allowPositionals: true }>>['values'];

export function run(args: readonly string[]): Promise<number> {
  return withUsage(USAGE, () => {
    const { values, positionals } = parseCommandLine({ args: [...args], options: OPTIONS, allowPositionals: true });
    const [command, ...rest] = positionals;
    if (values.help) {
      process.stdout.write(`Usage: ${USAGE}\n`);
      return Promise.resolve(0);
    }
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
  process.stdout.write(`${JSON.stringify((await build()).definition, null, 2)}\n`);
  return 0;
}

async function runUpsert(values: Options): Promise<number> {
  const built = await build();
  const options = { ...built, clients: clients(built.environment) };
  const { pipelineName, modelPackageGroup } = built.environment;
  if (values['dry-run']) {
    const { action, changes } = await plan(options);
    report(values, { pipelineName, action, changes, dryRun: true }, [
      `The pipeline ${pipelineName} would be ${action}.`,
      ...changes.map((line) => `  ${line}`),
    ]);
    return 0;
  }
  const uploaded = await uploadBundles(options.clients.store, built.bundles);
  const groupCreated = await ensureModelPackageGroup(options);
  const { action, arn, version, changes } = await upsert(options);
  await writeState({ pipelineName, version });
  report(
    values,
    { pipelineName, arn, version, action, changes, uploaded: uploaded.map(({ step, hash }) => ({ step, hash })) },
    [
      ...uploaded.map(({ step, hash }) => `Uploaded the bundle of ${step}, ${hash}.`),
      ...(groupCreated ? [`Created the model package group ${modelPackageGroup}.`] : []),
      `The pipeline ${pipelineName} is ${action === 'unchanged' ? 'as it was: no change' : action}. Version ${version}.`,
      ...changes.map((line) => `  ${line}`),
    ],
  );
  return 0;
}

async function runStart(values: Options): Promise<number> {
  const environment = readEnvironment(process.env);
  const { pipelineName } = environment;
  const { sagemaker, store } = clients(environment);
  const asked = values['pipeline-version'];
  const pipelineVersion =
    asked === undefined ? await upsertedVersion(pipelineName) : numberFlag('pipeline-version', asked, 1, 2 ** 31);
  const dataVersion = await findDataVersion(store, values['data-version']);
  const commit = values.commit ?? (await currentCommit());
  const executionArn = await start(sagemaker, {
    pipelineName,
    pipelineVersion,
    dataVersion,
    commit,
    parameters: Object.fromEntries((values.parameter ?? []).map(parseParameter)),
  });
  await writeState({ pipelineName, version: pipelineVersion, executionArn });
  report(values, { executionArn, pipelineName, pipelineVersion, dataVersion, commit }, [
    `Started ${executionArn}`,
    `  pipeline ${pipelineName}, version ${pipelineVersion}; data version ${dataVersion}; commit ${commit}`,
  ]);
  return 0;
}

async function runWait(arn: string | undefined, values: Options): Promise<number> {
  const environment = readEnvironment(process.env);
  const executionArn = arn ?? (await readState())?.executionArn;
  if (executionArn === undefined) throw new UsageError('Name the execution: none was started here.');
  const poll = values['poll-seconds'];
  const ended = await wait(clients(environment).sagemaker, {
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
  report(values, { executionArn, ...ended }, [
    `The execution ${sentence[ended.outcome]}.${ended.reason === undefined ? '' : ` ${ended.reason}`}`,
  ]);
  return EXIT_CODES[ended.outcome];
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

/** Everything an upsert needs, from this package and the environment. */
async function build() {
  const root = process.cwd();
  const config = loadConfig(root);
  const environment = readEnvironment(process.env);
  const bundles = await buildBundles(root, join(root, 'dist', 'bundles'), addedBundles(config));
  return {
    environment,
    bundles,
    definition: definition(config, environment, hashes(bundles)),
    tags: projectTags(config, environment),
  };
}

/** More attempts than the SDK's three: a wait of hours should outlive a minute of throttling. */
const MAX_ATTEMPTS = 8;

function clients({ region, bucket }: Environment): Clients {
  const options = { region, maxAttempts: MAX_ATTEMPTS };
  return { sagemaker: new SageMakerClient(options), store: s3Store(new S3Client(options), bucket) };
}

function report({ json }: Options, value: object, lines: readonly string[]): void {
  process.stdout.write(json ? `${JSON.stringify(value)}\n` : `${lines.join('\n')}\n`);
}

function parseParameter(text: string): [string, string] {
  const [, name, value] = /^([A-Za-z0-9\-_]+)=([\s\S]+)$/.exec(text) ?? [];
  if (name === undefined || value === undefined) {
    throw new UsageError(`--parameter takes Name=Value, not ${JSON.stringify(text)}.`);
  }
  return [name, value];
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

async function upsertedVersion(pipelineName: string): Promise<number> {
  const state = await readState();
  if (state?.pipelineName === pipelineName) return state.version;
  throw new UsageError(
    `No version of ${pipelineName} was made here: run the upsert first, or give --pipeline-version.`,
  );
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
