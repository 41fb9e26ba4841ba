import { copyFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import {
  DEFAULT_BOUNDS,
  InferenceServer,
  InvocationThread,
  type InvocationAnswer,
  type Invocations,
  type ServerOptions,
} from '../../src/serve';
import { redBoxFrame, redBoxSidecar, writeRedBoxModel } from '../vision/red-box-model';

const sidecar = redBoxSidecar(64, {
  operatingPoint: { confidence: 0.05, iou: 0.6, merge: 'nms', wholeFrame: true, chosenOn: 'validation' },
});

/** A server under test and what it logged. */
async function start(change: Partial<ServerOptions> = {}) {
  const events: Record<string, unknown>[] = [];
  const server = new InferenceServer({
    limits: { concurrent: 2, queued: 2, maxBodyBytes: 100_000 },
    log: (event, fields) => events.push({ event, ...fields }),
    ...change,
  });
  const address = `http://127.0.0.1:${await server.listen(0)}`;
  const invoke = (body: Buffer | string, headers: Record<string, string>): Promise<Response> =>
    fetch(`${address}/invocations`, { method: 'POST', body: new Uint8Array(Buffer.from(body)), headers });
  return { server, address, events, invoke };
}

/** What answers only when it is let go. */
function held() {
  const waiting: ((answer: InvocationAnswer) => void)[] = [];
  const state = { closed: false, healthy: true };
  const invocations: Invocations = {
    get healthy() {
      return state.healthy;
    },
    answer: () => new Promise((resolve) => waiting.push(resolve)),
    close: () => {
      state.closed = true;
      return Promise.resolve();
    },
  };
  const letGo = (): void => {
    for (const answer of waiting.splice(0)) {
      answer({ text: Buffer.from('{}'), contentType: 'application/json', images: 1 });
    }
  };
  return { invocations, waiting, letGo, state };
}

/** A thread that answers with the model of a folder. */
function open(folder: string): Promise<InvocationThread> {
  const limits = { concurrent: 2, maxObjectBytes: 100_000, maxPixels: 1e6 };
  return InvocationThread.start({ folder, workers: 1, limits, bounds: { ...DEFAULT_BOUNDS, maxTiles: 20 } });
}

const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2));
};

async function picture(format: 'png' | 'jpeg' = 'png'): Promise<Buffer> {
  const { data } = redBoxFrame(120, 80, [70, 30, 90, 42]);
  return sharp(data, { raw: { width: 120, height: 80, channels: 3 } })
    .toFormat(format)
    .toBuffer();
}

