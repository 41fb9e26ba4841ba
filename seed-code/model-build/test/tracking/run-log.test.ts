import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, mlflow, openRunLog, replay, stepRun, trackingAddress, type MlflowClient } from '../../src/tracking';
import { startFakeMlflow, type FakeMlflow } from './fake-mlflow';

const EXECUTION = {
  executionArn: 'arn:aws:sagemaker:eu-west-1:123456789012:pipeline/drones/execution/abc',
  commit: 'c0ffee',
  dataVersion: 'f00d',
};
const header = stepRun(EXECUTION, 'Train', 'arn:aws:sagemaker:eu-west-1:123456789012:training-job/t', 1000);

let folder: string;
let server: FakeMlflow;
let client: MlflowClient;
let events: { event: string; [field: string]: unknown }[];
const tell = (event: string, fields: Record<string, unknown> = {}) => void events.push({ event, ...fields });
const told = () => events.map(({ event }) => event);

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'run-log-'));
  server = await startFakeMlflow();
  client = mlflow(connect(trackingAddress(server.url), { attempts: 2, pauseMs: 1, timeoutMs: 2000 }));
  events = [];
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

function open(options = {}) {
  return openRunLog(client, header, { tell, journal: join(folder, 'journal'), pauseMs: 5, gatherMs: 1, ...options });
}

const steps = (count: number) => Array.from({ length: count }, (_, step) => step);
const trainRun = () => server.runs.find(({ tags }) => tags.get('drone-mlops.part') === 'train');
const recorded = () => trainRun()?.metrics.map(({ step }) => step);

test('what is told arrives in its order, below the execution’s run, and leaves no journal', async () => {
  const run = open();
  for (const step of steps(2500)) run.record(step, { loss: step / 3 });
  run.params({ epochs: 3, spot: true });
  run.artifact('curves/über.svg', '<svg/>');
  await run.end('FINISHED', 10_000);

  expect(recorded()).toEqual(steps(2500));
  const parent = server.runs.find(({ tags }) => tags.get('drone-mlops.part') === 'execution');
  expect(trainRun()?.tags.get('mlflow.parentRunId')).toBe(parent?.id);
  expect(Object.fromEntries(trainRun()?.params ?? [])).toEqual({ epochs: '3', spot: 'true' });
  expect(trainRun()?.tags.get('drone-mlops.commit')).toBe('c0ffee');
  expect(trainRun()?.status).toBe('FINISHED');
  expect([...server.uploads.values()].map(({ body }) => body)).toEqual(['<svg/>']);
  expect(existsSync(join(folder, 'journal'))).toBe(false);
  expect(events).toEqual([]);
});

test('the step that concludes its execution ends the run above it, others leave it open', async () => {
  const whole = () => server.runs.find(({ tags }) => tags.get('drone-mlops.part') === 'execution')?.status;
  await open().end('FINISHED', 10_000);
  expect(whole()).toBe('RUNNING');
  const last = open();
  last.concludes('FAILED');
  await last.end('FINISHED', 10_000);
  expect([trainRun()?.status, whole()]).toEqual(['FINISHED', 'FAILED']);
});

test('an outage is waited out: it is said once, everything arrives in order, and its end is said', async () => {
  server.down = 503;
  const run = open();
  for (const step of steps(50)) run.record(step, { loss: step });
  while (!told().includes('tracking-outage')) await sleep(5);
  expect(server.runs).toEqual([]);
  server.down = undefined;
  for (const step of steps(50)) run.record(50 + step, { loss: step });
  await run.end('FINISHED', 10_000);

  expect(recorded()).toEqual(steps(100));
  expect(told()).toEqual(['tracking-outage', 'tracking-restored']);
});

test('an outage that outlives the job leaves a journal that is sent later, once', async () => {
  server.down = 503;
  const run = open({ keep: join(folder, 'kept') });
  for (const step of steps(20)) run.record(step, { loss: step });
  run.artifact('a.txt', 'kept');
  expect(await run.end('FAILED', 50)).toBeUndefined();
  expect(told()).toEqual(['tracking-outage', 'tracking-buffered']);
  expect(events.at(-1)).toMatchObject({ kept: join(folder, 'kept') });

  server.down = undefined;
  const replayed = await replay(client, join(folder, 'kept'), { tell, withinMs: 10_000 });
  expect(replayed).toMatchObject({ left: 0, run: trainRun()?.id });
  expect(recorded()).toEqual(steps(20));
  expect(trainRun()?.status).toBe('FAILED');
  expect([...server.uploads.values()].map(({ body }) => body)).toEqual(['kept']);
  expect(existsSync(join(folder, 'kept'))).toBe(false);
});

