// A small MLflow in memory, over HTTP, for what a real one is not asked to do in a test: to fail, to be slow, to be signed to.
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { randomUUID } from 'node:crypto';

interface FakeRun {
  readonly id: string;
  readonly startTime: number;
  status: string;
  deleted: boolean;
  readonly tags: Map<string, string>;
  readonly params: Map<string, string>;
  readonly metrics: { key: string; value: number; step: number; timestamp: number }[];
}

export interface FakeMlflow {
  readonly url: string;
  readonly runs: FakeRun[];
  readonly uploads: Map<string, { readonly body: string; readonly authorization: string | undefined }>;
  readonly requests: { readonly path: string; readonly headers: IncomingMessage['headers'] }[];
  /** Answered in place of everything, while it is set. */
  down?: number;
  /** Milliseconds before the next answer. */
  delay: () => number;
  artifactUri: (run: string) => string;
  close(): Promise<void>;
}

export async function startFakeMlflow(): Promise<FakeMlflow> {
  const runs: FakeRun[] = [];
  const uploads: FakeMlflow['uploads'] = new Map();
  const requests: FakeMlflow['requests'] = [];
  let experiments = 0;

  const view = (run: FakeRun) => ({
    info: {
      run_id: run.id,
      experiment_id: '1',
      status: run.status,
      start_time: run.startTime,
      artifact_uri: fake.artifactUri(run.id),
    },
    data: { tags: [...run.tags].map(([key, value]) => ({ key, value })) },
  });
  const find = (id: unknown): FakeRun => {
    const run = runs.find((one) => one.id === id);
    if (!run) throw new Refusal('RESOURCE_DOES_NOT_EXIST');
    return run;
  };

  // The bodies are those of our own client.
  const calls: Record<string, (input: Record<string, never>) => unknown> = {
    'experiments/get-by-name': () => {
      if (experiments === 0) throw new Refusal('RESOURCE_DOES_NOT_EXIST');
      return { experiment: { experiment_id: '1' } };
    },
    'experiments/create': () => {
      experiments += 1;
      if (experiments > 1) throw new Refusal('RESOURCE_ALREADY_EXISTS');
      return { experiment_id: '1' };
    },
    'runs/create': ({ start_time, tags }) => {
      const pairs = tags as { key: string; value: string }[];
      const run: FakeRun = {
        ...{
          id: randomUUID(),
          startTime: start_time,
          status: 'RUNNING',
          deleted: false,
          params: new Map(),
          metrics: [],
        },
        tags: new Map(pairs.map(({ key, value }) => [key, value])),
      };
      runs.push(run);
      return { run: view(run) };
    },
    'runs/get': ({ run_id }) => ({ run: view(find(run_id)) }),
    'runs/search': ({ filter }) => {
      const wanted = [...(filter as string).matchAll(/tags\.`([^`]+)` = '([^']*)'/g)];
      const found = runs.filter(
        (run) => !run.deleted && wanted.every(([, key = '', value]) => run.tags.get(key) === value),
      );
      return { runs: found.map(view) };
    },
    'runs/update': ({ run_id, status }) => void (find(run_id).status = status),
    'runs/delete': ({ run_id }) => void (find(run_id).deleted = true),
    'runs/log-inputs': () => ({}),
    'runs/log-batch': ({ run_id, metrics, params, tags }) => {
      const run = find(run_id);
      const pairs = params as { key: string; value: string }[];
      if (pairs.some(({ key, value }) => (run.params.get(key) ?? value) !== value))
        throw new Refusal('INVALID_PARAMETER_VALUE');
      for (const { key, value } of pairs) run.params.set(key, value);
      for (const { key, value } of tags as typeof pairs) run.tags.set(key, value);
      run.metrics.push(...(metrics as FakeRun['metrics']));
    },
    'artifacts/presigned-upload-url': ({ run_id, path }) => ({
      presigned_url: `${fake.url}/bucket/${run_id as string}/${encodeURIComponent(path)}?signed=yes`,
      headers: { 'x-amz-server-side-encryption': 'aws:kms' },
    }),
  };

  const server = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
      const body = Buffer.concat(chunks).toString();
      const url = new URL(request.url ?? '', 'http://fake');
      requests.push({ path: url.pathname, headers: request.headers });
      await new Promise((resolve) => setTimeout(resolve, fake.delay()));
      if (fake.down !== undefined) return response.writeHead(fake.down).end('<html>busy</html>');
      if (request.method === 'PUT') {
        uploads.set(decodeURIComponent(url.pathname), { body, authorization: request.headers.authorization });
        return response.end();
      }
      const input = body === '' ? Object.fromEntries(url.searchParams) : (JSON.parse(body) as object);
      try {
        const call = calls[url.pathname.replace('/api/2.0/mlflow/', '')];
        if (!call) throw new Refusal('ENDPOINT_NOT_FOUND');
        return response.end(JSON.stringify(call(input as Record<string, never>) ?? {}));
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        return response.writeHead(400).end(JSON.stringify({ error_code: error.code, message: 'no' }));
      }
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const fake: FakeMlflow = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    runs,
    uploads,
    requests,
    delay: () => 0,
    artifactUri: (run) => `mlflow-artifacts:/1/${run}/artifacts`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => {
          resolve();
        });
      }),
  };
  return fake;
}

class Refusal extends Error {
  constructor(readonly code: string) {
    super(code);
  }
}