describe('a server with a perfect detector', () => {
  let served: Awaited<ReturnType<typeof start>>;

  beforeAll(async () => {
    const modelPath = writeRedBoxModel({ size: 64 });
    writeFileSync(join(dirname(modelPath), 'model.json'), JSON.stringify(sidecar));
    served = await start();
    expect((await fetch(`${served.address}/ping`)).status).toBe(503);
    await served.server.serve(await open(dirname(modelPath)));
  });

  afterAll(() => served.server.close());

  test('is healthy once the model has run', async () => {
    expect((await fetch(`${served.address}/ping`)).status).toBe(200);
  });

  test('answers an image with boxes in its pixels, class names and the model that answered', async () => {
    const response = await served.invoke(await picture(), { 'content-type': 'image/png' });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      modelVersion: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown,
      width: 120,
      height: 80,
      detections: [{ box: [70, 30, 90, 42], class: 'box', score: 0.25 }],
    });
  });

  test('says where a frame was taken when the frame does', async () => {
    const { data } = redBoxFrame(120, 80, [70, 30, 90, 42]);
    const jpeg = await sharp(data, { raw: { width: 120, height: 80, channels: 3 } })
      .withExif({
        IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '48/1 30/1 0/1', GPSLongitudeRef: 'W', GPSLongitude: '9/1 15/1 0/1' },
      })
      .jpeg()
      .toBuffer();
    const response = await served.invoke(jpeg, { 'content-type': 'application/x-image' });
    expect(await response.json()).toMatchObject({ position: { latitude: 48.5, longitude: -9.25 } });
  });

  test("answers in the built-in detector's arrays by Accept", async () => {
    const headers = { 'content-type': 'image/png', accept: 'application/json;form=array' };
    const response = await served.invoke(await picture(), headers);
    expect(await response.json()).toEqual({ prediction: [[0, 0.25, 70 / 120, 30 / 80, 90 / 120, 42 / 80]] });
  });

  test('takes an image in JSON as base64', async () => {
    const text = JSON.stringify({ image: (await picture()).toString('base64') });
    const response = await served.invoke(text, { 'content-type': 'application/json' });
    expect(await response.json()).toMatchObject({ detections: [{ box: [70, 30, 90, 42] }] });
  });

  test('takes a body whose length is not declared', async () => {
    const image = await picture();
    const body = new ReadableStream({
      start(controller) {
        for (let at = 0; at < image.length; at += 100) controller.enqueue(new Uint8Array(image.subarray(at, at + 100)));
        controller.close();
      },
    });
    const headers = { 'content-type': 'image/png' };
    const response = await fetch(`${served.address}/invocations`, { method: 'POST', body, headers, duplex: 'half' });
    expect(await response.json()).toMatchObject({ detections: [{ box: [70, 30, 90, 42] }] });
  });

  test('answers JSON Lines line by line; a line that cannot be answered keeps its place', async () => {
    const good = JSON.stringify({ image: (await picture()).toString('base64') });
    const body = `${good}\n{"image":"AAAA"}\nnonsense\n${good}\n`;
    const response = await served.invoke(body, { 'content-type': 'application/jsonlines' });
    const lines = (await response.text()).trimEnd().split('\n');
    expect(response.headers.get('content-type')).toBe('application/jsonlines');
    expect(lines.map((line) => Object.keys(JSON.parse(line) as object).includes('error'))).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });

  test('takes thresholds and tiling from the custom attributes', async () => {
    const ask = async (attributes: string) => {
      const headers = { 'content-type': 'image/png', 'x-amzn-sagemaker-custom-attributes': attributes };
      const body = (await (await served.invoke(await picture(), headers)).json()) as {
        detections: { score: number }[];
      };
      return body.detections.map(({ score }) => score);
    };
    expect(await ask('confidence=0.3')).toEqual([]);
    // Untiled, the frame is scaled by 64/120 and the box appears smaller.
    const [untiled = 1] = await ask('tile=none');
    expect(untiled).toBeLessThan(0.2);
  });

  test.each<[string, number, string | Buffer, Record<string, string>, string]>([
    ['a content type not spoken here', 415, 'a,b', { 'content-type': 'text/csv' }, 'text/csv'],
    ['bytes that are no image', 400, 'hello', { 'content-type': 'image/png' }, 'cannot be decoded'],
    ['JSON without an image', 400, '{}', { 'content-type': 'application/json' }, 'base64'],
    ['a body that is too large', 413, Buffer.alloc(100_001), { 'content-type': 'image/png' }, '100000 bytes'],
    ['an answer not spoken here', 406, 'x', { 'content-type': 'image/png', accept: 'text/html' }, 'application/json'],
    [
      'attributes out of bounds',
      400,
      'x',
      { 'content-type': 'image/png', 'x-amzn-sagemaker-custom-attributes': 'tile=8' },
      'tile',
    ],
    [
      'attributes not known',
      400,
      'x',
      { 'content-type': 'image/png', 'x-amzn-sagemaker-custom-attributes': 'zoom=2' },
      'zoom',
    ],
  ])('refuses %s with %d and says why', async (_, status, body, headers, words) => {
    const response = await served.invoke(body, headers);
    expect([response.status, await response.text()]).toEqual([status, expect.stringContaining(words)]);
  });

  test('refuses more pixels than allowed', async () => {
    const bomb = await sharp({ create: { width: 2000, height: 1000, channels: 3, background: '#000' } })
      .png()
      .toBuffer();
    expect((await served.invoke(bomb, { 'content-type': 'image/png' })).status).toBe(400);
  });

  test('tells batch transform its limits', async () => {
    const response = await fetch(`${served.address}/execution-parameters`);
    expect(await response.json()).toEqual({
      MaxConcurrentTransforms: 2,
      BatchStrategy: 'MULTI_RECORD',
      MaxPayloadInMB: 1,
    });
  });

  test('refuses more tiles than a request may ask for, and says what to ask for', async () => {
    const wide = await sharp({ create: { width: 640, height: 256, channels: 3, background: '#000' } })
      .png()
      .toBuffer();
    const response = await served.invoke(wide, { 'content-type': 'image/png' });
    expect([response.status, await response.text()]).toEqual([400, expect.stringContaining('65 tiles')]);
  });

  test('knows no other paths', async () => {
    expect((await fetch(`${served.address}/metrics`)).status).toBe(404);
  });
});

