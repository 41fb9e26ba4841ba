// Processing jobs. Source: SageMaker Developer Guide, "Build Your Own Processing Container".
import { mkdir } from 'node:fs/promises';
import { download, upload } from './files';
import { algorithmError, imageOf, leftBehind, onHost, runHosts, runJob, timedOut, writeJson } from './job';
import { parseProcessingRequest } from './requests';
import type { JobOutcome, JobRequest, JobRuntime } from './types';

/** Length of an ExitMessage (Developer Guide: the first KB of the message file). */
const EXIT_MESSAGE_LENGTH = 1024;

/**
 * Runs a processing job to its end.
 * @param signal aborted by StopProcessingJob
 * @throws UnsupportedJobError when a rehearsal cannot carry out what the request asks for
 */
export async function runProcessingJob(
  { name, arn, request }: JobRequest,
  runtime: JobRuntime,
  signal: AbortSignal,
): Promise<JobOutcome> {
  const job = parseProcessingRequest(request);
  const { AppSpecification: app, ProcessingOutputConfig: output, StoppingCondition: limit } = job;
  return runJob(name, job.ProcessingResources.ClusterConfig.InstanceCount, runtime, async (hosts) => {
    const image = imageOf(app.ImageUri, runtime);
    for (const host of hosts) {
      await writeJson(onHost(host, '/opt/ml/config/processingjobconfig.json'), {
        ...job,
        ProcessingJobName: name,
        ProcessingJobArn: arn,
      });
      await writeJson(onHost(host, '/opt/ml/config/resourceconfig.json'), {
        current_host: host.name,
        hosts: hosts.map((each) => each.name),
      });
      for (const { S3Output } of output.Outputs) await mkdir(onHost(host, S3Output.LocalPath), { recursive: true });
    }
    for (const { S3Input } of job.ProcessingInputs) {
      const folders = hosts.map((host) => onHost(host, S3Input.LocalPath));
      await download(S3Input, folders, runtime.store);
    }
    const what = {
      image,
      command: [...app.ContainerEntrypoint, ...app.ContainerArguments],
      environment: job.Environment,
      isolation: runtime.environment,
      maxRuntimeSeconds: limit.MaxRuntimeInSeconds,
    };
    const end = await runHosts(name, hosts, what, runtime, signal);
    const [first] = hosts;
    const speaker = end.failed ?? first;
    const message = speaker && (await leftBehind(speaker, '/opt/ml/output/message', EXIT_MESSAGE_LENGTH));
    const result = { hosts: end.hosts, ...(message === undefined ? {} : { exitMessage: message }) };
    switch (end.end) {
      case 'completed':
        for (const { S3Output } of output.Outputs)
          for (const host of hosts) await upload(onHost(host, S3Output.LocalPath), S3Output.S3Uri, runtime.store);
        return { ...result, status: 'Completed' };
      case 'failed':
        return { ...result, status: 'Failed', failureReason: algorithmError(end, message) };
      case 'stopped':
        return { ...result, status: 'Stopped' };
      case 'timed-out':
        return { ...result, status: 'Stopped', failureReason: timedOut(limit.MaxRuntimeInSeconds) };
    }
  });
}
