// One build, from its source to its artifacts. Source: CodeBuild User Guide, "Build phase transitions".
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runtimeAs } from '../access';
import { logWriter, type LogWriter } from '../cloudwatch-logs';
import { now } from '../setting';
import { unzip, zipFiles } from '../../../zip';
import { findArtifacts, NoArtifactError } from './artifact-files';
import { parseBuildspec, BuildspecError, type ArtifactFiles, type Buildspec } from './buildspec';
import { runPhases, type PhaseContext } from './phases';
import { buildShell } from './shell';
import { buildVariables, VariableError, type BuildFolders } from './variables';
import type { Build, BuildPhase, CodeBuildWorld, EnvironmentVariable, Project, Source } from './world';

/** What a build is started with, beside its project. */
export interface BuildInput {
  /** In the place of the project's own. */
  readonly source?: Source;
  readonly buildspec?: string;
  readonly overrides: readonly EnvironmentVariable[];
  /** URIs of zips; the primary source's key is the empty text. Absent where the project's own sources are meant. */
  readonly sources?: Readonly<Record<string, string>>;
  readonly secondaryVersions?: Readonly<Record<string, string>>;
  /** URIs that artifacts go to; the main artifact's key is the empty text. */
  readonly outputs?: Readonly<Record<string, string>>;
}

/** How a phase outside the buildspec failed. */
class PhaseError extends Error {
  constructor(readonly context: PhaseContext) {
    super(context.message);
  }
}

/** Runs the build `id`, which is in `world.builds`. Never rejects: what goes wrong stands in the build. */
export async function runBuild(
  world: CodeBuildWorld,
  id: string,
  project: Project,
  input: BuildInput,
  signal: AbortSignal,
): Promise<void> {
  const record = recorder(world, id);
  const timeout = AbortSignal.timeout(project.timeoutInMinutes * 60_000);
  const limit = AbortSignal.any([signal, timeout]);
  const folder = mkdtempSync(join(tmpdir(), 'build-'));
  const cut = (): string | undefined => (timeout.aborted ? 'TIMED_OUT' : signal.aborted ? 'STOPPED' : undefined);
  let log: LogWriter | undefined;
  let status = 'FAILED';
  try {
    for (const phase of ['SUBMITTED', 'QUEUED', 'PROVISIONING']) record.done(phase);
    const caller = world.apis.as(world.principals.role(project.serviceRole, 'codebuild'));
    const { groupName, streamName } = record.build().logs;
    if (groupName !== undefined && streamName !== undefined) log = await logWriter(caller, groupName, streamName);
    const say = (text: string): void => {
      log?.write(text);
      world.tell({ kind: 'build-log', build: id, text });
    };
    status = await follow({ world, id, project, input, folder, record, say, limit });
  } catch (error) {
    const context =
      error instanceof PhaseError
        ? error.context
        : { statusCode: 'INTERNAL_SERVICE_ERROR', message: error instanceof Error ? error.message : String(error) };
    record.end(cut() ?? 'FAILED', context);
  }
  record.done('FINALIZING');
  await log?.end().catch((error: unknown) => {
    status = 'FAILED';
    record.done('FINALIZING', { statusCode: 'CLIENT_ERROR', message: String(error) });
  });
  record.complete(cut() ?? status);
  // What npm installed is tens of thousands of files: the region answers meanwhile.
  if (world.runtime.keep !== true) await rm(folder, { recursive: true, force: true });
}

interface Following {
  readonly world: CodeBuildWorld;
  readonly id: string;
  readonly project: Project;
  readonly input: BuildInput;
  readonly folder: string;
  readonly record: ReturnType<typeof recorder>;
  readonly say: (text: string) => void;
  readonly limit: AbortSignal;
}

