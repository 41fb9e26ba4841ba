// The client against a real MLflow server: DRONE_MLOPS_MLFLOW is its URL.
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { connect, mlflow, openRunLog, replay, stepRun, trackingAddress } from '../../src/tracking';

const url = process.env.DRONE_MLOPS_MLFLOW;
const METRICS = 5000;

(url === undefined ? describe.skip : describe)('a real MLflow server', () => {
  const client = mlflow(connect(trackingAddress(url ?? 'http://127.0.0.1')));
  const unreachable = mlflow(connect(trackingAddress('http://127.0.0.1:9'), { attempts: 1 }));
  const folder = mkdtempSync(join(tmpdir(), 'mlflow-'));
  const events: string[] = [];
  const tell = (event: string, fields = {}) => void events.push(`${event} ${JSON.stringify(fields)}`);
  const header = (step: string) => {
    const executionArn = `arn:aws:sagemaker:eu-west-1:123456789012:pipeline/client-test/execution/${randomUUID()}`;
    return stepRun({ executionArn, commit: 'c0ffee', dataVersion: 'f00d' }, step, undefined, Date.now());
  };
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  test('keeps thousands of metrics that are told at once, none lost, in their order', async () => {
    const run = openRunLog(client, header('train'), { tell, journal: join(folder, 'many') });
    for (let step = 0; step < METRICS; step++) run.record(step, { loss: Math.sin(step) });
    const id = await run.end('FINISHED', 60_000);
    const history = await client.metricHistory(id ?? '', 'loss');

    expect(history.map(({ step }) => step)).toEqual(Array.from({ length: METRICS }, (_, step) => step));
    expect(history.every(({ step, value }) => value === Math.sin(step))).toBe(true);
    expect(history.every(({ timestamp }, index) => timestamp >= history[Math.max(0, index - 1)].timestamp)).toBe(true);
    expect(events).toEqual([]);
  }, 120_000);

  test('takes parameters, tags, data, artifacts with odd names, and numbers that are none', async () => {
    const run = openRunLog(client, header('evaluate'), { tell, journal: join(folder, 'kinds') });
    run.params({ epochs: 3, gate: 'coco.AP50 ≥ 0.5' });
    run.dataset('data version', 'a'.repeat(64), 's3://bucket/data/versions/a', 'evaluation');
    run.artifact('images/a b+ü.txt', 'hello');
    run.record(0, { nan: NaN, infinite: Infinity });
    const id = (await run.end('FINISHED', 60_000)) ?? '';

    expect(await client.listArtifacts(id, 'images')).toEqual(['images/a b+ü.txt']);
    expect(await client.getRun(id)).toMatchObject({
      status: 'FINISHED',
      tags: { 'mlflow.source.git.commit': 'c0ffee' },
    });
    expect((await client.metricHistory(id, 'nan')).map(({ value }) => value)).toEqual([NaN]);
    expect(events).toEqual([]);
  }, 60_000);

  test('has a replayed journal’s values once, though some of them had arrived before', async () => {
    const mine = header('train');
    const broken = openRunLog(unreachable, mine, { tell: () => undefined, journal: join(folder, 'kept') });
    for (let step = 0; step < 100; step++) broken.record(step, { loss: step });
    await broken.end('FINISHED', 100);
    cpSync(join(folder, 'kept'), join(folder, 'again'), { recursive: true });
    const first = await replay(client, join(folder, 'kept'), { tell, withinMs: 60_000 });
    const second = await replay(client, join(folder, 'again'), { tell, withinMs: 60_000 });

    expect(second.run).toBe(first.run);
    expect((await client.metricHistory(first.run ?? '', 'loss')).map(({ step }) => step)).toEqual(
      Array.from({ length: 100 }, (_, step) => step),
    );
  }, 60_000);

  test('registers a version of a model with its run, under an alias', async () => {
    const run = openRunLog(client, header('register'), { tell, journal: join(folder, 'model') });
    const id = (await run.end('FINISHED', 60_000)) ?? '';
    const name = `model-${randomUUID()}`;
    await client.registeredModel(name, 'for a test');
    await client.registeredModel(name, 'which is there already');
    const version = await client.createModelVersion(name, 's3://bucket/model.tar.gz', id, { package: 'arn' });
    await client.setAlias(name, 'candidate', version);

    expect(await client.aliasedVersion(name, 'candidate')).toBe(version);
    expect(await client.modelVersions(name, id)).toEqual([{ version, source: 's3://bucket/model.tar.gz' }]);
  }, 60_000);
});
