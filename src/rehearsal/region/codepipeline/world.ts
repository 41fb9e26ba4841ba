// Pipelines of CodePipeline, and their executions.
import { join } from 'node:path';
import type { CodeBuildWorld } from '../codebuild';
import { Collection } from '../collection';
import type { GitWorld } from '../git';
import { operationsOf } from '../service';
import { arnOf, type Setting } from '../setting';

export interface Action {
  readonly name: string;
  readonly actionTypeId: {
    readonly category: string;
    readonly owner: string;
    readonly provider: string;
    readonly version: string;
  };
  readonly runOrder?: number;
  readonly configuration?: Readonly<Record<string, string>>;
  readonly inputArtifacts?: readonly { readonly name: string }[];
  readonly outputArtifacts?: readonly { readonly name: string }[];
  readonly roleArn?: string;
  readonly namespace?: string;
}

export interface Stage {
  readonly name: string;
  readonly actions: readonly Action[];
}

/** As CreatePipeline takes it. */
export interface Declaration {
  readonly name: string;
  readonly roleArn: string;
  readonly artifactStore?: { readonly type: string; readonly location: string };
  readonly stages: readonly Stage[];
  readonly version?: number;
  readonly executionMode?: 'QUEUED' | 'SUPERSEDED' | 'PARALLEL';
  readonly pipelineType?: string;
  readonly variables?: readonly { readonly name: string; readonly defaultValue?: string }[];
}

export interface Pipeline {
  readonly declaration: Declaration & { readonly version: number };
  /** Seconds since 1970. */
  readonly created: number;
  readonly updated: number;
  readonly tags: readonly { readonly key: string; readonly value: string }[];
}

export type Status = 'InProgress' | 'Succeeded' | 'Failed' | 'Stopping' | 'Stopped' | 'Superseded' | 'Abandoned';

export interface ActionRun {
  readonly id: string;
  readonly stage: string;
  readonly action: Action;
  /** The configuration with its variables filled in. */
  readonly resolved: Readonly<Record<string, string>>;
  readonly status: Status;
  readonly startTime: number;
  readonly lastUpdateTime: number;
  readonly summary?: string;
  /** Of a manual approval that waits. */
  readonly token?: string;
  readonly externalId?: string;
  readonly error?: { readonly code: string; readonly message: string };
  readonly variables: Readonly<Record<string, string>>;
  readonly revision?: { readonly id: string; readonly summary: string };
}

export interface Execution {
  readonly id: string;
  readonly pipeline: string;
  readonly version: number;
  readonly status: Status;
  readonly statusSummary?: string;
  readonly trigger: { readonly triggerType: string; readonly triggerDetail: string };
  readonly variables: Readonly<Record<string, string>>;
  readonly startTime: number;
  readonly lastUpdateTime: number;
  /** Stages that have begun. */
  readonly stages: readonly { readonly name: string; readonly status: Status }[];
  readonly actions: readonly ActionRun[];
  /** Where artifacts lie, by name. */
  readonly artifacts: Readonly<Record<string, { readonly bucket: string; readonly key: string }>>;
}

export interface Decision {
  readonly status: 'Approved' | 'Rejected';
  readonly summary: string;
}

export interface PipelineWorld extends Setting {
  readonly pipelines: Collection<Pipeline>;
  readonly executions: Collection<Execution>;
  readonly git: GitWorld;
  readonly codebuild: CodeBuildWorld;
  /** What waits for a person, by the token of its approval. */
  readonly approvals: Map<string, (decision: Decision) => void>;
  /** The last of the executions that run one after the other, by pipeline. */
  readonly queues: Map<string, Promise<void>>;
}

export function createPipelineWorld(setting: Setting, git: GitWorld, codebuild: CodeBuildWorld): PipelineWorld {
  const folder = join(setting.stateDir, 'codepipeline');
  return {
    ...setting,
    git,
    codebuild,
    pipelines: new Collection(join(folder, 'pipelines')),
    executions: new Collection(join(folder, 'executions')),
    approvals: new Map(),
    queues: new Map(),
  };
}

export const operation = operationsOf<PipelineWorld>();
export const pipelineArn = (world: Setting, name: string): string => arnOf(world, 'codepipeline', name);
