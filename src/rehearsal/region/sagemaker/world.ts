// What the operations share: where the region is, what it holds, and what runs in it.
import { randomBytes } from 'node:crypto';
import type { Serving } from '../../jobs';
import type { Base } from '../base';
import type { Collection } from '../collection';
import { SAGEMAKER_MODEL } from '../model';
import type { PendingCallback } from './callbacks';
import type { Domain } from './domains';
import type { Endpoint } from './endpoints';
import type { Execution } from './executions';
import type { Members } from './operation';
import type { Pipeline, PipelineVersion } from './pipelines';
import type { Project } from './projects';
import type { ModelPackage, ModelPackageGroup } from './registry';

export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

export interface World extends Base {
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
  /** By name. */
  readonly codeRepositories: Collection<Members>;
  /** By name; a project that was deleted stays until its name is used again. */
  readonly projects: Collection<Project>;
  /** By id. */
  readonly domains: Collection<Domain>;
  /** Callback steps that wait for an answer, by token. */
  readonly callbacks: Map<string, PendingCallback>;
  /** The containers of endpoints in service, by endpoint. */
  readonly serving: Map<string, Serving>;
}

export function createWorld(base: Base): World {
  const collection = <T>(name: string): Collection<T> => base.collection(`sagemaker/${name}`);
  return {
    ...base,
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
    codeRepositories: collection('code-repositories'),
    projects: collection('projects'),
    domains: collection('domains'),
    callbacks: new Map(),
    serving: new Map(),
  };
}

/** `arn('pipeline/detector')` of this region and account. */
export function arn({ region, account }: World, resource: string): string {
  return `arn:aws:sagemaker:${region}:${account}:${resource}`;
}

/** The part of an ARN after its resource type; a name that is no ARN is itself. */
export function nameOf(nameOrArn: string): string {
  return nameOrArn.startsWith('arn:') ? nameOrArn.slice(nameOrArn.indexOf('/') + 1) : nameOrArn;
}

export { seconds } from '../time';

/** Small letters and digits. */
export function randomId(length: number): string {
  const letters = '0123456789abcdefghijklmnopqrstuvwxyz';
  return Array.from(randomBytes(length), (byte) => letters[byte % letters.length]).join('');
}

/** Those of a resource's members that the operation's answer has. */
export function answer(operation: string, resource: Members): Members {
  const shape = SAGEMAKER_MODEL.shapes[SAGEMAKER_MODEL.operations[operation]?.output ?? ''];
  const known = shape?.type === 'structure' ? shape.members : {};
  return Object.fromEntries(Object.entries(resource).filter(([member]) => Object.hasOwn(known, member)));
}
