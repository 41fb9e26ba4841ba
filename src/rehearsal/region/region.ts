// A loopback region: the AWS APIs that the project calls, with their state on disk.
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { JobRuntime } from '../jobs';
import { CallLog, Principals, ResourceTags, type RoleVariables } from './access';
import { Running } from './base';
import type { Behaviour } from './behaviour';
import { REGION_BEHAVIOURS } from './behaviours';
import { Collection } from './collection';
import type { RegionEvent } from './events';
import { gitClientConfig } from './git';
import type { Hosts } from './integration';
import { isolate } from './isolation';
import { respond } from './respond';
import { Storage } from './s3';
import { listen, stopListening } from './server';
import { Apis, type Members } from './service';
import { startServices } from './services';

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
  readonly runtime: Pick<JobRuntime, 'folder' | 'image' | 'keep' | 'graceSeconds' | 'interruptTrainingAfter'>;
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
  /** Makes a bucket, as the platform's stack does on AWS; false when there is one of this name. */
  createBucket(name: string): boolean;
  /** Makes a log group, as the platform's stack does on AWS, unless it is there. */
  createLogGroup(name: string): Promise<void>;
  /**
   * Calls a service in the name of the person who owns the account.
   * @param service its prefix in IAM actions
   * @throws AwsError
   */
  call(service: string, operation: string, input: Members): Promise<Members>;
  /** What makes clients, and child processes, a role. */
  credentialsOf(roleArn: string): RoleVariables;
  /** What people do on hosts and in consoles. */
  readonly hosts: Hosts;
  /** Stops what runs, and closes the server. */
  close(): Promise<void>;
}

/** The file in the state's folder that {@link CallLog} writes. */
export const CALL_LOG = 'calls.jsonl';

/** The account that owns everything; no customer's account has this number. */
export const ACCOUNT = '000000000000';

/**
 * Starts a region.
 * @throws RegionStartError when the port is in use
 */
export async function startRegion(options: RegionOptions): Promise<Region> {
  const { region, onEvent: tell = () => undefined } = options;
  const stateDir = resolve(options.stateDir);
  mkdirSync(stateDir, { recursive: true });
  const { server, url } = await listen(options.port ?? 0);
  const { settings, environment } = isolate(url, region, join(stateDir, 'isolation'), process.env);
  const storage = new Storage(join(stateDir, 's3'));
  const runtime: JobRuntime = {
    ...options.runtime,
    store: storage,
    environment: settings,
    onLog: (job, line) => {
      tell({ kind: 'log', job, line });
    },
  };
  const principals = new Principals(join(stateDir, 'sessions'), ACCOUNT);
  const running = new Running();
  const collection = <T>(name: string): Collection<T> => new Collection<T>(join(stateDir, name));
  const apis = new Apis(new CallLog(join(stateDir, CALL_LOG)), new ResourceTags(collection('resource-tags')));
  const services = startServices({
    account: ACCOUNT,
    region,
    url,
    stateDir,
    collection,
    storage,
    runtime,
    running,
    apis,
    principals,
    tell,
  });
  const answer = respond(services, { region, principals, apis }, tell);
  server.on('request', (request, response) => void answer(request, response));

  const close = async (): Promise<void> => {
    await running.close();
    await stopListening(server);
    storage.close();
  };
  let closed: Promise<void> | undefined;
  const person = apis.as(principals.person);
  return {
    url,
    account: ACCOUNT,
    environment: { ...environment, ...gitClientConfig(join(stateDir, 'git'), url, region).person },
    behaviours: REGION_BEHAVIOURS,
    createBucket: (name) => storage.createBucket(name),
    async createLogGroup(logGroupName) {
      const input = { logGroupNamePrefix: logGroupName };
      const { logGroups } = await person.call('logs', 'DescribeLogGroups', input);
      const present = logGroups as readonly { logGroupName: string }[]; // as its model says
      if (present.some((group) => group.logGroupName === logGroupName)) return;
      await person.call('logs', 'CreateLogGroup', { logGroupName });
    },
    call: (service, operation, input) => person.call(service, operation, input),
    credentialsOf: (roleArn) => principals.variables(roleArn),
    hosts: services.hosts,
    close: () => (closed ??= close()),
  };
}
