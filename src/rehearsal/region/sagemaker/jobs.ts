// Processing and training jobs: started by steps, described to clients.
import type { JsonObject, StepMetadata, StepOutcome } from '../../execution';
import { runProcessingJob, runTrainingJob, UnsupportedJobError, type JobOutcome } from '../../jobs';
import { assumed, documented } from '../behaviour';
import type { Collection } from '../collection';
import { runtimeAs } from '../access';
import { invocationError } from './invocation';
import type { Caller } from '../service';
import { accessOf, API, GUIDE, notFound, operation, type Members } from './operation';
import { answer, arn, nameOf, seconds, type Tag, type World } from './world';

const describeProcessingJob = operation<{ ProcessingJobName: string }>(
  'DescribeProcessingJob',
  {
    claims: [
      documented(
        'A job finds its inputs, its arguments and /opt/ml/config in its container, and its outputs are uploaded when it has completed.',
        `${GUIDE}, "Build Your Own Processing Container"`,
      ),
      documented(
        'An exit code other than 0 fails the job; /opt/ml/output/message is its ExitMessage.',
        `${GUIDE}, "Build Your Own Processing Container"`,
      ),
      assumed(
        'A container is a child process whose /opt/ml is a folder of its own; instance types, roles and networks are kept and not heeded.',
      ),
    ],
  },
  ({ ProcessingJobName: name }, { processingJobs }) => {
    const job = processingJobs.get(name);
    if (job === undefined) throw notFound(`Could not find requested job with name: ${name}`);
    return answer('DescribeProcessingJob', job);
  },
);

const describeTrainingJob = operation<{ TrainingJobName: string }>(
  'DescribeTrainingJob',
  {
    claims: [
      documented(
        'A job finds its channels, hyperparameters and checkpoints in its container; /opt/ml/model becomes model.tar.gz.',
        `${GUIDE}, "How Amazon SageMaker Provides Training Information"`,
      ),
      documented(
        'The first 1,024 characters of /opt/ml/output/failure are the FailureReason.',
        `${API}, DescribeTrainingJob`,
      ),
      assumed('ModelArtifacts says from the beginning where the model will be.'),
      documented(
        'Spot training whose instance is taken away gets SIGTERM, and starts again with its checkpoints.',
        `${GUIDE}, "Managed Spot Training in Amazon SageMaker"`,
      ),
      assumed(
        'A spot instance is taken away only when the rehearsal is asked to; checkpoints are uploaded when a container ends.',
      ),
    ],
  },
  ({ TrainingJobName: name }, { trainingJobs }) => {
    const job = trainingJobs.get(name);
    if (job === undefined) throw notFound('Requested resource not found.');
    return answer('DescribeTrainingJob', job);
  },
);

export const JOB_OPERATIONS = [describeProcessingJob, describeTrainingJob];

/** What differs between the two kinds of job. */
interface Kind {
  readonly create: 'CreateProcessingJob' | 'CreateTrainingJob';
  /** Begins the members that both kinds have: `ProcessingJobName`, `TrainingJobName`. */
  readonly prefix: 'Processing' | 'Training';
  readonly resource: string;
  readonly run: typeof runProcessingJob;
  readonly jobs: (world: World) => Collection<Members>;
  /** What a job is described by beyond its request and what all jobs have. */
  readonly describe: (request: Members, name: string, outcome?: JobOutcome) => Members;
}

const PROCESSING: Kind = {
  create: 'CreateProcessingJob',
  prefix: 'Processing',
  resource: 'processing-job',
  run: runProcessingJob,
  jobs: ({ processingJobs }) => processingJobs,
  describe: (_request, _name, outcome) =>
    outcome?.exitMessage === undefined ? {} : { ExitMessage: outcome.exitMessage },
};

const TRAINING: Kind = {
  create: 'CreateTrainingJob',
  prefix: 'Training',
  resource: 'training-job',
  run: runTrainingJob,
  jobs: ({ trainingJobs }) => trainingJobs,
  describe: (request, name, outcome) => {
    const { S3OutputPath } = request.OutputDataConfig as { S3OutputPath: string }; // required by the model
    const path = `${S3OutputPath.replace(/\/$/, '')}/${name}/output/model.tar.gz`;
    return {
      SecondaryStatus: outcome?.secondaryStatus ?? outcome?.status ?? 'Training',
      ModelArtifacts: { S3ModelArtifacts: outcome?.modelArtifacts ?? path },
    };
  },
};