async function follow({ world, project, input, folder, record, say, limit }: Following): Promise<string> {
  record.begin('DOWNLOAD_SOURCE');
  const folders = await download(world, project, input, folder);
  const buildspec = specification(project, input, folders.source);
  const environment = await buildVariables(world, {
    build: record.build(),
    project,
    overrides: input.overrides,
    buildspec,
    folders,
    secondaryVersions: input.secondaryVersions ?? {},
  }).catch((error: unknown) => {
    throw error instanceof VariableError
      ? new PhaseError({ statusCode: 'Decrypted Variables Error', message: error.message })
      : error;
  });
  record.end('SUCCEEDED');

  mkdirSync(join(folder, 'shell'));
  const shell = buildShell({
    shell: buildspec.shell,
    folder: join(folder, 'shell'),
    cwd: folders.source,
    environment,
    exported: buildspec.exportedVariables,
    onText: say,
    signal: limit,
  });
  const container = (text: string): void => {
    say(`[Container] ${new Date().toISOString().replace('T', ' ').replace('Z', '')} ${text}\n`);
  };
  const succeeded = await runPhases(
    buildspec,
    shell,
    {
      begin(phase) {
        record.begin(phase.toUpperCase());
        container(`Entering phase ${phase.toUpperCase()}`);
      },
      command(text) {
        container(`Running command ${text}`);
      },
      end(phase, { status, context }) {
        const cut = limit.aborted ? (record.isStopped() ? 'STOPPED' : 'TIMED_OUT') : status;
        record.end(cut, context);
        container(`Phase complete: ${phase.toUpperCase()} State: ${cut}`);
        container(`Phase context status code: ${context?.statusCode ?? ''} Message: ${context?.message ?? ''}`);
      },
    },
    limit,
  );
  record.export(shell.exportedValues());
  if (limit.aborted || !record.reached('BUILD')) return 'FAILED';
  record.begin('UPLOAD_ARTIFACTS');
  await upload(world, project, input, buildspec, folders.source);
  record.end('SUCCEEDED');
  return succeeded ? 'SUCCEEDED' : 'FAILED';
}

async function download(
  world: CodeBuildWorld,
  project: Project,
  input: BuildInput,
  folder: string,
): Promise<BuildFolders> {
  const { store } = runtimeAs(world.runtime, project.serviceRole, world);
  const home = join(folder, 'root');
  mkdirSync(home);
  const fetched = async (uri: string | undefined, name: string): Promise<string> => {
    const target = join(folder, name);
    mkdirSync(target);
    if (uri === undefined) return target;
    const zip = join(folder, `${name}.zip`);
    try {
      await store.download(uri, zip);
      await unzip(readFileSync(zip), target);
    } catch (error) {
      throw new PhaseError({
        statusCode: 'CLIENT_ERROR',
        message: error instanceof Error ? error.message : String(error),
      });
    }
    rmSync(zip);
    return target;
  };
  const own = Object.fromEntries(
    [project.source, ...(project.secondarySources ?? [])].map(({ sourceIdentifier = '', location }) => [
      sourceIdentifier,
      location === undefined ? undefined : `s3://${location}`,
    ]),
  );
  const { '': primary, ...others } = input.sources ?? own;
  const secondary: Record<string, string> = {};
  for (const [identifier, uri] of Object.entries(others))
    secondary[identifier] = await fetched(uri, `src-${identifier}`);
  return { source: await fetched(primary, 'src'), secondary, home };
}

