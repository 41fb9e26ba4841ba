// A container that serves a model. Source: SageMaker Developer Guide, "Use Your Own Inference Code with Hosting Services".
import { mkdir, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { unpack } from './archive';
import { exitCode, homeOf, startContainer } from './container';
import { imageOf } from './job';
import type { JobRuntime, RuntimeImage, Serving, ServingRequest } from './types';

/** A model that cannot be served; the message is the endpoint's failure reason. */
export class ServingError extends Error {
  override readonly name = 'ServingError';
}

/** Time for a container to answer its first ping, for each ping, and to end after SIGTERM (Developer Guide). */
const STARTUP_S = 240;
const PING_S = 2;
const GRACE_S = 30;
/** Between two pings of a container that does not answer yet, in milliseconds. */
const PING_INTERVAL_MS = 50;

/**
 * Unpacks a model, starts the launcher of its image with `serve` and waits until it answers `/ping`. The container
 * listens on the port in `DRONE_MLOPS_PORT`: on SageMaker it is always 8080, here several share a machine.
 * @param signal aborted when the endpoint is not wanted any more before it serves
 * @throws ServingError when it cannot be served
 */
export async function startServing(
  { name, image: imageUri, modelDataUrl, environment }: ServingRequest,
  runtime: JobRuntime,
  signal: AbortSignal,
): Promise<Serving> {
  const root = join(runtime.folder, name);
  for (const folder of [root, homeOf(root)]) await rm(folder, { recursive: true, force: true });
  const model = join(root, 'model');
  await mkdir(model, { recursive: true });
  const image = await prepare(imageUri, modelDataUrl, root, model, runtime);
  const port = await freePort();
  let lastLine = '';
  const container = await startContainer({
    host: name,
    root,
    image,
    command: ['node', image.launcher, 'serve'],
    environment,
    isolation: { ...runtime.environment, DRONE_MLOPS_PORT: String(port) },
    log: `${root}.log`,
    onLine: (line) => {
      lastLine = line.text;
      runtime.onLog?.(name, line);
    },
  });
  const url = `http://127.0.0.1:${port}`;
  const ended = container.ended.then(
    (exit) => `The container ended with exit code ${exitCode(exit)}: ${lastLine}`,
    String,
  );
  const stop = async (): Promise<void> => {
    container.stop(runtime.graceSeconds ?? GRACE_S);
    await container.ended;
    if (runtime.keep !== true)
      for (const folder of [root, homeOf(root)]) await rm(folder, { recursive: true, force: true });
  };
  const early = new AbortController();
  const trouble = await Promise.race([ended, answers(url, AbortSignal.any([signal, early.signal]))]);
  early.abort();
  if (trouble === undefined) return { url, ended, stop };
  await stop();
  throw new ServingError(trouble);
}

/** Unpacks the model and gives the image that is to serve it. */
async function prepare(
  imageUri: string,
  modelDataUrl: string,
  root: string,
  folder: string,
  runtime: JobRuntime,
): Promise<RuntimeImage> {
  const archive = join(root, 'model.tar.gz');
  try {
    const image = imageOf(imageUri, runtime);
    await runtime.store.download(modelDataUrl, archive);
    await unpack(archive, folder);
    await rm(archive);
    return image;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ServingError(`The model ${modelDataUrl} cannot be served: ${reason}`);
  }
}

/** Waits for the first 200 of `/ping`. @returns why none came, or undefined when one did */
async function answers(url: string, signal: AbortSignal): Promise<string | undefined> {
  const until = Date.now() + STARTUP_S * 1000;
  while (Date.now() < until && !signal.aborted) {
    const ping = AbortSignal.any([signal, AbortSignal.timeout(PING_S * 1000)]);
    const answer = await fetch(`${url}/ping`, { signal: ping }).catch(() => undefined); // it does not listen yet
    if (answer?.status === 200) return undefined;
    await delay(PING_INTERVAL_MS);
  }
  return signal.aborted
    ? 'The endpoint was given up before its container served.'
    : `The container did not answer /ping with 200 within ${STARTUP_S} s.`;
}

/** A port of the loopback interface that nothing listens on. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string')
    throw new ServingError('No port is free on the loopback interface.');
  return address.port;
}
