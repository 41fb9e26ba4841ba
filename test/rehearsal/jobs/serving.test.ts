import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { create } from 'tar';
import { ServingError, startServing, type Serving } from '../../../src/rehearsal/jobs';
import { IMAGE, impatient, never, region, type Region } from './region';

const SERVER = `
  const http = require('node:http'), fs = require('node:fs');
  const weights = fs.readFileSync(process.env.DRONE_MLOPS_ROOT + '/model/model.onnx', 'utf8');
  let pings = 0;
  http.createServer((request, response) => {
    if (request.url === '/ping') { response.writeHead(++pings < 3 ? 503 : 200).end(); return; }
    response.end(JSON.stringify({ weights, pings, own: process.env.OWN }));
  }).listen(Number(process.env.DRONE_MLOPS_PORT), '127.0.0.1');`;

let s3: Region;
beforeEach(async () => {
  s3 = await region();
});
afterEach(() => s3.remove());

async function serve(script: string, signal = never): Promise<Serving> {
  const folder = await mkdtemp(join(tmpdir(), 'model-'));
  await mkdir(join(folder, 'code'));
  await writeFile(join(folder, 'model.onnx'), 'weights');
  await writeFile(join(folder, 'code', 'serve.js'), script);
  await writeFile(join(folder, 'code', 'bundle.json'), '{"natives":{}}');
  await s3.put('s3://bucket/model.tar.gz', '');
  await create({ file: s3.file('s3://bucket/model.tar.gz'), gzip: true, cwd: folder }, ['.']);
  await rm(folder, { recursive: true });
  return startServing(
    { name: 'endpoint', image: IMAGE, modelDataUrl: 's3://bucket/model.tar.gz', environment: { OWN: 'x' } },
    s3.runtime,
    signal,
  );
}

describe('a served model', () => {
  test('answers once its pings do, until it is stopped', async () => {
    const serving = await serve(SERVER);
    const answer = await fetch(`${serving.url}/invocations`, { method: 'POST' });
    expect(await answer.json()).toEqual({ weights: 'weights', pings: 3, own: 'x' });
    await serving.stop();
    expect(await serving.ended).toMatch(/exit code 143/);
    await expect(fetch(`${serving.url}/ping`)).rejects.toThrow();
    expect(existsSync(join(s3.runtime.folder, 'endpoint'))).toBe(false);
  });

  test('that does not end on SIGTERM is killed', async () => {
    s3 = impatient(s3);
    const serving = await serve(`process.on('SIGTERM', () => {}); ${SERVER}`);
    await serving.stop();
    expect(await serving.ended).toMatch(/exit code 137/);
  });

  test('whose container ends says why', async () => {
    const refused = serve(`console.error('The model is no detector.'); process.exit(1);`);
    await expect(refused).rejects.toThrow(ServingError);
    await expect(refused).rejects.toThrow('The container ended with exit code 1: The model is no detector.');
  });

  test('that nobody waits for any more leaves no container', async () => {
    const controller = new AbortController();
    const { runtime } = s3;
    s3 = {
      ...s3,
      runtime: {
        ...runtime,
        onLog: () => {
          controller.abort();
        },
      },
    };
    const given = serve(`console.log('never ready'); setInterval(() => {}, 1000);`, controller.signal);
    await expect(given).rejects.toThrow(/given up/);
  });

  test.each([
    ['s3://bucket/none.tar.gz', undefined, /The model s3:\/\/bucket\/none\.tar\.gz cannot be served: .*ENOENT/],
    ['s3://bucket/bad.tar.gz', 'no archive', /The model s3:\/\/bucket\/bad\.tar\.gz cannot be served/],
  ])('%s cannot be served', async (modelDataUrl, content, message) => {
    if (content !== undefined) await s3.put(modelDataUrl, content);
    const request = { name: 'endpoint', image: IMAGE, modelDataUrl, environment: {} };
    const refused = startServing(request, s3.runtime, never);
    await expect(refused).rejects.toThrow(ServingError);
    await expect(refused).rejects.toThrow(message);
  });

  test('cannot be served by an image that a rehearsal does not have', async () => {
    const request = { name: 'e', image: 'other:1', modelDataUrl: 's3://bucket/model.tar.gz', environment: {} };
    const refused = startServing(request, s3.runtime, never);
    await expect(refused).rejects.toThrow(ServingError);
    await expect(refused).rejects.toThrow(/no image "other:1"/);
  });
});
