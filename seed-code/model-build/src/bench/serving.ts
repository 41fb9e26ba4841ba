// Measures the serving bundle as a runtime image starts it, under the load of another process.
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Worker } from 'node:worker_threads';
import sharp from 'sharp';
import { z } from 'zod';
import { buildBundles } from '../bundle';
import { readOnnxMetadata, type Sidecar } from '../model';
import { containerPaths } from '../sagemaker';
import { tileGrid } from '../vision';
import { startWorkerThread } from '../worker-thread';
import type { BareSetup } from './bare-worker';
import { sum, type Measured, type Measurement } from './measurement';

const ROUNDS = 3;
const ROUND_MS = 5000;
/** More than the server works on at once, far fewer than it lets wait. */
const CONNECTIONS = 4;
const WAIT_LIMIT_MS = 20;
const START_LIMIT_MS = 30_000;
/** This package's sources run through it. */
const LOADER = ['--require', 'tsx/cjs'];

const loadSchema = z.object({ answers: z.int(), seconds: z.number(), cpuSeconds: z.number() });
const pingSchema = z.object({ pings: z.array(z.number()).min(1), idle: z.number(), cpuSeconds: z.number() });
const latencySchema = z.object({ event: z.literal('latency'), mainThread: z.object({ max: z.number() }) });

/** How frames are asked for, and how often the model runs for one. */
interface Way {
  readonly attributes: string;
  readonly runs: number;
}

/** What one way of asking saw in one round; rates are a second's. */
interface Load {
  /** Runs of the model. */
  readonly runs: number;
  /** Of the machine's processors, what the clients took: whoever asks for detections, and whoever pings. */
  readonly clients: number;
  /** Within it 99 of 100 pings were answered, in milliseconds. */
  readonly ping: number;
  /** The longest that a process which had nothing to do was kept waiting, in milliseconds. */
  readonly idle: number;
}

interface Round {
  /** Runs of the bare workers. */
  readonly bare: number;
  readonly whole: Load;
  readonly tiled: Load;
}

/** The longest waits under one load, in milliseconds. */
interface Wait {
  readonly mainThread: number;
  readonly idle: number;
}

interface Measurements {
  readonly rounds: readonly Round[];
  /** By what the frames were. */
  readonly waits: Readonly<Record<string, Wait>>;
}

/** All rows come from the same rounds. */
let measured: Promise<Measurements> | undefined;

function overRounds(measure: (all: Measurements) => Measured): Measurement['run'] {
  return async ({ frames, model }) => {
    const [frame] = frames.hd;
    if (frame === undefined || model === null) return { skipped: 'needs a JPEG frame and a model' };
    measured ??= measureServer(frame, model);
    return measure(await measured);
  };
}

function throughput(what: string, which: 'whole' | 'tiled'): Measurement {
  return {
    name: `throughput of the server, ${CONNECTIONS} connections that stay open, frames of 2 megapixels ${what}`,
    limit: 'as many bare workers of one thread and the same priority, on what the clients leave of the processors',
    must: { atLeast: 0.9 },
    run: overRounds(({ rounds }) => {
      const bare = Math.max(...rounds.map((round) => round.bare * (1 - round[which].clients)));
      const served = Math.max(...rounds.map((round) => round[which].runs));
      const clients = Math.min(...rounds.map((round) => round[which].clients));
      const share = `${(100 * clients).toFixed(1)} % of the processors`;
      const detail = `${served.toFixed(1)} runs of the model a second against ${bare.toFixed(1)}, the clients took ${share}`;
      return { ratio: served / bare, detail };
    }),
  };
}

export const SERVING_MEASUREMENTS: readonly Measurement[] = [
  throughput('in tiles, as a model of tiles serves them', 'tiled'),
  throughput('whole: one run of the model for each decoded frame', 'whole'),
  {
    name: '/ping of the server under that load, 99 of 100',
    limit: `${WAIT_LIMIT_MS} ms`,
    must: { below: 1 },
    run: overRounds(({ rounds }) => {
      const pings = rounds.flatMap(({ whole, tiled }) => [whole.ping, tiled.ping]);
      const each = pings.map((ping) => ping.toFixed(1)).join(', ');
      return { ratio: Math.min(...pings) / WAIT_LIMIT_MS, detail: `${each} ms in ${pings.length} loads` };
    }),
  },
  {
    name: "longest wait of the server's main thread under that load, beyond that of an idle process beside it",
    limit: `${WAIT_LIMIT_MS} ms`,
    must: { below: 1 },
    run: overRounds(({ waits }) => {
      const beyond = Object.values(waits).map(({ mainThread, idle }) => Math.max(mainThread - idle, 0));
      const each = Object.entries(waits).map(
        ([kind, { mainThread, idle }]) => `${kind} ${mainThread.toFixed(1)} ms, idle ${idle.toFixed(1)} ms`,
      );
      return { ratio: Math.max(...beyond) / WAIT_LIMIT_MS, detail: each.join('; ') };
    }),
  },
];

