// Whole rehearsals of a package that has nothing to train; see model-build.ts.
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { build } from 'esbuild';
import { run } from '../../src/process';
import { rehearse, RehearsalError, type RehearsalEvent, type RehearsalOptions } from '../../src/rehearsal';
import { temporaryFolder } from '../folder';
import { change, environments, imagery, modelBuild } from './model-build';

const launcher = join(__dirname, '../../seed-code/platform/images/launcher/launcher.cjs');
const WAIT = 'console.log("waiting " + process.pid); await new Promise(() => setTimeout(() => {}, 60_000));';

/** Rehearses a package; `told` gets what the rehearsal tells, as it tells it. */
async function rehearsal(
  directory: string,
  options: Partial<RehearsalOptions> = {},
  told: (event: RehearsalEvent) => void = () => undefined,
) {
  const events: RehearsalEvent[] = [];
  const stateDir = join(directory, '.rehearsal', 'region');
  const signal = new AbortController().signal;
  const record = await rehearse({ directory, stateDir, launcher, signal, ...options }, (event) => {
    events.push(event);
    told(event);
  });
  const steps = record.execution?.steps.map(({ name, status }) => [name, status]);
  return { record, events, steps };
}

/** The id that a step of {@link WAIT} says. */
function waitingProcess(event: RehearsalEvent): number | undefined {
  const [, pid] = (event.kind === 'log' && /^waiting (\d+)$/.exec(event.text)) || [];
  return pid === undefined ? undefined : Number(pid);
}

