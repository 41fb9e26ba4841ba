// What the services of continuous integration share: the base, the event bus, and how they name things.
import { randomUUID } from 'node:crypto';
import type { Principal } from './access';
import type { Base } from './base';

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

/** A base whose services can tell the event bus what happens in them. */
export interface Setting extends Base {
  /** Hands an event to the bus; never fails. */
  readonly emit: (event: ServiceEvent) => void;
}

/** `arnOf(setting, 'codebuild', 'project/x')`. */
export function arnOf(
  { region, account }: Pick<Base, 'region' | 'account'>,
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
