// npm run tracking: the tracking server, from outside of any job.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { readEnvironment, trackExecution, type Environment } from '../pipeline';
import { connect, mlflow, replay, trackingAddress } from '../tracking';
import { keptJournals } from './kept-journals';
import { parseCommandLine, printOutcome, UsageError, withUsage } from './usage';

const USAGE = `npm run tracking -- COMMAND [options]

  check          Say whether the tracking server answers, and which experiment the project has there.
  link ARN       Complete the runs of an execution, and link them with the execution, its jobs and its model package.
                   \`pipeline wait\` does it as well; doing it again changes nothing.
  replay PLACE…  Send journals that could not be sent: \`tracking/\` among a job's outputs, in a folder or an s3:// prefix, or
                   the s3:// URI of a training job's output.tar.gz. Those in folders are removed; twice is as good as once.

  --json         Print one JSON value on standard output.
  --help         Print this.

MLFLOW_TRACKING_URI names the server: an http(s) URL, or the ARN of an MLflow tracking server or MLflow App of SageMaker.
Exit codes: 0 done, 1 failed, 2 wrong usage.`;

/** Milliseconds that a journal may take. */
const REPLAY_MS = 600_000;

export function run(args: readonly string[]): Promise<number> {
  return withUsage(USAGE, async () => {
    const options = { json: { type: 'boolean' } } as const;
    const { values, positionals } = parseCommandLine({ args: [...args], options, allowPositionals: true });
    const [command, ...rest] = positionals;
    const report = (value: object, line: string): void => {
      printOutcome(values.json, value, [line]);
    };
    switch (command) {
      case 'check':
        return check(report);
      case 'link':
        return link(rest, report);
      case 'replay':
        return replayAll(rest, report);
      default:
        throw new UsageError(command === undefined ? 'Name a command.' : `There is no command ${command}.`);
    }
  });
}

type Report = (value: object, line: string) => void;

async function check(report: Report): Promise<number> {
  const uri = trackingUri();
  const experiment = process.env.SAGEMAKER_PIPELINE_NAME ?? 'Default';
  const experimentId = await clientOf(uri).experiment(experiment);
  report({ uri, experiment, experimentId }, `${uri} answers; the experiment ${experiment} is number ${experimentId}.`);
  return 0;
}

async function link([executionArn, ...rest]: readonly string[], report: Report): Promise<number> {
  if (executionArn === undefined || rest.length > 0) throw new UsageError('Name one execution by its ARN.');
  const environment: Environment = { ...readEnvironment(process.env), tracking: trackingUri() };
  const linked = await trackExecution(new SageMakerClient({ region: environment.region }), environment, executionArn);
  report({ ...linked }, `The execution is run ${linked?.run ?? ''} of the experiment ${linked?.experiment ?? ''}.`);
  return 0;
}

async function replayAll(places: readonly string[], report: Report): Promise<number> {
  if (places.length === 0) throw new UsageError('Name the places of the journals.');
  const client = clientOf(trackingUri());
  const tell = (event: string, fields = {}): void => {
    process.stderr.write(`${event} ${JSON.stringify(fields)}\n`);
  };
  let left = 0;
  const copies = await mkdtemp(join(tmpdir(), 'replay-'));
  try {
    const folders: string[] = [];
    for (const place of places) folders.push(...(await keptJournals(place, copies)));
    for (const folder of folders) {
      const replayed = await replay(client, folder, { tell, withinMs: REPLAY_MS });
      left += replayed.left;
      const run = replayed.run ?? 'not reached';
      report({ folder, ...replayed }, `${folder}: run ${run}, ${replayed.left} entries left.`);
    }
  } finally {
    await rm(copies, { recursive: true, force: true });
  }
  return left === 0 ? 0 : 1;
}

function trackingUri(): string {
  const uri = process.env.MLFLOW_TRACKING_URI;
  if (uri === undefined || uri === '') throw new UsageError('Set MLFLOW_TRACKING_URI in the environment.');
  return uri;
}

function clientOf(uri: string) {
  return mlflow(connect(trackingAddress(uri, process.env.SAGEMAKER_MLFLOW_CUSTOM_ENDPOINT)));
}