async function measureServer(frame: string, modelPath: string): Promise<Measurements> {
  const root = await mkdtemp(join(tmpdir(), 'bench-serving-'));
  try {
    const sidecar = await sidecarOf(modelPath);
    await writeModel(root, modelPath, sidecar);
    const { size, overlap } = sidecar.tiling;
    const { width, height } = await sharp(frame).metadata();
    // The tiles, and the frame as a whole.
    const tiled = { attributes: '', runs: tileGrid(width, height, size, overlap).length + 1 };
    const bare = { modelPath, frame, imageSize: sidecar.imageSize };
    const jpeg = await withServer(root, (address) => measureRounds(address, frame, bare, tiled));
    const idle = Math.max(...jpeg.result.flatMap(({ whole, tiled }) => [whole.idle, tiled.idle]));
    const waits: Record<string, Wait> = { JPEG: { mainThread: jpeg.wait, idle } };
    for (const [kind, file] of Object.entries(await otherKinds(frame, root))) {
      const { result, wait } = await withServer(root, (address) => load(address, file, WHOLE));
      waits[kind] = { mainThread: wait, idle: result.idle };
    }
    return { rounds: jpeg.result, waits };
  } finally {
    await rm(root, { recursive: true });
  }
}

const WHOLE: Way = { attributes: 'tile=none', runs: 1 };

/** Bare workers and server by turns, so that both see the same machine. */
async function measureRounds(address: string, frame: string, setup: BareSetup, tiled: Way): Promise<Round[]> {
  const workers = await Promise.all(Array.from({ length: availableParallelism() }, () => startBare(setup)));
  try {
    const rounds: Round[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const rates = await Promise.all(workers.map(bareRate));
      const whole = await load(address, frame, WHOLE);
      rounds.push({ bare: sum(rates), whole, tiled: await load(address, frame, tiled) });
    }
    return rounds;
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

/** The frame as files whose samples JavaScript has to convert. */
async function otherKinds(frame: string, folder: string): Promise<Record<string, string>> {
  const [deep, inks] = [join(folder, 'deep.tiff'), join(folder, 'inks.jpg')];
  await sharp(frame).toColourspace('rgb16').tiff({ compression: 'none' }).toFile(deep);
  await sharp(frame).toColourspace('cmyk').jpeg().toFile(inks);
  return { '16-bit TIFF': deep, CMYK: inks };
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

async function writeModel(root: string, modelPath: string, sidecar: Sidecar): Promise<void> {
  const { model } = containerPaths(root);
  await mkdir(model, { recursive: true });
  await copyFile(modelPath, join(model, 'model.onnx'));
  await writeFile(join(model, 'model.json'), JSON.stringify(sidecar));
}

/** Runs the bundle with the model below `root`. @returns also how long its main thread was not free, by its own log */
async function withServer<T>(root: string, use: (address: string) => Promise<T>): Promise<{ result: T; wait: number }> {
  // Below the package, where the bundle finds its native modules.
  const bundles = await buildBundles(process.cwd(), join(process.cwd(), 'dist', 'bundles'));
  const directory = bundles.find(({ step }) => step === 'evaluate')?.directory ?? '';
  const port = await freePort();
  const server = spawn(process.execPath, [join(directory, 'serve', 'serve.js')], {
    env: { ...process.env, DRONE_MLOPS_ROOT: root, DRONE_MLOPS_PORT: String(port) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const logged = text(server.stdout);
  const ended = once(server, 'exit');
  try {
    const address = `http://127.0.0.1:${port}`;
    await healthy(address, server);
    const result = await use(address);
    server.kill('SIGTERM');
    const lines = (await logged).trim().split('\n');
    const latencies = lines.flatMap((line) => latencySchema.safeParse(JSON.parse(line)).data ?? []);
    return { result, wait: Math.max(...latencies.map(({ mainThread }) => mainThread.max)) };
  } finally {
    server.kill('SIGTERM');
    await ended;
  }
}

async function healthy(address: string, server: ChildProcess): Promise<void> {
  const until = performance.now() + START_LIMIT_MS;
  while (performance.now() < until && server.exitCode === null) {
    await setTimeout(50);
    const response = await fetch(`${address}/ping`).catch(() => null);
    if (response?.ok) return;
  }
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
  const worker = startWorkerThread(__filename, 'bare-worker', setup);
  await once(worker, 'message');
  return worker;
}

async function bareRate(worker: Worker): Promise<number> {
  worker.postMessage(ROUND_MS);
  const message: unknown[] = await once(worker, 'message');
  return z.number().parse(message[0]);
}

async function load(address: string, frame: string, { attributes, runs }: Way): Promise<Load> {
  const [seen, { pings, idle, cpuSeconds }] = await Promise.all([
    client('load.ts', [address, frame, `${CONNECTIONS}`, `${ROUND_MS}`, attributes], loadSchema),
    client('ping.ts', [address, `${ROUND_MS}`], pingSchema),
  ]);
  const ping = pings.sort((a, b) => a - b)[Math.floor(0.99 * (pings.length - 1))];
  const clients = (seen.cpuSeconds + cpuSeconds) / (seen.seconds * availableParallelism());
  return { runs: (runs * seen.answers) / seen.seconds, clients, ping, idle };
}

async function client<T>(file: string, args: readonly string[], schema: z.ZodType<T>): Promise<T> {
  const { stdout } = await promisify(execFile)(process.execPath, [...LOADER, join(__dirname, file), ...args]);
  return schema.parse(JSON.parse(stdout));
}
