// Executions of the build pipeline: the one of a commit, followed to its end.
import { setTimeout as later } from 'node:timers/promises';
import { z } from 'zod';
import type { BuildRecord } from '../record';
import { AwsError } from '../region';
import { buildOf } from './build-record';
import type { Stage } from '../stage';

/** The build of the commit failed; the message says in which phase, why, and what was said last. */
export class BuildFailedError extends Error {
  override readonly name = 'BuildFailedError';
}

const POLL_MS = 200;
/** Within which a push starts its build. */
const START_MS = 60_000;
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

/**
 * Waits for the build of a commit.
 * @returns all builds of the pipeline, oldest first
 * @throws BuildFailedError when the commit starts none
 */
export async function followBuild(stage: Stage, pipelineName: string, commit: string): Promise<readonly BuildRecord[]> {
  const { signal } = stage.options;
  const began = performance.now();
  for (;;) {
    const found = await executionsOf(stage, pipelineName);
    const own = found.find((execution) => commitOf(execution) === commit);
    if (own !== undefined && !RUNNING.test(own.status)) return buildsOf(stage, pipelineName, found.toReversed());
    if (own === undefined && performance.now() - began > START_MS) {
      throw new BuildFailedError(`The push of ${commit} started no build: see the source stage of ${pipelineName}.`);
    }
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
  for (const execution of executions) {
    const { pipelineExecutionId: id, status } = execution;
    records.push(await buildOf(stage, pipelineName, { id, status, commit: commitOf(execution) }));
  }
  return records;
}
