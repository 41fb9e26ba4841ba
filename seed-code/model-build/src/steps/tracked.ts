// A step that tells MLflow about itself, where a tracking server is configured; the step's outcome never depends on that.
import type { StepContext } from '../sagemaker';
import { openStepRun, RUN_TAGS, untracked, type RunLog } from '../tracking';

export interface TrackedContext extends StepContext {
  /** The step's run in MLflow. */
  readonly run: RunLog;
}

/** Milliseconds that an ended step waits for what could not be sent yet. */
const WAIT_MS = 30_000;
/** A job that is stopped has two minutes, and its model to save. */
const STOPPED_WAIT_MS = 10_000;

export function tracked(step: string, main: (context: TrackedContext) => Promise<void>) {
  return async (context: StepContext): Promise<void> => {
    const run = await openStepRun(step, context);
    try {
      await main({ ...context, run: run ?? untracked });
      await run?.end('FINISHED', WAIT_MS);
    } catch (error) {
      const status = context.signal.aborted ? 'KILLED' : 'FAILED';
      // A stopped job did not fail, and may go on on another instance.
      if (status === 'FAILED')
        run?.tags({ [RUN_TAGS.failure]: error instanceof Error ? error.message : String(error) });
      // Steps stand in a row: none goes on after one that failed. One that is tried again and ends well says otherwise.
      run?.concludes(status);
      await run?.end(status, STOPPED_WAIT_MS);
      throw error;
    }
  };
}
