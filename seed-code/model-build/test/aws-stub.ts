// Answers of AWS for tests: operations of SageMaker and its runtime by name, and S3 objects in memory. The rehearsal's region is the real stand-in.
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Thrown by an operation: becomes the service's error of that name. */
export class ServiceError extends Error {
  constructor(
    override readonly name: string,
    message: string,
  ) {
    super(message);
  }
}

export interface AwsStub {
  readonly url: string;
  /** Operations that were called, in order, with their input. */
  readonly calls: { readonly operation: string; readonly input: unknown }[];
  /** Objects by `bucket/key`. */
  readonly objects: Map<string, Buffer>;
  close(): Promise<void>;
}

/** What an operation answers; the input is JSON of the service's shape. */
export type Operations = Readonly<Record<string, (input: Readonly<Record<string, unknown>>) => object>>;

export async function startAwsStub(operations: Operations): Promise<AwsStub> {
  const calls: AwsStub['calls'] = [];
  const objects: AwsStub['objects'] = new Map();
  const server = createServer((request, response) => {
    void answer(request).then(
      ({ status, body, headers }) => response.writeHead(status, headers).end(body),
      (error: unknown) => {
        const { name, message } = error as Error;
        response.writeHead(400, { 'content-type': 'application/x-amz-json-1.1' });
        response.end(JSON.stringify({ __type: name, message }));
      },
    );
  });

  async function answer(
    request: IncomingMessage,
  ): Promise<{ status: number; body: string | Buffer; headers?: Record<string, string> }> {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const call = operationOf(request, body);
    if (!call) return s3(request, body);
    const { operation, input } = call;
    calls.push(call);
    const handler = operations[operation];
    if (!handler) throw new ServiceError('UnknownOperationException', operation);
    return { status: 200, body: JSON.stringify(handler(input)) };
  }

  /** SageMaker's operations bear their name in a header, InvokeEndpoint of its runtime in the path. */
  function operationOf({ headers, url }: IncomingMessage, body: Buffer) {
    const target = headers['x-amz-target'];
    if (typeof target === 'string') {
      const input = JSON.parse(body.toString()) as Record<string, unknown>;
      return { operation: target.split('.').at(-1) ?? '', input };
    }
    const endpoint = /^\/endpoints\/([^/]+)\/invocations/.exec(url ?? '')?.[1];
    if (endpoint === undefined) return undefined;
    const input = { EndpointName: endpoint, ContentType: headers['content-type'], Body: body.toString() };
    return { operation: 'InvokeEndpoint', input };
  }

  function s3({ method, url = '' }: IncomingMessage, body: Buffer) {
    const { pathname, searchParams } = new URL(url, 'http://stub');
    const path = decodeURIComponent(pathname).slice(1);
    if (searchParams.has('list-type'))
      return { status: 200, body: listing(path.replace(/\/$/, ''), searchParams.get('prefix') ?? '') };
    calls.push({ operation: `${method ?? ''} object`, input: path });
    if (method === 'PUT') objects.set(path, body);
    const found = objects.get(path);
    return found ? { status: 200, body: method === 'GET' ? found : '' } : { status: 404, body: '' };
  }

  function listing(bucket: string, prefix: string): string {
    const contents = [...objects].flatMap(([path, body]) => {
      const key = path.slice(bucket.length + 1);
      if (!path.startsWith(`${bucket}/`) || !key.startsWith(prefix)) return [];
      const etag = createHash('md5').update(body).digest('hex');
      return [`<Contents><Key>${key}</Key><ETag>&quot;${etag}&quot;</ETag><Size>${body.length}</Size></Contents>`];
    });
    return `<ListBucketResult><IsTruncated>false</IsTruncated>${contents.join('')}</ListBucketResult>`;
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    objects,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => {
          resolve();
        });
      }),
  };
}

/** Options that bring a real SDK client to the stub. */
export function clientOptions({ url }: AwsStub) {
  return {
    endpoint: url,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'none', secretAccessKey: 'none' },
    maxAttempts: 1,
    forcePathStyle: true,
  };
}
