// Finds the run that a journal tells about, or makes it; whoever races for the same run settles on the earliest.
import type { RunHeader, RunIdentity } from './entry';
import type { MlflowClient, Run } from './mlflow';

/** Tag by which MLflow shows a run below another. */
export const PARENT_TAG = 'mlflow.parentRunId';

export interface FoundRun {
  readonly run: Run;
  readonly parent?: Run;
}

/** The run of `header`, and its parent, made where there is none. */
export async function findRun(client: MlflowClient, { experiment, run, parent }: RunHeader): Promise<FoundRun> {
  const experimentId = await client.experiment(experiment);
  const above = parent && (await earliest(client, experimentId, parent));
  const tags: Record<string, string> = above === undefined ? {} : { [PARENT_TAG]: above.id };
  const found = await earliest(client, experimentId, run, tags);
  if (above !== undefined && found.tags[PARENT_TAG] !== above.id) {
    await client.logBatch(found.id, { metrics: [], params: {}, tags });
  }
  if (found.status !== 'RUNNING') await client.updateRun(found.id, 'RUNNING'); // a job that was tried again
  return { run: found, ...(above && { parent: above }) };
}

/**
 * The earliest run with this identity; the one that this call makes, when there is none.
 *
 * MLflow has no call that makes a run unless it is there, so two callers may make one each: {@link settle} makes them one.
 */
async function earliest(
  client: MlflowClient,
  experimentId: string,
  { name, identity, tags, startTime }: RunIdentity,
  more: Readonly<Record<string, string>> = {},
): Promise<Run> {
  const [there] = await client.findRuns(experimentId, identity);
  if (there) return there;
  const made = await client.createRun({ experimentId, name, startTime, tags: { ...tags, ...identity, ...more } });
  const [first] = await client.findRuns(experimentId, identity);
  return first ?? made;
}

/**
 * Leaves one run of those with the same identity: the earliest; the children of the others become its own. Called at the
 * end of each child, so that the last to end sees all of them.
 */
export async function settle(
  client: MlflowClient,
  experimentId: string,
  { identity }: RunIdentity,
): Promise<Run | undefined> {
  const [first, ...others] = await client.findRuns(experimentId, identity);
  if (first === undefined) return undefined;
  for (const other of others) {
    for (const child of await client.findRuns(experimentId, { [PARENT_TAG]: other.id })) {
      await client.logBatch(child.id, { metrics: [], params: {}, tags: { [PARENT_TAG]: first.id } });
    }
    await client.deleteRun(other.id);
  }
  return first;
}
