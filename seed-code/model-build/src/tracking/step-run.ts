// Opens the run of a step from within its job: the job's own tags say which server, execution, commit and data it is about.
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { z } from 'zod';
import type { StepContext } from '../sagemaker';
import { trackingAddress } from './address';
import { connect } from './connection';
import { stepRun } from './execution-runs';
import { JOB_TAGS, TRACKING_ENVIRONMENT, TRACKING_OUTPUT } from './job-tags';
import { mlflow } from './mlflow';
import { openRunLog, type OpenRunLog } from './run-log';

/** Milliseconds that a job waits for the answer about its tags. */
const TAGS_TIMEOUT_MS = 20_000;

const jobConfig = z.looseObject({ ProcessingJobArn: z.string() });

/**
 * @returns undefined when the step is not tracked: no server is configured, it is not the job's first host, or what it
 * needs to know cannot be read, which is said in the log
 */
export async function openStepRun(step: string, context: StepContext): Promise<OpenRunLog | undefined> {
  const { environment, host, hosts, log, paths } = context;
  if (environment.DRONE_MLOPS_TRACKING !== TRACKING_ENVIRONMENT.DRONE_MLOPS_TRACKING || host !== hosts[0]) {
    return undefined;
  }
  try {
    const training = environment.TRAINING_JOB_ARN;
    const jobArn =
      training ?? jobConfig.parse(JSON.parse(readFileSync(paths.processingJobConfig, 'utf8'))).ProcessingJobArn;
    const tags = await jobTags(jobArn);
    const execution = { executionArn: tags.execution, commit: tags.commit, dataVersion: basename(tags.data) };
    const client = mlflow(connect(trackingAddress(tags.tracking, environment.SAGEMAKER_MLFLOW_CUSTOM_ENDPOINT)));
    const run = openRunLog(client, stepRun(execution, step, jobArn, Date.now()), {
      tell: log,
      ...(training === undefined
        ? { journal: join(tmpdir(), `tracking-${basename(jobArn)}`), keep: paths.processingOutput(TRACKING_OUTPUT) }
        : { journal: join(paths.outputData, TRACKING_OUTPUT) }), // what lies there is kept however the job ends
    });
    run.dataset('data version', execution.dataVersion, tags.data, step);
    return run;
  } catch (error) {
    log('tracking-off', { reason: (error as Error).message });
    return undefined;
  }
}

const tagsSchema = z.object({
  tracking: z.string(),
  execution: z.string(),
  commit: z.string(),
  data: z.string(),
});

async function jobTags(jobArn: string): Promise<z.infer<typeof tagsSchema>> {
  // Loaded here: a step that is not tracked starts without it.
  const { ListTagsCommand, SageMakerClient } = await import('@aws-sdk/client-sagemaker');
  const sagemaker = new SageMakerClient({ region: jobArn.split(':')[3] });
  const { Tags = [] } = await sagemaker.send(new ListTagsCommand({ ResourceArn: jobArn, MaxResults: 50 }), {
    abortSignal: AbortSignal.timeout(TAGS_TIMEOUT_MS),
  });
  const values = new Map(Tags.map(({ Key, Value }) => [Key, Value]));
  const found = Object.entries(JOB_TAGS).map(([name, key]) => [name, values.get(key)]);
  const parsed = tagsSchema.safeParse(Object.fromEntries(found));
  if (parsed.success) return parsed.data;
  throw new Error(`The job ${jobArn} lacks the tags ${Object.values(JOB_TAGS).join(', ')}: upsert the pipeline again.`);
}