/** The project's own, or the one that the call brought; either is the text itself or a path in the source. */
function specification(project: Project, input: BuildInput, source: string): Buildspec {
  const given = input.buildspec ?? project.source.buildspec ?? 'buildspec.yml';
  const file = join(source, given);
  const isText = given.includes('\n') || /^\s*(version|\{)/.test(given);
  if (!isText && !existsSync(file)) {
    throw new PhaseError({ statusCode: 'YAML_FILE_ERROR', message: `stat ${file}: no such file or directory` });
  }
  try {
    return parseBuildspec(isText ? given : readFileSync(file, 'utf8'));
  } catch (error) {
    if (!(error instanceof BuildspecError)) throw error;
    throw new PhaseError({ statusCode: 'YAML_FILE_ERROR', message: error.message });
  }
}

async function upload(
  world: CodeBuildWorld,
  project: Project,
  { outputs = {} }: BuildInput,
  { artifacts, secondaryArtifacts }: Buildspec,
  source: string,
): Promise<void> {
  const { store } = runtimeAs(world.runtime, project.serviceRole, world);
  for (const [name, uri] of Object.entries(outputs)) {
    // CodePipeline's first output is the main artifact; further ones are secondary, by their names.
    const wanted: ArtifactFiles | undefined = secondaryArtifacts[name] ?? (name === '' ? artifacts : undefined);
    if (wanted === undefined) {
      throw new PhaseError({ statusCode: 'CLIENT_ERROR', message: `no artifact ${name || 'files'} in the buildspec` });
    }
    try {
      const file = join(source, '..', `artifact-${name}.zip`);
      writeFileSync(file, await zipFiles(findArtifacts(source, wanted)));
      await store.upload(file, uri);
    } catch (error) {
      if (!(error instanceof NoArtifactError)) throw error;
      throw new PhaseError({ statusCode: 'CLIENT_ERROR', message: error.message });
    }
  }
}

/** Keeps the build's record. */
function recorder(world: CodeBuildWorld, id: string) {
  const build = (): Build => {
    const found = world.builds.get(id);
    if (found === undefined) throw new Error(`The build ${id} is gone.`);
    return found;
  };
  const change = (changes: Partial<Build>): void => {
    world.builds.put(id, { ...build(), ...changes });
  };
  const begin = (phaseType: string): void => {
    change({ currentPhase: phaseType, phases: [...build().phases, { phaseType, startTime: now() }] });
  };
  const end = (phaseStatus: string, context?: PhaseContext): void => {
    const { phases } = build();
    const last = phases.at(-1);
    if (last === undefined || last.phaseStatus !== undefined) return;
    const endTime = now();
    const ended: BuildPhase = {
      ...last,
      phaseStatus,
      endTime,
      durationInSeconds: Math.round(endTime - last.startTime),
      contexts: [context ?? { statusCode: '', message: '' }],
    };
    change({ phases: phases.with(-1, ended) });
  };
  return {
    build,
    begin,
    end,
    done(phase: string, context?: PhaseContext): void {
      begin(phase);
      end(context === undefined ? 'SUCCEEDED' : 'FAILED', context);
    },
    reached: (phase: string): boolean => build().phases.some(({ phaseType }) => phaseType === phase),
    isStopped: (): boolean => world.stopped.has(id),
    export(values: Readonly<Record<string, string>>): void {
      change({ exportedEnvironmentVariables: Object.entries(values).map(([name, value]) => ({ name, value })) });
    },
    complete(buildStatus: string): void {
      const endTime = now();
      change({
        buildStatus,
        buildComplete: true,
        endTime,
        currentPhase: 'COMPLETED',
        phases: [...build().phases, { phaseType: 'COMPLETED', startTime: endTime }],
      });
      emitBuild(world, build());
      world.tell({ kind: 'build', build: id, status: buildStatus });
    },
  };
}

/** As CodeBuild words it. Source: CodeBuild User Guide, "Build notifications input format reference". */
export function emitBuild(world: CodeBuildWorld, build: Build): void {
  const time = (seconds: number): string => new Date(seconds * 1000).toUTCString();
  world.emit({
    source: 'aws.codebuild',
    type: 'CodeBuild Build State Change',
    resources: [build.arn],
    detail: {
      'build-status': build.buildStatus,
      'project-name': build.projectName,
      'build-id': build.arn,
      'additional-information': {
        'build-complete': build.buildComplete,
        'build-number': build.buildNumber,
        'build-start-time': time(build.startTime),
        initiator: build.initiator,
        'timeout-in-minutes': build.timeoutInMinutes,
        source: { type: build.source.type },
        logs: { 'group-name': build.logs.groupName, 'stream-name': build.logs.streamName },
        phases: build.phases.map(({ phaseType, phaseStatus, startTime, contexts = [] }) => ({
          'phase-type': phaseType,
          'phase-status': phaseStatus,
          'start-time': time(startTime),
          'phase-context': contexts.map(({ statusCode, message }) => `${statusCode}: ${message}`),
        })),
      },
      'current-phase': build.currentPhase,
      version: '1',
    },
  });
}
