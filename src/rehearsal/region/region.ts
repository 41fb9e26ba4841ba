// A loopback region: the AWS APIs that the project calls, with their state on disk.
import { mkdirSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join, resolve } from 'node:path';
import type { JobRuntime } from '../jobs';
import type { Behaviour } from './behaviour';
import { REGION_BEHAVIOURS } from './behaviours';
import { admit, parseCredential } from './admission';
import type { RegionEvent } from './events';
import { isolate } from './isolation';
import { s3Service, Storage } from './s3';
import { listen, stopListening } from './server';

export { RegionStartError } from './server';

export interface RegionOptions {
  /** Everything that the region keeps lies below it; a region started on it again finds what was there. */
  readonly stateDir: string;
  /** For example `eu-west-1`. */
  readonly region: string;
  /** @default any that is free */
  readonly port?: number;
  readonly onEvent?: (event: RegionEvent) => void;
  /** How jobs run. */
  readonly runtime: Pick<JobRuntime, 'folder' | 'image' | 'keep' | 'graceSeconds'>;
}

export interface Region {
  /** For example `http://127.0.0.1:40123`. */
  readonly url: string;
  /** The account that owns everything, in ARNs. */
  readonly account: string;
  /**
   * The whole environment for a child process: this process's own without what leads to a real account, and the region's
   * endpoint, credentials and guard.
   */
  readonly environment: Readonly<Record<string, string>>;
  readonly behaviours: readonly Behaviour[];
  /** Stops what runs, and closes the server. */
  close(): Promise<void>;
}

/** No account has this number. */
const ACCOUNT = '000000000000';

/**
 * Starts a region.
 * @throws RegionStartError when the port is in use
 */
export async function startRegion(options: RegionOptions): Promise<Region> {
  const stateDir = resolve(options.stateDir);
  mkdirSync(stateDir, { recursive: true });
  const storage = new Storage(join(stateDir, 's3'));
  const services = { s3: s3Service({ storage, name: options.region }) };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const began = performance.now();
    const credential = parseCredential(request.headers.authorization);
    const service = services.s3;
    let operation = credential?.service ?? 'unsigned';
    try {
      admit(credential, options.region, Object.keys(services));
      await service.answer(request, response, (known) => (operation = known));
    } catch (error) {
      await service.refuse(request, response, error);
    }
    const milliseconds = performance.now() - began;
    options.onEvent?.({ kind: 'request', operation, status: response.statusCode, milliseconds });
  };
  const { server, url } = await listen(options.port ?? 0, (request, response) => {
    void answer(request, response).catch(() => response.destroy()); // the client has gone
  });
  let closed: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    await stopListening(server);
    storage.close();
  };
  const { environment } = isolate(url, options.region, join(stateDir, 'isolation'), process.env);
  return {
    url,
    account: ACCOUNT,
    environment,
    behaviours: REGION_BEHAVIOURS,
    close: () => (closed ??= close()),
  };
}
