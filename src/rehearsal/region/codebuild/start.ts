// Starting a build, for whoever calls StartBuild and for pipelines.
import { AwsError } from '../errors';
import { now, uuid } from '../setting';
import { emitBuild, runBuild, type BuildInput } from './run';
import { buildArn, type Build, type CodeBuildWorld, type Project } from './world';

/** What a build says of where it came from. */
export interface BuildOrigin {
  readonly initiator: string;
  readonly sourceVersion?: string;
  readonly resolvedSourceVersion?: string;
}

/** Starts a build and returns its record at once. */
export function startBuild(world: CodeBuildWorld, project: Project, input: BuildInput, origin: BuildOrigin): Build {
  if (project.environment.privilegedMode === true) {
    throw new AwsError(
      'InvalidInputException',
      `The rehearsal region has no Docker, which the privileged project ${project.name} asks for.`,
    );
  }
  const uid = uuid();
  const id = `${project.name}:${uid}`;
  const number = project.builds + 1;
  world.projects.put(project.name, { ...project, builds: number });
  const built = { ...project, source: input.source ?? project.source };
  const build: Build = {
    id,
    arn: buildArn(world, id),
    buildNumber: number,
    projectName: project.name,
    startTime: now(),
    currentPhase: 'SUBMITTED',
    buildStatus: 'IN_PROGRESS',
    buildComplete: false,
    phases: [],
    source: built.source,
    artifacts: {},
    environment: project.environment,
    serviceRole: project.serviceRole,
    timeoutInMinutes: project.timeoutInMinutes,
    queuedTimeoutInMinutes: project.queuedTimeoutInMinutes,
    logs: logsOf(world, project, uid),
    exportedEnvironmentVariables: [],
    ...origin,
  };
  world.builds.put(id, build);
  emitBuild(world, build);
  world.tell({ kind: 'build', build: id, status: build.buildStatus });
  world.running.start(build.arn, (signal) => runBuild(world, id, built, input, signal));
  return build;
}

function logsOf({ region, account }: CodeBuildWorld, { name, logsConfig }: Project, streamName: string): Build['logs'] {
  const { status = 'ENABLED', groupName = `/aws/codebuild/${name}` } = logsConfig?.cloudWatchLogs ?? {};
  if (status !== 'ENABLED') return {};
  const cloudWatchLogsArn = `arn:aws:logs:${region}:${account}:log-group:${groupName}:log-stream:${streamName}`;
  return { groupName, streamName, cloudWatchLogsArn };
}

/** Builds that ended when the region did. */
export function failInterruptedBuilds(world: CodeBuildWorld, message: string): void {
  for (const build of world.builds.all()) {
    if (build.buildComplete) continue;
    const endTime = now();
    const phases = build.phases.map((phase) =>
      phase.phaseStatus === undefined
        ? { ...phase, phaseStatus: 'FAULT', endTime, contexts: [{ statusCode: 'INTERNAL_SERVICE_ERROR', message }] }
        : phase,
    );
    world.builds.put(build.id, { ...build, buildStatus: 'FAULT', buildComplete: true, endTime, phases });
  }
}