test('a process that is killed leaves what it told on disk', async () => {
  server.down = 503;
  const script = `
    const { connect, mlflow, openRunLog, trackingAddress } = require(${JSON.stringify(join(__dirname, '../../src/tracking'))});
    const run = openRunLog(mlflow(connect(trackingAddress(process.argv[2]))), ${JSON.stringify(header)},
      { tell: () => {}, journal: process.argv[3] });
    for (let step = 0; step < 300; step++) run.record(step, { loss: step });
    process.kill(process.pid, 'SIGKILL');`;
  const tsx = require.resolve('tsx/cli');
  const file = join(folder, 'killed.ts');
  writeFileSync(file, script);
  expect(() =>
    execFileSync(process.execPath, [tsx, file, server.url, join(folder, 'left')], { stdio: 'ignore' }),
  ).toThrow();

  server.down = undefined;
  await replay(client, join(folder, 'left'), { tell, withinMs: 10_000 });
  expect(recorded()).toEqual(steps(300));
}, 60_000);

test('a line that a killed process did not finish is left out', async () => {
  server.down = 503;
  const run = open();
  run.record(0, { loss: 1 });
  await run.end('FINISHED', 20);
  const journal = join(folder, 'journal', 'journal.jsonl');
  appendFileSync(journal, '{"kind":"metrics","timest');

  server.down = undefined;
  expect((await replay(client, join(folder, 'journal'), { tell, withinMs: 5000 })).left).toBe(0);
  expect(recorded()).toEqual([0]);
});

test('of what the server refuses, only that is left out, and said', async () => {
  const run = open();
  run.params({ epochs: 1 });
  run.record(1, { loss: 1 });
  run.params({ epochs: 2 }); // MLflow's parameters never change
  run.record(2, { loss: 2 });
  await run.end('FINISHED', 10_000);

  expect(recorded()).toEqual([1, 2]);
  expect(trainRun()?.params.get('epochs')).toBe('1');
  expect(events).toMatchObject([{ event: 'tracking-refused', entry: 'params' }]);
});

test('a server that will have none of it is told of once, and nothing waits', async () => {
  server.down = 403;
  const run = open();
  run.record(1, { loss: 1 });
  await run.end('FINISHED', 3_600_000); // far more than a test has
  expect(told()).toEqual(['tracking-refused', 'tracking-buffered']);
});

test('numbers that JSON lacks survive the disk', async () => {
  const run = open();
  run.record(1, { nan: NaN, more: Infinity, less: -Infinity });
  await run.end('FINISHED', 10_000);
  expect(trainRun()?.metrics.map(({ value }) => value)).toEqual(['NaN', 'Infinity', '-Infinity']);
});

test('artifacts go where the server keeps none itself by an upload that carries no signature of ours', async () => {
  server.artifactUri = (run) => `s3://bucket/${run}/artifacts`;
  const arn = 'arn:aws:sagemaker:eu-west-1:123456789012:mlflow-app/app-ABC';
  const credentials = () => Promise.resolve({ accessKeyId: 'AKID', secretAccessKey: 'secret' });
  client = mlflow(connect(trackingAddress(arn, server.url), { credentials }));
  const run = open();
  run.artifact('a b.txt', 'hello');
  const id = await run.end('FINISHED', 10_000);

  expect(Object.fromEntries(server.uploads)).toEqual({
    [`/bucket/${id ?? ''}/a b.txt`]: { body: 'hello', authorization: undefined },
  });
  const api = server.requests.filter(({ path }) => path.startsWith('/api/'));
  expect(api.length).toBeGreaterThan(3);
  for (const { headers } of api) {
    expect(headers['x-sm-mlflow-app-arn']).toBe(arn);
    expect(headers.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKID\/\d{8}\/eu-west-1\/sagemaker\/aws4_request, /,
    );
  }
});

test('steps that race for the run of their execution settle on the earliest, whoever is slow', async () => {
  for (let round = 0; round < 8; round++) {
    server.runs.splice(0);
    server.delay = () => Math.random() * 12;
    const names = ['split', 'preprocess', 'validate', 'evaluate'];
    await Promise.all(
      names.map(async (name, index) => {
        await sleep(Math.random() * 20);
        const mine = stepRun(EXECUTION, name, undefined, 1000 - index); // clocks differ
        const run = openRunLog(client, mine, { tell, journal: join(folder, name), gatherMs: 1 });
        run.record(1, { value: index });
        await sleep(Math.random() * 60);
        await run.end('FINISHED', 10_000);
      }),
    );
    const there = server.runs.filter(({ deleted }) => !deleted);
    const parents = there.filter(({ tags }) => tags.get('drone-mlops.part') === 'execution');
    expect(parents).toHaveLength(1);
    const children = there.filter((run) => run !== parents[0]);
    expect(children.map(({ tags }) => tags.get('drone-mlops.part')).sort()).toEqual([...names].sort());
    expect(new Set(children.map(({ tags }) => tags.get('mlflow.parentRunId')))).toEqual(new Set([parents[0]?.id]));
    expect(children.every(({ metrics }) => metrics.length === 1)).toBe(true);
  }
}, 60_000);

test('a folder that holds no journal is named', async () => {
  await expect(replay(client, folder, { tell, withinMs: 1 })).rejects.toThrow(/holds no journal\.jsonl/);
});
