// Follows an execution of the training pipeline to its end, and reads back what it did.
import { z } from 'zod';
import type { JobOutcome } from './jobs';
import {
  observeEvaluation,
  observeExecution,
  observePictures,
  observeWarnings,
  type ObservedExecution,
} from './observe';
import type { Outcome, RehearsalRecord } from './record';
import { POLL_SECONDS, seedCommands } from './seed-commands';
import { saying, type Begun, type Mutable, type Stage } from './stage';
import { startWorker } from './worker';

/** `pipeline wait` answers with these: succeeded, failed, refused by the gate. */
const WAIT_ANSWERS = [0, 1, 3];
/** Pictures that the evaluate step leaves, with their captions. */
const PICTURES = {
  'pr-curve.svg': 'Precision against recall',
  'confidence-curves.svg': 'Precision, recall and F1 against confidence',
  'confusion-matrix.svg': 'Confusion matrix at the operating point',
  'images/best.jpg': 'Frames that went best: truth and predictions',
  'images/worst.jpg': 'Frames that went worst: truth and predictions',
} as const;

/** What `pipeline wait` tells of the execution's run; nothing when the server was out of order. */
const waited = z.looseObject({
  tracking: z.object({ experiment: z.string(), experimentId: z.string(), run: z.string() }).optional(),
});

/** Follows the execution, and adds to the record what it did. @param jobs how this process's jobs ended, by name */
export async function followExecution(
  stage: Stage,
  begun: Begun,
  record: Mutable<RehearsalRecord>,
  jobs: ReadonlyMap<string, JobOutcome>,
): Promise<ObservedExecution> {
  const { options, config, client, tell, phase } = stage;
  const { directory, signal, mlflow } = options;
  const { environment } = begun;
  const observed = await phase('Run the pipeline', async () => {
    const executionArn = await begun.execution();
    const worker = startWorker(config, directory, environment, signal, saying(tell));
    // While the pipeline runs, the region's own events say more than the command that waits for it.
    const either = AbortSignal.any([signal, worker.failed]);
    const waiting = seedCommands(directory, environment, () => undefined, either);
    const wait = ['wait', executionArn, '--poll-seconds', POLL_SECONDS];
    try {
      if (mlflow === undefined) await waiting.run('pipeline', wait, WAIT_ANSWERS);
      else {
        const { tracking } = waited.parse(await waiting.json('pipeline', wait, WAIT_ANSWERS));
        record.tracking = trackingOf(mlflow, tracking);
      }
    } catch (error) {
      throw worker.failed.aborted ? worker.failed.reason : error;
    } finally {
      await worker.end();
    }
    return observeExecution(client, executionArn, jobs);
  });
  record.execution = observed.execution;
  await addEvaluation(record, stage, observed);
  record.outcome = outcomeOf(observed, record);
  record.reason = observed.failureReason;
  return observed;
}

function trackingOf(uri: string, found: z.infer<typeof waited>['tracking']): RehearsalRecord['tracking'] {
  if (found === undefined) return { uri };
  const { experiment, experimentId, run } = found;
  return { uri, run, experiment, page: `${uri}/#/experiments/${experimentId}/runs/${run}` };
}

async function addEvaluation(
  record: Mutable<RehearsalRecord>,
  { client }: Stage,
  { outputs }: ObservedExecution,
): Promise<void> {
  const split = outputs.get('Split/split');
  if (split !== undefined) record.warnings = [...record.warnings, ...(await observeWarnings(client, split))];
  const folder = outputs.get('Evaluate/evaluation');
  if (folder === undefined) return;
  record.evaluation = await observeEvaluation(client, folder);
  record.artifacts = await observePictures(client, folder, PICTURES);
}

function outcomeOf({ execution, packageArn }: ObservedExecution, { evaluation }: RehearsalRecord): Outcome {
  if (packageArn !== undefined && execution.status === 'Succeeded') return 'registered';
  return evaluation?.gate.passed === false ? 'gate-failed' : 'failed';
}
