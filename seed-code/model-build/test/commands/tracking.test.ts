import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { create } from 'tar';
import { run as tracking } from '../../src/commands/tracking';
import { connect, mlflow, openRunLog, stepRun, trackingAddress, TRACKING_OUTPUT } from '../../src/tracking';
import { commandRun } from '../account';
import { startFakeMlflow, type FakeMlflow } from '../tracking/fake-mlflow';

const command = commandRun();
const EXECUTION = {
  executionArn: 'arn:aws:sagemaker:eu-west-1:123456789012:pipeline/drones/execution/abc',
  commit: 'c0ffee',
  dataVersion: 'f00d',
};
let server: FakeMlflow;

beforeEach(async () => {
  server = await startFakeMlflow();
  process.env.MLFLOW_TRACKING_URI = server.url;
});
afterEach(() => server.close());

/** Leaves a journal of three values, as a job does whose server was out of order. */
async function kept(step: string): Promise<string> {
  const client = mlflow(connect(trackingAddress('http://127.0.0.1:9'), { attempts: 1 }));
  const journal = join(command.folder, step, TRACKING_OUTPUT);
  const run = openRunLog(client, stepRun(EXECUTION, step, undefined, 1), { tell: () => undefined, journal });
  for (let value = 0; value < 3; value += 1) run.record(value, { loss: value });
  run.artifact('a.txt', 'kept');
  await run.end('FINISHED', 50);
  return journal;
}

const sent = (step: string) =>
  server.runs.find(({ tags }) => tags.get('drone-mlops.part') === step)?.metrics.map(({ value }) => value);

test('what jobs could not send is sent from a folder above, a bucket, and a training job’s archive', async () => {
  const [split, evaluate] = [await kept('split'), await kept('evaluate')];
  const trained = await kept('train');
  const archive = join(command.folder, 'output.tar.gz');
  await create({ gzip: true, file: archive, cwd: join(trained, '..') }, [TRACKING_OUTPUT]);
  const stub = await command.account({});
  for (const name of readdirSync(evaluate)) {
    stub.objects.set(`bucket/executions/1/evaluate/tracking/${name}`, readFileSync(join(evaluate, name)));
  }
  stub.objects.set('bucket/executions/1/train/job/output/output.tar.gz', readFileSync(archive));

  const places = [
    join(split, '..'),
    's3://bucket/executions/1/evaluate',
    's3://bucket/executions/1/train/job/output/output.tar.gz',
  ];
  expect(await tracking(['replay', ...places])).toBe(0);
  for (const step of ['split', 'evaluate', 'train']) expect(sent(step)).toEqual([0, 1, 2]);
  expect(server.uploads.size).toBe(3);
});

test('a place without a journal is named', async () => {
  await expect(tracking(['replay', command.folder])).rejects.toThrow(/holds no journal\.jsonl/);
});
