// A launched project as its people see it: what its build knows, its executions, and the data that these are of.
import { z } from 'zod';
import type { RehearsalRecord } from '../record';
import type { Stage } from '../stage';

const buildProject = z.object({
  projects: z
    .array(
      z.looseObject({
        environment: z.looseObject({
          environmentVariables: z.array(z.object({ name: z.string(), value: z.string(), type: z.string().optional() })),
        }),
      }),
    )
    .length(1),
});
const parameter = z.object({ Parameter: z.looseObject({ Value: z.string() }) });
const executions = z.object({
  PipelineExecutionSummaries: z.array(z.looseObject({ PipelineExecutionArn: z.string() })),
});
const executionParameters = z.object({
  PipelineParameters: z.array(z.object({ Name: z.string(), Value: z.string() })),
});
const manifestHeader = z.looseObject({ images: z.number() });

/** The environment that the project's build runs the package's commands in, for a person. */
export async function commandEnvironment(
  { region, options: { mlflow } }: Stage,
  project: string,
): Promise<NodeJS.ProcessEnv> {
  const { projects } = buildProject.parse(await region.call('codebuild', 'BatchGetProjects', { names: [project] }));
  const variables: Record<string, string> = {};
  for (const { name, value, type } of projects.flatMap(({ environment }) => environment.environmentVariables)) {
    variables[name] =
      type === 'PARAMETER_STORE'
        ? parameter.parse(await region.call('ssm', 'GetParameter', { Name: value })).Parameter.Value
        : value;
  }
  return {
    ...region.environment,
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    ...variables,
    ...(mlflow !== undefined && { MLFLOW_TRACKING_URI: mlflow }),
  };
}

/** The executions of a training pipeline, newest first; none before there is such a pipeline. */
export async function executionsOf({ region }: Stage, PipelineName: string): Promise<readonly string[]> {
  const input = { PipelineName, SortBy: 'CreationTime', SortOrder: 'Descending' };
  const found = await region.call('sagemaker', 'ListPipelineExecutions', input).catch(() => undefined);
  if (found === undefined) return [];
  return executions.parse(found).PipelineExecutionSummaries.map(({ PipelineExecutionArn: arn }) => arn);
}

/** The data version that an execution is of, where nobody has pushed one: the sample set. */
export async function usedData(
  { region, client }: Stage,
  executionArn: string,
  bucket: string,
): Promise<NonNullable<RehearsalRecord['data']>> {
  const { PipelineParameters } = executionParameters.parse(
    await region.call('sagemaker', 'ListPipelineParametersForExecution', { PipelineExecutionArn: executionArn }),
  );
  const version = PipelineParameters.find(({ Name }) => Name === 'DataVersion')?.Value ?? '';
  const manifest = await client.read(`s3://${bucket}/data/versions/${version}/manifest.jsonl`);
  const { images } = manifestHeader.parse(JSON.parse(String(manifest).split('\n')[0] ?? ''));
  return { source: 'sample', folder: 'sample', version, images };
}
