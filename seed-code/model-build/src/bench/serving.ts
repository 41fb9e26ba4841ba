// Measures the serving bundle as a runtime image starts it, under the load of another process.
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { z } from 'zod';
import { buildBundles } from '../bundle';
import { readOnnxMetadata, type Sidecar } from '../model';
import { containerPaths } from '../sagemaker';
import type { BareSetup } from './bare-worker';
import type { Measured, Measurement } from './measurement';

const ROUNDS = 3;
const ROUND_MS = 6000;
/** More than the server works on at once, far fewer than it lets wait. */
const CONNECTIONS = 4;
const PING_LIMIT_MS = 20;
const START_LIMIT_MS = 30_000;
/** This package's sources run through it. */
const LOADER = ['--require', 'tsx/cjs'];

const loadSchema = z.object({ answers: z.int(), seconds: z.number(), pings: z.array(z.number()).min(1) });

/** What one round saw; rates are a second's. */
interface Round {
  readonly bare: number;
  readonly served: number;
  /** Within it 99 of 100 pings were answered, in milliseconds. */
  readonly ping: number;
}

/** Both rows come from the same rounds. */
let rounds: Promise<readonly Round[]> | undefined;

function overRounds(measure: (all: readonly Round[]) => Measured): Measurement['run'] {
  return async ({ frames, model }) => {
    const [frame] = frames.hd;
    if (frame === undefined || model === null) return { skipped: 'needs a JPEG frame and a model' };
    rounds ??= measureRounds(frame, model);
    return measure(await rounds);
  };
}

export const SERVING_MEASUREMENTS: readonly Measurement[] = [
  {
    name: `answers of the server a second, ${CONNECTIONS} connections that stay open, frames of 2 megapixels`,
    limit: 'as many bare workers with one thread each',
    must: { atLeast: 0.9 },
    run: overRounds((all) => {
      const bare = Math.max(...all.map((round) => round.bare));
      const served = Math.max(...all.map((round) => round.served));
      return { ratio: served / bare, detail: `${served.toFixed(1)} a second against ${bare.toFixed(1)}` };
    }),
  },
  {
    name: '/ping under that load, 99 of 100',
    limit: `${PING_LIMIT_MS} ms`,
    must: { below: 1 },
    run: overRounds((all) => {
      const pings = all.map(({ ping }) => ping);
      const each = pings.map((ping) => ping.toFixed(1)).join(', ');
      return { ratio: Math.min(...pings) / PING_LIMIT_MS, detail: `${each} ms in ${ROUNDS} rounds` };
    }),
  },
];

/** Bare workers and server by turns, so that both see the same machine. */
async function measureRounds(frame: string, modelPath: string): Promise<Round[]> {
  const root = await mkdtemp(join(tmpdir(), 'bench-serving-'));
  const sidecar = await sidecarOf(modelPath);
  const server = await startServer(root, modelPath, sidecar);
  const bare = await Promise.all(
    Array.from({ length: availableParallelism() }, () => startBare({ modelPath, imageSize: sidecar.imageSize })),
  );
  try {
    const all: Round[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const rates = await Promise.all(bare.map(bareRate));
      const { answers, seconds, pings } = await load(server.address, frame);
      const ping = [...pings].sort((a, b) => a - b)[Math.floor(0.99 * (pings.length - 1))];
      all.push({ bare: rates.reduce((sum, rate) => sum + rate, 0), served: answers / seconds, ping });
    }
    return all;
  } finally {
    await Promise.all(bare.map((worker) => worker.terminate()));
    const ended = once(server.process, 'exit');
    server.process.kill('SIGTERM');
    await ended;
    await rm(root, { recursive: true });
  }
}

/** What is known of a model that was not trained here. */
async function sidecarOf(modelPath: string): Promise<Sidecar> {
  const { classes, stride, imageSize, inputs, license } = await readOnnxMetadata(modelPath);
  const side = imageSize?.[1] ?? inputs[0]?.shape[3];
  if (classes === null || typeof side !== 'number') throw new Error(`${modelPath} names no classes or no image size.`);
  return {
    format: 'drone-mlops/model@1',
    classes: [...classes],
    imageSize: side,
    stride: stride ?? 32,
    tiling: { size: side, overlap: 0 },
    operatingPoint: null,
    license: license?.split(/[\s(]/)[0] ?? 'unknown',
    trainer: { name: 'ultralytics', version: 'unknown' },
    provenance: { dataVersion: 'none', seed: 0 },
  };
}

/** Starts the bundle with a model folder below `root`, and waits until it is healthy. */
async function startServer(
  root: string,
  modelPath: string,
  sidecar: Sidecar,
): Promise<{ address: string; process: ChildProcess }> {
  const { model } = containerPaths(root);
  await mkdir(model, { recursive: true });
  await copyFile(modelPath, join(model, 'model.onnx'));
  await writeFile(join(model, 'model.json'), JSON.stringify(sidecar));
  // Below the package, where the bundle finds its native modules.
  const bundles = await buildBundles(process.cwd(), join(process.cwd(), 'dist', 'bundles'));
  const directory = bundles.find(({ step }) => step === 'evaluate')?.directory ?? '';
  const port = await freePort();
  const started = spawn(process.execPath, [join(directory, 'serve', 'serve.js')], {
    env: { ...process.env, DRONE_MLOPS_ROOT: root, DRONE_MLOPS_PORT: String(port) },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const address = `http://127.0.0.1:${port}`;
  const until = performance.now() + START_LIMIT_MS;
  while (performance.now() < until && started.exitCode === null) {
    await setTimeout(50);
    const response = await fetch(`${address}/ping`).catch(() => null);
    if (response?.ok) return { address, process: started };
  }
  started.kill();
  throw new Error(`The server did not become healthy within ${START_LIMIT_MS / 1000} s.`);
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

async function startBare(setup: BareSetup): Promise<Worker> {
  const worker = new Worker(join(__dirname, 'bare-worker.ts'), { workerData: setup, execArgv: LOADER });
  await once(worker, 'message');
  return worker;
}

async function bareRate(worker: Worker): Promise<number> {
  worker.postMessage(ROUND_MS);
  const message: unknown[] = await once(worker, 'message');
  return z.number().parse(message[0]);
}

async function load(address: string, frame: string): Promise<z.infer<typeof loadSchema>> {
  const args = [...LOADER, join(__dirname, 'load.ts'), address, frame, `${CONNECTIONS}`, `${ROUND_MS}`];
  const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 2 ** 24 });
  return loadSchema.parse(JSON.parse(stdout));
}
