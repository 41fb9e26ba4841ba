// What the services of a region stand on: where it is, and what it lends them.
import { randomUUID } from 'node:crypto';
import type { JobRuntime } from '../jobs';
import type { Principal, Principals } from './access';
import type { RegionEvent } from './events';
import type { Storage } from './s3';
import type { Apis } from './service';
import type { Running } from './base';

/** Something that happened in a service, as it tells EventBridge. */
export interface ServiceEvent {
  /** For example `aws.codebuild`. */
  readonly source: string;
  /** For example `CodeBuild Build State Change`. */
  readonly type: string;
  /** ARNs. */
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface Setting {
  readonly account: string;
  /** For example `eu-west-1`. */
  readonly region: string;
  /** Address of the region's server. */
  readonly url: string;
  /** Where the region's state lies; each service has a folder of its own in it. */
  readonly stateDir: string;
  readonly storage: Storage;
  readonly apis: Apis;
  readonly principals: Principals;
  /** How child processes run: its environment keeps them in the region. */
  readonly runtime: JobRuntime;
  readonly running: Running;
  readonly tell: (event: RegionEvent) => void;
  /** Hands an event to the bus; never fails. */
  readonly emit: (event: ServiceEvent) => void;
}

/** `arnOf(setting, 'codebuild', 'project/x')`. */
export function arnOf(
  { region, account }: Pick<Setting, 'region' | 'account'>,
  service: string,
  resource: string,
): string {
  return `arn:aws:${service}:${region}:${account}:${resource}`;
}

/**
 * A service that acts by itself: what it may do, resources say in policies of their own.
 * @param source ARN of the resource that it acts for; its session, so to speak
 */
export function servicePrincipal(service: string, source: string): Principal {
  return { arn: `${service}.amazonaws.com`, session: source };
}

/** The service that a principal is; undefined when it is a role, or a person. */
export function serviceOf({ arn }: Principal): string | undefined {
  return arn.startsWith('arn:') ? undefined : arn;
}

export function uuid(): string {
  return randomUUID();
}

/** Seconds since 1970, as the JSON protocols write timestamps. */
export function now(): number {
  return Date.now() / 1000;
}
