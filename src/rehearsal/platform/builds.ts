// Executions of the build pipeline: the one of a commit, followed to its end.
import { setTimeout as later } from 'node:timers/promises';
import { z } from 'zod';
import type { BuildRecord } from '../record';
import { AwsError } from '../region';
import type { Stage } from '../stage';

/** The build of the commit failed; the message says in which phase, why, and what was said last. */
export class BuildFailedError extends Error {
  override readonly name = 'BuildFailedError';
}

const POLL_MS = 200;
/** What a build says as long as there is no data; see `SAMPLE_NOTE` of model-build. */
const SAMPLE_NOTE = /^No data version has been pushed yet/;
/** Lines of a build's log that are worth repeating. */
const SAID_LINES = 25;
/** As the template calls it. */
const BUILD_ACTION = 'Build';
const RUNNING = /^(InProgress|Stopping)$/;

const executionList = z.object({
  pipelineExecutionSummaries: z.array(
    z.looseObject({
      pipelineExecutionId: z.string(),
      status: z.string(),
      sourceRevisions: z.array(z.looseObject({ revisionId: z.string() })),
    }),
  ),
});
const actionList = z.object({
  actionExecutionDetails: z.array(
    z.looseObject({
      actionName: z.string(),
      output: z.looseObject({
        executionResult: z.looseObject({
          externalExecutionId: z.string().optional(),
          externalExecutionSummary: z.string().optional(),
        }),
      }),
    }),
  ),
});
const buildList = z.object({
  builds: z
    .array(
      z.looseObject({
        phases: z.array(
          z.looseObject({
            phaseType: z.string(),
            phaseStatus: z.string().optional(),
            startTime: z.number(),
            endTime: z.number().optional(),
            contexts: z.array(z.looseObject({ message: z.string() })).optional(),
          }),
        ),
        logs: z.looseObject({ groupName: z.string(), streamName: z.string() }),
      }),
    )
    .default([]),
});
const logEvents = z.object({ events: z.array(z.looseObject({ message: z.string() })) });

/** Stops what the build pipeline is about, as a person does who is about to push something better. */
export async function stopBuilds(stage: Stage, pipelineName: string): Promise<void> {
  for (const { pipelineExecutionId, status } of await executionsOf(stage, pipelineName)) {
    if (status !== 'InProgress') continue;
    const reason = 'A commit comes that is to be built instead.';
    const input = { pipelineName, pipelineExecutionId, abandon: true, reason };
    await stage.region.call('codepipeline', 'StopPipelineExecution', input).catch((error: unknown) => {
      if (!(error instanceof AwsError) || error.code !== 'PipelineExecutionNotStoppableException') throw error; // it ended
    });
  }
}

/** Waits for the build of a commit. @returns all builds of the pipeline, oldest first */
export async function followBuild(stage: Stage, pipelineName: string, commit: string): Promise<readonly BuildRecord[]> {
  const { signal } = stage.options;
  for (;;) {
    const found = await executionsOf(stage, pipelineName);
    const own = found.find((execution) => commitOf(execution) === commit);
    if (own !== undefined && !RUNNING.test(own.status)) return buildsOf(stage, pipelineName, found.toReversed());
    await later(POLL_MS, undefined, { signal });
  }
}

/** @throws BuildFailedError unless the build of the commit succeeded */
export function checkBuild(builds: readonly BuildRecord[], commit: string): void {
  const own = builds.find((build) => build.commit === commit);
  if (own === undefined || own.status === 'Succeeded') return;
  const failed = own.phases.find(({ status }) => status !== 'SUCCEEDED' && status !== '');
  throw new BuildFailedError(
    `The build of ${commit} ended as ${own.status}${failed === undefined ? '' : ` in ${failed.name}`}: ${own.reason ?? ''}`,
  );
}

type Execution = z.infer<typeof executionList>['pipelineExecutionSummaries'][number];

async function executionsOf({ region }: Stage, pipelineName: string): Promise<readonly Execution[]> {
  const found = await region.call('codepipeline', 'ListPipelineExecutions', { pipelineName });
  return executionList.parse(found).pipelineExecutionSummaries;
}

function commitOf({ sourceRevisions }: Execution): string {
  return sourceRevisions[0]?.revisionId ?? '';
}

async function buildsOf(
  stage: Stage,
  pipelineName: string,
  executions: readonly Execution[],
): Promise<readonly BuildRecord[]> {
  const records: BuildRecord[] = [];
  for (const execution of executions) records.push(await buildOf(stage, pipelineName, execution));
  return records;
}

async function buildOf({ region }: Stage, pipelineName: string, execution: Execution): Promise<BuildRecord> {
  const { pipelineExecutionId, status } = execution;
  const filter = { pipelineExecutionId };
  const actions = actionList.parse(await region.call('codepipeline', 'ListActionExecutions', { pipelineName, filter }));
  const results = actions.actionExecutionDetails.map(({ output }) => output.executionResult);
  const action = actions.actionExecutionDetails.find(({ actionName }) => actionName === BUILD_ACTION);
  const id = action?.output.executionResult.externalExecutionId;
  const base = { execution: pipelineExecutionId, commit: commitOf(execution), status };
  const ids = id === undefined ? [] : [id];
  const [build] = buildList.parse(
    id === undefined ? {} : await region.call('codebuild', 'BatchGetBuilds', { ids }),
  ).builds;
  if (build === undefined) {
    const reason = results.find(({ externalExecutionSummary }) => externalExecutionSummary)?.externalExecutionSummary;
    return { ...base, phases: [], notes: [], ...(reason !== undefined && { reason }) };
  }
  const said = await logOf(region, build.logs);
  const reason = `${messageOf(build)}\n${said.slice(-SAID_LINES).join('\n')}`;
  return {
    ...base,
    phases: build.phases.map(({ phaseType, phaseStatus = '', startTime, endTime = startTime }) => ({
      name: phaseType,
      status: phaseStatus,
      milliseconds: Math.round((endTime - startTime) * 1000),
    })),
    notes: [...new Set(said.filter((line) => SAMPLE_NOTE.test(line)))],
    ...(status === 'Failed' && { reason }),
  };
}

type Build = z.infer<typeof buildList>['builds'][number];

function messageOf({ phases }: Build): string {
  const messages = phases.flatMap(({ contexts = [] }) => contexts.map(({ message }) => message));
  return messages.filter((message) => message !== '').join(' ');
}

async function logOf(
  region: Stage['region'],
  { groupName: logGroupName, streamName: logStreamName }: Build['logs'],
): Promise<readonly string[]> {
  const events = await region
    .call('logs', 'GetLogEvents', { logGroupName, logStreamName })
    .catch(() => ({ events: [] })); // it was stopped before it said anything
  return logEvents
    .parse(events)
    .events.flatMap(({ message }) => message.split('\n'))
    .filter((line) => line.trim() !== '');
}
