// Build projects, and the builds that were.
import { join } from 'node:path';
import { Collection } from '../collection';
import type { GitClientConfig } from '../git';
import { operationsOf } from '../service';
import { arnOf, type Setting } from '../setting';
import type { NpmSettings } from './npm';

export interface EnvironmentVariable {
  readonly name: string;
  readonly value: string;
  readonly type?: 'PLAINTEXT' | 'PARAMETER_STORE' | 'SECRETS_MANAGER';
}

export interface Source {
  readonly type: string;
  /** `bucket/key`, of an S3 source. */
  readonly location?: string;
  /** The buildspec itself, or its path in the source. */
  readonly buildspec?: string;
  /** Of a secondary source. */
  readonly sourceIdentifier?: string;
}

export interface Project {
  readonly name: string;
  readonly arn: string;
  readonly description?: string;
  readonly source: Source;
  readonly secondarySources?: readonly Source[];
  readonly artifacts: { readonly type: string };
  readonly environment: {
    readonly type: string;
    readonly image: string;
    readonly computeType: string;
    readonly privilegedMode?: boolean;
    readonly environmentVariables?: readonly EnvironmentVariable[];
  };
  readonly serviceRole: string;
  readonly timeoutInMinutes: number;
  readonly queuedTimeoutInMinutes: number;
  readonly encryptionKey?: string;
  readonly logsConfig?: { readonly cloudWatchLogs?: { readonly status: string; readonly groupName?: string } };
  readonly tags: readonly { readonly key: string; readonly value: string }[];
  /** Seconds since 1970. */
  readonly created: number;
  readonly lastModified: number;
  /** Number of its last build. */
  readonly builds: number;
}

export interface BuildPhase {
  readonly phaseType: string;
  readonly phaseStatus?: string;
  readonly startTime: number;
  readonly endTime?: number;
  readonly durationInSeconds?: number;
  readonly contexts?: readonly { readonly statusCode: string; readonly message: string }[];
}

/** As BatchGetBuilds has it. */
export interface Build {
  readonly id: string;
  readonly arn: string;
  readonly buildNumber: number;
  readonly projectName: string;
  readonly startTime: number;
  readonly endTime?: number;
  readonly currentPhase: string;
  readonly buildStatus: string;
  readonly buildComplete: boolean;
  readonly phases: readonly BuildPhase[];
  readonly source: Source;
  readonly sourceVersion?: string;
  readonly resolvedSourceVersion?: string;
  readonly artifacts: { readonly location?: string };
  readonly environment: Project['environment'];
  readonly serviceRole: string;
  readonly timeoutInMinutes: number;
  readonly queuedTimeoutInMinutes: number;
  readonly initiator: string;
  readonly logs: { readonly groupName?: string; readonly streamName?: string; readonly cloudWatchLogsArn?: string };
  readonly exportedEnvironmentVariables: readonly { readonly name: string; readonly value: string }[];
}

export interface CodeBuildWorld extends Setting {
  readonly projects: Collection<Project>;
  /** By id. */
  readonly builds: Collection<Build>;
  /** Ids of builds that somebody stopped. */
  readonly stopped: Set<string>;
  readonly gitConfig: GitClientConfig;
  readonly npm: () => Promise<NpmSettings>;
}

export function createCodeBuildWorld(
  setting: Setting,
  given: Pick<CodeBuildWorld, 'gitConfig' | 'npm'>,
): CodeBuildWorld {
  const folder = join(setting.stateDir, 'codebuild');
  return {
    ...setting,
    ...given,
    projects: new Collection(join(folder, 'projects')),
    builds: new Collection(join(folder, 'builds')),
    stopped: new Set(),
  };
}

export const operation = operationsOf<CodeBuildWorld>();

export const projectArn = (world: Setting, name: string): string => arnOf(world, 'codebuild', `project/${name}`);
export const buildArn = (world: Setting, id: string): string => arnOf(world, 'codebuild', `build/${id}`);
