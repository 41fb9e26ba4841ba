// Requests to a tracking server: addressed, signed where that is needed, tried again where it helps.
import { setTimeout as sleep } from 'node:timers/promises';
import type { TrackingAddress } from './address';
import { TrackingOutageError, TrackingRefusedError } from './errors';
import { signedHeaders, type Credentials } from './signing';

export interface ConnectionOptions {
  /** Credentials for SageMaker's servers. @default the SDK's own chain */
  readonly credentials?: () => Promise<Credentials>;
  readonly attempts?: number;
  /** Milliseconds before the second attempt; doubled before each further one, and made uneven. */
  readonly pauseMs?: number;
  readonly timeoutMs?: number;
}

export interface TrackingRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /** Below the base URL, with a slash in front. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly json?: object;
  readonly bytes?: Uint8Array;
  /** Whether doing it twice is as good as once. A request that is not is sent once. @default true */
  readonly repeatable?: boolean;
}

export interface TrackingConnection {
  readonly address: TrackingAddress;
  /**
   * @returns the body of the answer
   * @throws TrackingOutageError, TrackingRefusedError
   */
  send(request: TrackingRequest): Promise<string>;
}

/** Answers that say nothing about the request: the server is busy, or not itself. */
const TRANSIENT = new Set([408, 425, 429, 500, 502, 503, 504]);

export function connect(address: TrackingAddress, options: ConnectionOptions = {}): TrackingConnection {
  const { attempts = 4, pauseMs = 200, timeoutMs = 15_000, credentials = chain() } = options;

  async function once({ method, path, query = {}, json, bytes }: TrackingRequest): Promise<string> {
    const url = new URL(address.baseUrl + path);
    // `URLSearchParams` writes a blank as `+`, which signers do not agree on.
    url.search = Object.entries(query)
      .map((pair) => pair.map(encodeURIComponent).join('='))
      .join('&');
    const body = json === undefined ? bytes : JSON.stringify(json);
    const plain: Record<string, string> =
      body === undefined
        ? {}
        : { 'content-type': json === undefined ? 'application/octet-stream' : 'application/json' };
    const headers =
      address.kind === 'plain'
        ? plain
        : await signedHeaders({ method, url, headers: plain, body }, address, credentials);
    let response: Response;
    let text: string;
    try {
      response = await fetch(url, { method, headers, body, signal: AbortSignal.timeout(timeoutMs) });
      text = await response.text();
    } catch (error) {
      throw new TrackingOutageError(`${address.baseUrl} cannot be reached: ${reasonOf(error)}.`, { cause: error });
    }
    if (response.ok) return text;
    const { code, message } = mlflowError(text);
    const said = `${address.baseUrl} answered ${method} ${path} with ${response.status}: ${message}`;
    if (TRANSIENT.has(response.status)) throw new TrackingOutageError(said);
    throw new TrackingRefusedError(said, code);
  }

  return {
    address,
    async send(request) {
      const tries = request.repeatable === false ? 1 : attempts;
      for (let attempt = 1; ; attempt++) {
        try {
          return await once(request);
        } catch (error) {
          if (!(error instanceof TrackingOutageError) || attempt >= tries) throw error;
          await sleep(pauseMs * 2 ** (attempt - 1) * (0.5 + Math.random() / 2));
        }
      }
    },
  };
}

/** Loaded when the first request is signed: a plain server needs none of it. */
function chain(): () => Promise<Credentials> {
  let provider: (() => Promise<Credentials>) | undefined;
  return async () => {
    provider ??= (await import('@aws-sdk/credential-provider-node')).defaultProvider();
    return provider().catch((error: unknown) => {
      throw new TrackingOutageError(`There are no AWS credentials to sign with: ${reasonOf(error)}.`, { cause: error });
    });
  };
}

/** MLflow's answers to what it refuses are `{"error_code", "message"}`; what stands before it may answer otherwise. */
function mlflowError(text: string): { code: string; message: string } {
  try {
    const { error_code: code, message } = JSON.parse(text) as { error_code?: unknown; message?: unknown };
    if (typeof code === 'string') return { code, message: typeof message === 'string' ? message : code };
  } catch {
    // not JSON
  }
  return { code: 'UNKNOWN', message: text.slice(0, 200) };
}

function reasonOf(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error ? `${message} (${cause.message})` : message;
}
