// The inference container's HTTP server: `/ping`, `/invocations`, `/execution-parameters`.
// Source: SageMaker Developer Guide, "Use your own inference code" and "Use your own inference code with batch transform".
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Log } from '../sagemaker';
import { Admission } from './admission';
import { CUSTOM_ATTRIBUTES } from './attributes';
import type { Invocations } from './invocation';
import { LatencyHistogram, LoopDelay } from './latency';
import { RequestError } from './request-error';
import { readBody } from './request';

export interface ServerLimits {
  /** Requests that are worked on at once. */
  readonly concurrent: number;
  /** Requests that may wait beyond them. */
  readonly queued: number;
  readonly maxBodyBytes: number;
}

export interface ServerOptions {
  readonly limits: ServerLimits;
  readonly log: Log;
  /** How often latencies are logged, in milliseconds. */
  readonly latencyInterval?: number;
}

/** SageMaker keeps connections open between requests; ours must not close first. */
const KEEP_ALIVE_MS = 75_000;
/** Between two looks for idle connections while the server closes. */
const SWEEP_MS = 20;
const LATENCY_INTERVAL_MS = 60_000;
const MEGABYTE = 2 ** 20;
/** Batch transform refuses a job whose payload times its concurrency is larger (CreateTransformJob). */
const MAX_TRANSFORM_MB = 100;

/** The server of one model. It listens before the model is ready, and says so on `/ping`. */
export class InferenceServer {
  private readonly http: Server;
  private readonly admission: Admission;
  private readonly latencies = new LatencyHistogram();
  private readonly loopDelay = new LoopDelay();
  private readonly timer: NodeJS.Timeout;
  private invocations: Invocations | null = null;
  private draining = false;

  constructor(private readonly options: ServerOptions) {
    const { limits, latencyInterval = LATENCY_INTERVAL_MS } = options;
    this.admission = new Admission(limits.concurrent + limits.queued);
    this.http = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
      void this.handle(request, response);
    });
    this.timer = setInterval(() => {
      this.logLatencies();
    }, latencyInterval).unref();
  }

  /** Starts to listen; 0 takes any free port. @returns the port */
  async listen(port: number): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.http.once('error', (error) => {
        reject(new Error(`The server cannot listen on port ${port}: ${error.message}.`));
      });
      this.http.listen(port, resolve);
    });
    const address = this.http.address();
    return typeof address === 'object' && address ? address.port : port;
  }

  /** From now on the server is healthy and answers with this model. */
  async serve(invocations: Invocations): Promise<void> {
    this.invocations = invocations;
    // Loading the code took its time; from now on nothing should.
    this.loopDelay.take();
    // SIGTERM may have come while the model was opening.
    if (this.draining) await invocations.close();
  }

  /** Takes no more requests, finishes those it took, and closes the model. */
  async close(): Promise<void> {
    this.draining = true;
    const closed = new Promise<void>((resolve) => {
      this.http.close(() => {
        resolve();
      });
    });
    await this.admission.empty();
    // A connection whose last answer is still on its way, or whose refused body is still read, is idle a moment later.
    const sweep = setInterval(() => {
      this.http.closeIdleConnections();
    }, SWEEP_MS);
    await closed;
    clearInterval(sweep);
    clearInterval(this.timer);
    this.logLatencies();
    this.loopDelay.stop();
    await this.invocations?.close();
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (this.draining) response.setHeader('connection', 'close');
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const route = `${request.method ?? ''} ${pathname}`;
    try {
      if (route === 'GET /ping') this.ping(response);
      else if (route === 'GET /execution-parameters') this.executionParameters(response);
      else if (route === 'POST /invocations') await this.admission.admit(() => this.invoke(request, response));
      else throw new RequestError(404, `There is no ${route} here.`);
    } catch (error) {
      this.refuse(request, response, error);
    }
  }

  private ping(response: ServerResponse): void {
    response.writeHead(this.invocations?.healthy && !this.draining ? 200 : 503).end();
  }

  private executionParameters(response: ServerResponse): void {
    const { concurrent, maxBodyBytes } = this.options.limits;
    const payload = Math.min(Math.max(Math.floor(maxBodyBytes / MEGABYTE), 1), MAX_TRANSFORM_MB);
    sendJson(response, 200, {
      MaxConcurrentTransforms: Math.min(concurrent, Math.floor(MAX_TRANSFORM_MB / payload)),
      BatchStrategy: 'MULTI_RECORD',
      MaxPayloadInMB: payload,
    });
  }

  private async invoke(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const began = performance.now();
    const { invocations } = this;
    if (!invocations || this.draining) throw new RequestError(503, 'The endpoint is not ready.');
    const { 'content-type': contentType, accept, [CUSTOM_ATTRIBUTES]: attributes } = request.headers;
    const body = await readBody(request, this.options.limits.maxBodyBytes);
    // The body is given away with the call.
    const bytes = body.length;
    const answer = await invocations.answer({
      body,
      contentType,
      accept,
      attributes: Array.isArray(attributes) ? attributes.join(';') : attributes,
    });
    response.writeHead(200, { 'content-type': answer.contentType, 'content-length': answer.text.length });
    response.end(answer.text);
    const milliseconds = performance.now() - began;
    this.latencies.add(milliseconds);
    this.options.log('invocation', { status: 200, milliseconds, bytes, images: answer.images });
  }

  private refuse(request: IncomingMessage, response: ServerResponse, error: unknown): void {
    const status = error instanceof RequestError ? error.status : 500;
    const reason = error instanceof Error ? error.message : String(error);
    this.options.log('invocation', {
      status,
      reason,
      ...(status === 500 && error instanceof Error ? { stack: error.stack } : {}),
    });
    if (status === 503) response.setHeader('retry-after', '1');
    // A caller that is cut off while it sends sees a broken connection, not this answer: a body of a size that is allowed is
    // read to its end and thrown away.
    if (!(Number(request.headers['content-length']) <= this.options.limits.maxBodyBytes)) {
      response.setHeader('connection', 'close');
    }
    request.resume();
    sendJson(response, status, { error: status === 500 ? 'The endpoint failed on this request.' : reason });
  }

  private logLatencies(): void {
    const milliseconds = this.latencies.take();
    const mainThread = this.loopDelay.take();
    if (milliseconds) this.options.log('latency', { milliseconds, mainThread });
  }
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
