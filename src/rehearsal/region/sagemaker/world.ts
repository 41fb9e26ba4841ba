// What the operations share: where the region is, what it holds, and what runs in it.
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { JobRuntime, Serving } from '../../jobs';
import { Collection } from '../collection';
import type { RegionEvent } from '../events';
import { SAGEMAKER_MODEL } from '../model';
import type { Storage } from '../s3';
import type { Endpoint } from './endpoints';
import type { Execution } from './executions';
import type { Members } from './operation';
import type { Pipeline, PipelineVersion } from './pipelines';
import type { ModelPackage, ModelPackageGroup } from './registry';

export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

export interface World {
  readonly account: string;
  readonly region: string;
  readonly storage: Storage;
  readonly runtime: JobRuntime;
  readonly tell: (event: RegionEvent) => void;
  readonly pipelines: Collection<Pipeline>;
  /** By `<pipeline>/<version>`. */
  readonly versions: Collection<PipelineVersion>;
  /** By execution id. */
  readonly executions: Collection<Execution>;
  readonly processingJobs: Collection<Members>;
  readonly trainingJobs: Collection<Members>;
  readonly groups: Collection<ModelPackageGroup>;
  /** By `<group>/<version>`. */
  readonly packages: Collection<ModelPackage>;
  readonly models: Collection<Members>;
  readonly endpointConfigs: Collection<Members>;
  readonly endpoints: Collection<Endpoint>;
  /** By ARN; whatever can have tags is in it. */
  readonly tags: Collection<readonly Tag[]>;
  readonly running: Running;
  /** The containers of endpoints in service, by endpoint. */
  readonly serving: Map<string, Serving>;
}

export function createWorld(
  folder: string,
  given: Pick<World, 'account' | 'region' | 'storage' | 'runtime' | 'tell'>,
): World {
  const collection = <T>(name: string): Collection<T> => new Collection<T>(join(folder, name));
  return {
    ...given,
    pipelines: collection('pipelines'),
    versions: collection('pipeline-versions'),
    executions: collection('pipeline-executions'),
    processingJobs: collection('processing-jobs'),
    trainingJobs: collection('training-jobs'),
    groups: collection('model-package-groups'),
    packages: collection('model-packages'),
    models: collection('models'),
    endpointConfigs: collection('endpoint-configs'),
    endpoints: collection('endpoints'),
    tags: collection('tags'),
    running: new Running(),
    serving: new Map(),
  };
}

/** Work that goes on between requests, by the ARN of what it is for. */
export class Running {
  private readonly works = new Map<string, { readonly stop: AbortController; readonly done: Promise<void> }>();

  start(arn: string, work: (signal: AbortSignal) => Promise<void>): void {
    const stop = new AbortController();
    const done = work(stop.signal).finally(() => this.works.delete(arn));
    this.works.set(arn, { stop, done });
  }

  stop(arn: string): void {
    this.works.get(arn)?.stop.abort();
  }

  /** Stops everything, and waits until it has ended. */
  async close(): Promise<void> {
    const works = [...this.works.values()];
    for (const { stop } of works) stop.abort();
    await Promise.allSettled(works.map(({ done }) => done));
  }
}

/** `arn('pipeline/detector')` of this region and account. */
export function arn({ region, account }: World, resource: string): string {
  return `arn:aws:sagemaker:${region}:${account}:${resource}`;
}

/** The part of an ARN after its resource type; a name that is no ARN is itself. */
export function nameOf(nameOrArn: string): string {
  return nameOrArn.startsWith('arn:') ? nameOrArn.slice(nameOrArn.indexOf('/') + 1) : nameOrArn;
}

/** Seconds since 1970, as the JSON protocol writes timestamps. */
export function seconds(date: Date = new Date()): number {
  return date.getTime() / 1000;
}

/** Small letters and digits. */
export function randomId(length: number): string {
  const letters = '0123456789abcdefghijklmnopqrstuvwxyz';
  return Array.from(randomBytes(length), (byte) => letters[byte % letters.length]).join('');
}

/** The members of a request but for some. */
export function without(members: Members, ...names: readonly string[]): Members {
  return Object.fromEntries(Object.entries(members).filter(([name]) => !names.includes(name)));
}

/** Those of a resource's members that the operation's answer has. */
export function answer(operation: string, resource: Members): Members {
  const shape = SAGEMAKER_MODEL.shapes[SAGEMAKER_MODEL.operations[operation]?.output ?? ''];
  const known = shape?.type === 'structure' ? shape.members : {};
  return Object.fromEntries(Object.entries(resource).filter(([member]) => Object.hasOwn(known, member)));
}
