// A rehearsal of the real pipeline that a real MLflow server follows: DRONE_MLOPS_MLFLOW is its URL, DRONE_MLOPS_BROWSER a Chromium.
import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { chromium } from 'playwright-core';
import { rehearse, RehearsalError, type RehearsalRecord } from '../../src/rehearsal';
import { temporaryFolder } from '../folder';
import { modelBuild } from './model-build';

const { DRONE_MLOPS_MLFLOW: mlflow, DRONE_MLOPS_BROWSER: executablePath } = process.env;
const ROOT = join(__dirname, '../..');
const SEED = join(ROOT, 'seed-code', 'model-build');
const JOBS = ['split', 'preprocess', 'validate', 'train', 'evaluate'];

function rehearsal(directory: string, options: { mlflow?: string; keep?: boolean }): Promise<RehearsalRecord> {
  return rehearse(
    {
      directory,
      stateDir: join(directory, '.rehearsal', 'region'),
      launcher: join(ROOT, 'seed-code/platform/images/launcher/launcher.cjs'),
      signal: new AbortController().signal,
      ...options,
    },
    () => undefined,
  );
}

test.each([
  'arn:aws:sagemaker:eu-west-1:123456789012:mlflow-app/app-1',
  'https://mlflow.example.com',
  'http://10.0.0.1:5000',
])('a rehearsal is followed by servers of this machine alone, not by %s', async (uri) => {
  await expect(rehearsal(modelBuild(), { mlflow: uri })).rejects.toThrow(RehearsalError);
  await expect(rehearsal(modelBuild(), { mlflow: uri })).rejects.toThrow(/not an MLflow server on this machine/);
});

(mlflow && executablePath ? describe : describe.skip)('a rehearsal that MLflow follows', () => {
  const directory = join(temporaryFolder(), 'model-build');
  let first: RehearsalRecord;
  let second: RehearsalRecord;

  beforeAll(async () => {
    const leave = new Set(['node_modules', 'dist', '.rehearsal']);
    cpSync(SEED, directory, { recursive: true, filter: (path) => !leave.has(basename(path)) });
    symlinkSync(join(ROOT, 'node_modules'), join(directory, 'node_modules'));
    const file = join(directory, 'drone-mlops.json');
    const config = JSON.parse(readFileSync(file, 'utf8')) as { training: object };
    // As little training as there can be: this is about what is told of it.
    const training = { ...config.training, trainer: 'baseline', imageSize: 64, epochs: 1 };
    const projectName = `tracked-${Date.now()}`;
    writeFileSync(file, JSON.stringify({ ...config, projectName, training, gate: { 'coco.AP50': 0 } }));
    first = await rehearsal(directory, { mlflow });
    second = await rehearsal(directory, { mlflow, keep: true });
  }, 400_000);

  const call = async (path: string, body: object): Promise<unknown> => {
    const answer = await fetch(`${mlflow ?? ''}/api/2.0/mlflow/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return answer.json();
  };

  /** Runs below an execution's, by their name. */
  async function children({
    tracking,
  }: RehearsalRecord): Promise<Map<string, { status: string; tags: Map<string, string> }>> {
    const experiment = /experiments\/(\d+)\//.exec(tracking?.page ?? '')?.[1];
    const filter = `tags.\`mlflow.parentRunId\` = '${tracking?.run ?? ''}'`;
    const { runs } = (await call('runs/search', { experiment_ids: [experiment], filter })) as {
      runs: { info: { run_name: string; status: string }; data: { tags: { key: string; value: string }[] } }[];
    };
    return new Map(
      runs.map(({ info, data }) => [
        info.run_name,
        { status: info.status, tags: new Map(data.tags.map(({ key, value }) => [key, value])) },
      ]),
    );
  }

  test('is one run with one below it for each step, and says so', async () => {
    expect(first).toMatchObject({ outcome: 'registered', tracking: { uri: mlflow } });
    const steps = await children(first);
    expect([...steps.keys()].sort()).toEqual([...JOBS, 'gate', 'register'].sort());
    expect([...steps.values()].map(({ status }) => status)).toEqual(Array(7).fill('FINISHED'));
    const train = steps.get('train')?.tags;
    expect(train?.get('drone-mlops.job')).toMatch(/:training-job\/pipelines-/);
    expect(train?.get('drone-mlops.execution')).toBe(first.execution?.arn);
    expect(train?.get('drone-mlops.data-version')).toBe(first.data?.version);
  });

  test('leaves the way to its run with the model package', () => {
    expect(first.package?.metadata).toMatchObject({ 'mlflow.run': first.tracking?.run, 'mlflow.tracking': mlflow });
  });

  test('of an execution that reuses every job, has runs that name the execution they are from', async () => {
    expect(second.execution?.steps.filter(({ cached }) => cached).map(({ name }) => name.toLowerCase())).toEqual(JOBS);
    expect(second.tracking?.run).not.toBe(first.tracking?.run);
    const steps = await children(second);
    for (const job of JOBS) expect(steps.get(job)?.tags.get('drone-mlops.cached-from')).toBe(first.execution?.arn);
  });

  test('shows on MLflow’s own page: its steps, its registered model, what was measured', async () => {
    const browser = await chromium.launch({
      executablePath: executablePath ?? '',
      args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
    });
    try {
      const page = await browser.newPage({ viewport: { width: 1280, height: 1000 } });
      await page.goto(first.tracking?.page ?? '');
      for (const text of ['evaluate', 'preprocess', 'coco.AP50', first.execution?.arn ?? '']) {
        await page.getByText(text).first().waitFor({ timeout: 60_000 });
      }
      const picture = await page.screenshot({ path: join(directory, 'mlflow.png') });
      expect(picture.length).toBeGreaterThan(20_000); // a page, not a blank
    } finally {
      await browser.close();
    }
  }, 120_000);
});