export const KINDS = { Processing: PROCESSING, Training: TRAINING } as const;

/**
 * Runs a step's job to its end.
 * @param caller the pipeline's role, which starts it
 * @param report told the job's ARN once the job is there
 */
export async function runJobStep(
  world: World,
  kind: Kind,
  name: string,
  step: JsonObject,
  caller: Caller,
  report: (metadata: StepMetadata) => void,
  signal: AbortSignal,
): Promise<StepOutcome> {
  const { prefix } = kind;
  const request: Members = { ...step, [`${prefix}JobName`]: name };
  const refusal = invocationError(kind.create, request);
  if (refusal !== undefined) return { status: 'Failed', reason: refusal };

  for (const access of accessOf(kind.create, request, world)) caller.requires(access);
  const jobArn = arn(world, `${kind.resource}/${name}`);
  const metadata: StepMetadata = { [`${prefix}Job`]: { Arn: jobArn } };
  const created = seconds();
  const save = (status: string, more: Members, outcome?: JobOutcome): Members => {
    const job: Members = {
      ...request,
      ...kind.describe(request, name, outcome),
      [`${prefix}JobArn`]: jobArn,
      [`${prefix}JobStatus`]: status,
      ...(kind === TRAINING && request.StoppingCondition === undefined && { StoppingCondition: {} }),
      CreationTime: created,
      LastModifiedTime: seconds(),
      ...more,
    };
    kind.jobs(world).put(name, job);
    return job;
  };
  save('InProgress', { [`${prefix}StartTime`]: created });
  world.tags.put(jobArn, (request.Tags ?? []) as readonly Tag[]); // checked against the model
  report(metadata);
  const outcome = await kind
    .run({ name, arn: jobArn, request }, runtimeAs(world.runtime, String(request.RoleArn), world), signal)
    .catch(unsupported);
  const job = save(
    outcome.status,
    {
      [`${prefix}StartTime`]: seconds(outcome.startTime),
      [`${prefix}EndTime`]: seconds(outcome.endTime),
      ...(outcome.failureReason !== undefined && { FailureReason: outcome.failureReason }),
    },
    outcome,
  );
  world.tell({ kind: 'job', name, outcome });
  return stepOutcome(outcome, answer(`Describe${prefix}Job`, job) as JsonObject, metadata); // resources are JSON
}

/** The Describe response of the job that a step's metadata names. */
export function describedJob(world: World, { ProcessingJob, TrainingJob }: StepMetadata): JsonObject | undefined {
  const kind = ProcessingJob === undefined ? TRAINING : PROCESSING;
  const jobArn = (ProcessingJob ?? TrainingJob)?.Arn;
  const job = jobArn === undefined ? undefined : kind.jobs(world).get(nameOf(jobArn));
  return job && (answer(`Describe${kind.prefix}Job`, job) as JsonObject); // resources are JSON
}

/** Jobs that were under way when the process was killed. */
export function failInterruptedJobs(world: World, reason: string): void {
  for (const { prefix, jobs } of Object.values(KINDS)) {
    for (const job of jobs(world).all()) {
      if (job[`${prefix}JobStatus`] !== 'InProgress') continue;
      const secondary = prefix === 'Training' ? { SecondaryStatus: 'Failed' } : {};
      const end = { [`${prefix}JobStatus`]: 'Failed', [`${prefix}EndTime`]: seconds(), FailureReason: reason };
      jobs(world).put(String(job[`${prefix}JobName`]), { ...job, ...secondary, ...end });
    }
  }
}

function unsupported(error: unknown): JobOutcome {
  if (!(error instanceof UnsupportedJobError)) throw error;
  const now = new Date();
  return { status: 'Failed', failureReason: `ClientError: ${error.message}`, startTime: now, endTime: now, hosts: [] };
}

function stepOutcome(outcome: JobOutcome, properties: JsonObject, metadata: StepMetadata): StepOutcome {
  const { status, failureReason: reason = '' } = outcome;
  if (status === 'Completed') return { status: 'Succeeded', properties, metadata };
  if (status === 'Stopped' && reason === '') return { status: 'Stopped' };
  const isInternal = reason.startsWith('InternalServerError');
  return { status: 'Failed', reason, ...(isInternal && { exception: 'SageMaker.JOB_INTERNAL_ERROR' as const }) };
}