describe('a rehearsal', () => {
  test('goes from imagery to a served model, and keeps what it saw', async () => {
    const directory = modelBuild();
    const { record, events, steps } = await rehearsal(directory);

    expect(record).toMatchObject({
      project: 'fake',
      region: 'eu-west-1',
      outcome: 'registered',
      data: { source: 'sample', folder: 'sample', version: '1', images: 1 },
      execution: { status: 'Succeeded' },
      evaluation: { images: { test: 1 }, gate: { passed: true } },
      warnings: ['One flight only.'],
      package: { approval: 'PendingManualApproval', bytes: 'weights'.length, metadata: { dataVersion: '1' } },
      serving: {
        endpoint: 'rehearsal-1',
        invocations: [
          { image: 'images/a.jpg', detections: 1, expected: 1, same: true },
          { image: 'images/b.jpg', detections: 1, expected: 1, same: true },
        ],
      },
    });
    expect(record.reason).toBeUndefined();
    expect(steps).toEqual([
      ['Split', 'Succeeded'],
      ['Evaluate', 'Succeeded'],
      ['Gate', 'Succeeded'],
      ['Register', 'Succeeded'],
    ]);
    const [split, evaluate] = record.execution?.steps ?? [];
    expect(split).toMatchObject({ type: 'ProcessingJob', instances: 1, cached: false });
    expect(split?.inputs).toEqual({
      code: 's3://sagemaker-project-p-rehearsal001/code/split.js',
      data: 's3://sagemaker-project-p-rehearsal001/data/1',
    });
    expect(evaluate?.inputs.split).toMatch(/^s3:\/\/.*\/split$/);
    expect(record.execution?.steps.filter(({ milliseconds }) => !Number.isInteger(milliseconds))).toEqual([]);
    // one after the other, within the execution
    expect(evaluate?.startedMs).toBeGreaterThanOrEqual((split?.startedMs ?? NaN) + (split?.milliseconds ?? NaN));
    expect(record.phases.map(({ name }) => name)).toEqual(
      events.flatMap((event) => (event.kind === 'phase' ? [event.name] : [])),
    );
    expect(events).toContainEqual({ kind: 'said', text: 'The pipeline is there.' });
    expect(Object.keys(environments(directory))).toContain('endpoint delete');
  });

  test('fails when the served model answers otherwise than it was evaluated', async () => {
    const { record } = await rehearsal(modelBuild({ served: '[]' }));

    expect(record.outcome).toBe('failed');
    expect(record.reason).toMatch(/^The served model answers otherwise than it was evaluated for images\/b\.jpg:/);
    expect(record.package?.approval).toBe('PendingManualApproval');
  });

  test('that goes on from an earlier one takes an unchanged step from the cache', async () => {
    const directory = modelBuild();
    const dataDir = imagery();
    await rehearsal(directory, { dataDir });
    const { record } = await rehearsal(directory, { dataDir, keep: true });
    expect(record).toMatchObject({ outcome: 'registered', data: { source: 'folder', folder: 'imagery' } });
    expect(record.execution?.steps.map(({ name, cached }) => [name, cached])).toEqual([
      ['Split', true],
      ['Evaluate', false],
      ['Gate', false],
      ['Register', false],
    ]);
  });

  test('whose gate refuses registers nothing and serves nothing', async () => {
    const directory = modelBuild({ score: 0.4 });
    const { record, steps } = await rehearsal(directory, { dataDir: imagery() });
    expect(record).toMatchObject({
      outcome: 'gate-failed',
      reason: "Step 'Refuse' failed with message: AP50 is below 0.5.",
      execution: { status: 'Failed' },
      evaluation: { gate: { passed: false, metrics: [{ value: 0.4, threshold: 0.5 }] } },
    });
    expect(steps?.at(-1)).toEqual(['Refuse', 'Failed']);
    expect(record.package).toBeUndefined();
    expect(Object.keys(environments(directory)).filter((command) => command.startsWith('endpoint'))).toEqual([]);
  });

  test('whose step is killed names the step and the signal, and the next one starts clean', async () => {
    const directory = modelBuild({ split: WAIT });
    const { record, steps } = await rehearsal(directory, { dataDir: imagery() }, (event) => {
      const pid = waitingProcess(event);
      if (pid !== undefined) process.kill(pid, 'SIGKILL');
    });
    expect(record).toMatchObject({ outcome: 'failed', execution: { status: 'Failed' } });
    expect(record.reason).toBe(
      "Step 'Split' failed with message: AlgorithmError: SIGKILL ended the container, as SIGKILL does when memory runs out, exit code: 137",
    );
    expect(steps).toEqual([['Split', 'Failed']]);

    change(directory, {});
    const next = await rehearsal(directory, { dataDir: imagery(), keep: true });
    expect(next.record.outcome).toBe('registered');
    expect(next.record.execution?.steps.some(({ cached }) => cached)).toBe(false);
  });

  test('whose command fails repeats what the command said last', async () => {
    const command = 'if (action === "push") throw new Error("a.jpg has no labels.");';
    const { record } = await rehearsal(modelBuild({ command }), { dataDir: imagery() });
    expect(record.outcome).toBe('failed');
    expect(record.reason).toMatch(/^`npm run data -- push .*` ended with exit code 1: a\.jpg has no labels\.$/);
    expect(record.phases.at(-1)?.name).toBe('Push the data');
    expect(record.execution).toBeUndefined();
  });

  test('whose command answers with something else than JSON names the command', async () => {
    const command = 'if (action === "start") return console.log("Started.");';
    const { record } = await rehearsal(modelBuild({ command }), { dataDir: imagery() });
    expect(record.outcome).toBe('failed');
    expect(record.reason).toMatch(/^`npm run pipeline -- start --data-version 1 --json` .*: Started\.$/);
  });

  test('that is interrupted leaves no process and no region behind', async () => {
    // GIVEN that the waiting command and the step keep a connection to this test for as long as they live
    const interrupt = new AbortController();
    const open = new Set<Socket>();
    let closed = (): void => undefined;
    const server = createServer((socket) => {
      open.add(socket);
      socket
        .on('error', () => undefined)
        .on('close', () => {
          open.delete(socket);
          closed();
        });
      if (open.size === 2) interrupt.abort(); // WHEN
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo; // it listens on a port
    const hold = `await new Promise((held) => require('node:net').connect(${port}, '127.0.0.1', held));`;
    const directory = modelBuild({ split: `${hold} ${WAIT}`, command: `if (action === 'wait') ${hold}` });
    const ended = rehearsal(directory, { dataDir: imagery(), signal: interrupt.signal });
    await expect(ended).rejects.toThrow('npm run pipeline');
    // THEN
    await new Promise<void>((resolve) => {
      closed = () => {
        if (open.size === 0) resolve();
      };
      closed();
    });
    server.close();
    const url = environments(directory)['pipeline wait']?.AWS_ENDPOINT_URL ?? '';
    await expect(fetch(url)).rejects.toThrow('fetch failed');
  });

  test('that is interrupted while the model is served does not stand in the way of the next', async () => {
    const directory = modelBuild();
    const dataDir = imagery();
    const interrupt = new AbortController();
    const command =
      'if (action === "invoke") { console.error("invoking"); await new Promise(() => setTimeout(() => {}, 60_000)); }';
    change(directory, { command });
    const ended = rehearsal(directory, { dataDir, signal: interrupt.signal }, (event) => {
      if (event.kind === 'said' && event.text === 'invoking') interrupt.abort();
    });
    await expect(ended).rejects.toThrow('npm run endpoint');
    change(directory, {});
    const { record } = await rehearsal(directory, { dataDir, keep: true });
    expect(record).toMatchObject({ outcome: 'registered', serving: { endpoint: 'rehearsal-2' } });
  });
});

describe('what cannot be rehearsed is one sentence, and leaves nothing behind', () => {
  test.each([
    [
      'a folder without a package',
      (folder: string) => {
        rmSync(join(folder, 'drone-mlops.json'));
      },
      /holds no model-build package \(drone-mlops\.json\): name one with --project\.$/,
    ],
    [
      'a package that is not installed',
      (folder: string) => {
        rmSync(join(folder, 'node_modules'));
      },
      /The packages of .* are not installed: run `npm install` there first\.$/,
    ],
    [
      'an install without native binaries',
      (folder: string) => {
        rmSync(join(folder, 'node_modules'));
        mkdirSync(join(folder, 'node_modules'));
      },
      /^onnxruntime-node and sharp has no binary for/,
    ],
    [
      'a config that is no JSON',
      (folder: string) => {
        writeFileSync(join(folder, 'drone-mlops.json'), '{ "region": ');
      },
      /drone-mlops\.json is not valid\. It is managed: run `npx projen` to write it again\.$/,
    ],
    [
      'a config without a region',
      (folder: string) => {
        writeFileSync(join(folder, 'drone-mlops.json'), '{ "projectName": "fake" }');
      },
      /drone-mlops\.json is not valid/,
    ],
  ])('%s', async (_what, spoil, sentence) => {
    const directory = modelBuild();
    spoil(directory);
    const attempt = rehearsal(directory);
    await expect(attempt).rejects.toThrow(RehearsalError);
    await expect(attempt).rejects.toThrow(sentence);
    expect(existsSync(join(directory, '.rehearsal'))).toBe(false);
  });
});

describe('a rehearsal among real credentials', () => {
  /** As a developer's shell may hold them; the keys are the examples of AWS's documentation. */
  const REAL = {
    AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    AWS_SESSION_TOKEN: 'token-of-a-session',
    AWS_PROFILE: 'production',
    AWS_ENDPOINT_URL_SAGEMAKER: 'https://api.sagemaker.eu-west-1.amazonaws.com',
    HTTPS_PROXY: 'http://proxy.example:3128',
    https_proxy: 'http://proxy.example:3128',
  };
  const before = { ...process.env };
  afterEach(() => {
    for (const name of [...Object.keys(REAL), 'npm_config_userconfig']) Reflect.deleteProperty(process.env, name);
    Object.assign(process.env, before);
  });

  /** Its push asks AWS itself, with credentials of its own. */
  const ASKS_AWS = `if (action === 'push') await send('ListTags', { ResourceArn: 'arn:aws:sagemaker:eu-west-1:123456789012:pipeline/p' }, {
    endpoint: 'https://api.sagemaker.eu-west-1.amazonaws.com',
    credentials: { accessKeyId: '${REAL.AWS_ACCESS_KEY_ID}', secretAccessKey: 'x' },
    maxAttempts: 1,
  });`;
  const REFUSED =
    /A rehearsal talks to this machine only, and refused a connection to api\.sagemaker\.eu-west-1\.amazonaws\.com/;

  test('keeps them from the package’s commands', async () => {
    Object.assign(process.env, REAL);
    const directory = modelBuild({ score: 0.4 });
    expect((await rehearsal(directory, { dataDir: imagery() })).record.outcome).toBe('gate-failed');
    const seen = environments(directory);
    expect(Object.keys(seen)).toEqual(['data push', 'pipeline upsert', 'pipeline start', 'pipeline wait']);
    for (const environment of Object.values(seen)) {
      const values = Object.values(environment).join('\n');
      for (const value of Object.values(REAL)) expect(values).not.toContain(value);
      expect(environment.AWS_PROFILE).toBeUndefined();
    }
  });

  test('refuses a command that asks AWS itself', async () => {
    const { record } = await rehearsal(modelBuild({ command: ASKS_AWS }), { dataDir: imagery() });
    expect(record.outcome).toBe('failed');
    expect(record.reason).toMatch(REFUSED);
  });

  test('refuses it too where npm is configured to set NODE_OPTIONS', async () => {
    const npmrc = join(temporaryFolder(), 'npmrc');
    writeFileSync(npmrc, 'node-options=--no-warnings\n');
    process.env.npm_config_userconfig = npmrc;
    const { record } = await rehearsal(modelBuild({ command: ASKS_AWS }), { dataDir: imagery() });
    expect(record.reason).toMatch(REFUSED);
  });

  test('refuses it from a minified bundle of the rehearsal as well', async () => {
    // GIVEN the isolation as the published package has it (scripts/bundle.mjs)
    const folder = temporaryFolder();
    const outfile = join(folder, 'isolation.cjs');
    const entryPoints = [join(__dirname, '../../src/rehearsal/region/isolation.ts')];
    await build({ entryPoints, outfile, bundle: true, platform: 'node', format: 'cjs', minify: true, keepNames: true });
    const bundled = (await import(outfile)) as typeof import('../../src/rehearsal/region/isolation');
    const { environment } = bundled.isolate('http://127.0.0.1:1', 'eu-west-1', folder, process.env);
    // WHEN
    const asks =
      "fetch('https://api.sagemaker.eu-west-1.amazonaws.com').catch((error) => console.log(error.cause.message))";
    const { stdout } = await run(process.execPath, ['-e', asks], { env: environment });
    // THEN
    expect(stdout).toMatch(REFUSED);
  });
});
