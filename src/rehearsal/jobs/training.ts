// Training jobs. Source: SageMaker Developer Guide, "How Amazon SageMaker Provides Training Information" and
// "How Amazon SageMaker Processes Training Output".
import { mkdir } from 'node:fs/promises';
import { pack } from './archive';
import { download, files, mirror, restore } from './files';
import { runInterrupted } from './spot';
import {
  algorithmError,
  imageOf,
  leftBehind,
  onHost,
  runHosts,
  runJob,
  timedOut,
  writeJson,
  type Host,
  type HostsEnd,
  type JobCommand,
} from './job';
import { parseTrainingRequest, type TrainingRequest } from './requests';
import type { JobOutcome, JobRequest, JobRuntime } from './types';

/** Characters of the failure file that become the failure reason. */
const FAILURE_LENGTH = 1024;

/**
 * Runs a training job to its end, through the launcher of its image.
 * @param signal aborted by StopTrainingJob
 * @throws UnsupportedJobError when a rehearsal cannot carry out what the request asks for
 */
export async function runTrainingJob(
  { name, arn, request }: JobRequest,
  runtime: JobRuntime,
  signal: AbortSignal,
): Promise<JobOutcome> {
  const job = parseTrainingRequest(request);
  const { CheckpointConfig: checkpoints, StoppingCondition: limit } = job;
  const prefix = `${job.OutputDataConfig.S3OutputPath.replace(/\/$/, '')}/${name}/output`;
  const modelArtifacts = `${prefix}/model.tar.gz`;
  return runJob(name, job.ResourceConfig.InstanceCount, runtime, async (hosts) => {
    const image = imageOf(job.AlgorithmSpecification.TrainingImage, runtime);
    const command: JobCommand = {
      image,
      command: ['node', image.launcher, 'train'],
      environment: job.Environment,
      isolation: { ...runtime.environment, TRAINING_JOB_NAME: name, TRAINING_JOB_ARN: arn },
      maxRuntimeSeconds: limit.MaxRuntimeInSeconds,
    };
    const launch = async (over: AbortSignal): Promise<HostsEnd> => {
      for (const host of hosts) await layOut(host, job, hosts, runtime);
      return runHosts(name, hosts, command, runtime, over);
    };
    const { end, interruptions } =
      job.EnableManagedSpotTraining && checkpoints !== undefined && runtime.interruptTrainingAfter !== undefined
        ? await runInterrupted(launch, hosts, checkpoints, runtime.interruptTrainingAfter, runtime, signal)
        : { end: await launch(signal), interruptions: undefined };
    for (const host of hosts) {
      // SageMaker copies checkpoints while the job runs; here at its end, whatever that is, which a retry cannot tell apart.
      if (checkpoints !== undefined)
        await mirror(onHost(host, checkpoints.LocalPath), checkpoints.S3Uri, runtime.store);
      // A job that is stopped in time to save its model keeps it.
      if (end.end !== 'failed') await store(host, '/opt/ml/model', modelArtifacts, runtime);
      await store(host, '/opt/ml/output/data', `${prefix}/output.tar.gz`, runtime);
    }
    return { hosts: end.hosts, modelArtifacts, interruptions, ...(await ending(end, limit.MaxRuntimeInSeconds)) };
  });
}

/** Everything that a training container finds when it starts. */
async function layOut(host: Host, job: TrainingRequest, hosts: readonly Host[], runtime: JobRuntime): Promise<void> {
  const config = (name: string, value: unknown): Promise<void> =>
    writeJson(onHost(host, `/opt/ml/input/config/${name}.json`), value);
  await config('hyperparameters', job.HyperParameters);
  await config('resourceconfig', {
    current_host: host.name,
    hosts: hosts.map((each) => each.name),
    network_interface_name: 'eth0',
  });
  const channels = job.InputDataConfig.map((channel) => [
    channel.ChannelName,
    {
      ...(channel.ContentType === undefined ? {} : { ContentType: channel.ContentType }),
      TrainingInputMode: channel.InputMode,
      S3DistributionType: channel.DataSource.S3DataSource.S3DataDistributionType,
      RecordWrapperType: channel.RecordWrapperType,
    },
  ]);
  await config('inputdataconfig', Object.fromEntries(channels));
  for (const folder of ['model', 'output/data', 'checkpoints'])
    await mkdir(onHost(host, `/opt/ml/${folder}`), { recursive: true });
  for (const { ChannelName, DataSource } of job.InputDataConfig)
    await download(DataSource.S3DataSource, [onHost(host, `/opt/ml/input/data/${ChannelName}`)], runtime.store);
  const saved = job.CheckpointConfig;
  if (saved !== undefined) await restore(saved.S3Uri, onHost(host, saved.LocalPath), runtime.store);
}

/** Stores a folder as one archive; an empty folder as none. */
async function store(host: Host, folder: string, uri: string, runtime: JobRuntime): Promise<void> {
  const source = onHost(host, folder);
  const paths = await files(source);
  if (paths.length === 0) return;
  const archive = `${source}.tar.gz`;
  await pack(source, paths, archive);
  await runtime.store.upload(archive, uri);
}

async function ending(end: HostsEnd, maxRuntimeSeconds: number) {
  switch (end.end) {
    case 'completed':
      return { status: 'Completed' } as const;
    case 'stopped':
      return { status: 'Stopped' } as const;
    case 'timed-out':
      return {
        status: 'Stopped',
        secondaryStatus: 'MaxRuntimeExceeded',
        failureReason: timedOut(maxRuntimeSeconds),
      } as const;
    case 'failed': {
      const text = end.failed && (await leftBehind(end.failed, '/opt/ml/output/failure', FAILURE_LENGTH));
      return { status: 'Failed', failureReason: algorithmError(end, text) } as const;
    }
  }
}