test('beyond the queue it answers 503 with Retry-After, and what waits is answered in the end', async () => {
  const { server, invoke, address } = await start();
  const { invocations, waiting, letGo } = held();
  await server.serve(invocations);
  const inside = [1, 2, 3, 4].map(() => invoke('x', {}));
  await until(() => waiting.length === 4);
  const refused = await invoke('x', {});

  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
  expect((await fetch(`${address}/ping`)).status).toBe(200);
  letGo();
  expect((await Promise.all(inside)).map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  await server.close();
});

test('tells batch transform no more than payload and concurrency allow together', async () => {
  const { server, address } = await start({
    limits: { concurrent: 33, queued: 0, maxBodyBytes: 25 * 2 ** 20 },
  });
  const response = await fetch(`${address}/execution-parameters`);
  expect(await response.json()).toMatchObject({ MaxConcurrentTransforms: 4, MaxPayloadInMB: 25 });
  await server.close();
});

test('a refusal reaches a caller that is still sending', async () => {
  const { server, address } = await start({
    limits: { concurrent: 1, queued: 0, maxBodyBytes: 2 ** 24 },
  });
  const { invocations, waiting, letGo } = held();
  await server.serve(invocations);
  const taken = fetch(`${address}/invocations`, { method: 'POST', body: 'x' });
  await until(() => waiting.length === 1);

  const refused = await new Promise((resolve, reject) => {
    const sent = request(`${address}/invocations`, { method: 'POST' }, (response) => {
      response.resume().on('end', () => {
        resolve(response.statusCode);
      });
    });
    sent.on('error', reject).end(Buffer.alloc(2 ** 24));
  });
  expect(refused).toBe(503);

  letGo();
  expect((await taken).status).toBe(200);
  await server.close();
});

test('closing finishes what was taken, takes no more, closes the model and logs the latencies', async () => {
  const { server, invoke, events } = await start();
  const { invocations, waiting, letGo, state } = held();
  await server.serve(invocations);
  const taken = invoke('x', {});
  await until(() => waiting.length === 1);

  const closed = server.close();
  expect(state.closed).toBe(false);
  await expect(invoke('x', {})).rejects.toThrow();
  letGo();
  await closed;

  expect((await taken).status).toBe(200);
  expect(state.closed).toBe(true);
  expect(events).toEqual([
    { event: 'invocation', status: 200, milliseconds: expect.any(Number) as unknown, bytes: 1, images: 1 },
    {
      event: 'latency',
      milliseconds: expect.any(Object) as unknown,
      mainThread: { p99: expect.any(Number) as unknown, max: expect.any(Number) as unknown },
    },
  ]);
});

test('a server that can answer no more is not healthy', async () => {
  const { server, address } = await start();
  const { invocations, state } = held();
  await server.serve(invocations);
  state.healthy = false;
  expect((await fetch(`${address}/ping`)).status).toBe(503);
  await server.close();
});

test('a port in use is said in a sentence', async () => {
  const { server, address } = await start();
  const port = Number(new URL(address).port);
  const other = new InferenceServer({
    limits: { concurrent: 1, queued: 0, maxBodyBytes: 1 },
    log: () => undefined,
  });
  await expect(other.listen(port)).rejects.toThrow(`cannot listen on port ${port}`);
  await server.close();
});

test('a model folder without a sidecar is refused by file name', async () => {
  const modelPath = writeRedBoxModel({ size: 64 });
  await expect(open(dirname(modelPath))).rejects.toThrow('model.json');
  copyFileSync(modelPath, join(dirname(modelPath), 'model.json'));
  await expect(open(dirname(modelPath))).rejects.toThrow('model.json is not JSON');
});
