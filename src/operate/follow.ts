// What happens in a new project by itself: its stack, its first build, and the first execution of its training pipeline.
import {
  GetPipelineExecutionCommand,
  ListActionExecutionsCommand,
  ListPipelineExecutionsCommand as ListBuildsCommand,
  type ActionExecutionDetail,
} from '@aws-sdk/client-codepipeline';
import {
  DescribeCodeRepositoryCommand,
  DescribePipelineExecutionCommand,
  ListPipelineExecutionsCommand,
  ListPipelineExecutionStepsCommand,
} from '@aws-sdk/client-sagemaker';
import { NAMES, type Named } from '../platform';
import type { Account } from './account';
import type { Aws } from './aws';
import { buildFailure, buildsOf } from './build-failure';
import { findProject, whyFailed, type LaunchedProject } from './project';
import { until, type Work } from './work';

/** A project, its build or its training failed; the message says where, why, and what to do. */
export class ProjectFailedError extends Error {
  override readonly name = 'ProjectFailedError';
}

/** A project that stands. */
export interface StandingProject {
  readonly name: string;
  readonly id: string;
  /** Where people clone model-build from. */
  readonly cloneUrl: string;
}

/** What the project's first commit came to. */
export interface FirstRun {
  /** Execution of CodePipeline. */
  readonly build: string;
  /** ARN of the execution of SageMaker's pipeline. */
  readonly execution: string;
  readonly steps: readonly { readonly name: string; readonly status: string }[];
}

/** The name of a resource of a project. */
export function nameInProject(named: Named, { name, id }: Pick<LaunchedProject, 'name' | 'id'>): string {
  return NAMES[named].text.replaceAll('${SageMakerProjectName}', name).replaceAll('${SageMakerProjectId}', id);
}

/**
 * Waits until the project stands.
 * @throws ProjectFailedError with the reason of the resource that failed first
 */
export async function followProject(aws: Aws, name: string, account: Account, work: Work): Promise<StandingProject> {
  let status = '';
  const project = await until(work, async () => {
    const found = await findProject(aws, name, account);
    if (found === undefined)
      throw new ProjectFailedError(`The project ${name} was deleted while it was launched: launch it again.`);
    if (found.status !== status) work.say(`  project ${name} (${found.id}): ${found.status}`);
    status = found.status;
    return /^(Pending|CreateInProgress|UpdateInProgress|DeleteInProgress)$/.test(status) ? undefined : found;
  });
  if (!/^(CreateCompleted|UpdateCompleted)$/.test(status)) {
    throw new ProjectFailedError(
      `The project ${name} is ${status}. ${(await whyFailed(aws, project)).replace(/\.?$/, '.')} Mend that, delete the project (\`aws sagemaker delete-project --project-name ${name}\`), then launch again.`,
    );
  }
  const { GitConfig } = await aws.sagemaker.send(
    new DescribeCodeRepositoryCommand({ CodeRepositoryName: nameInProject('codeRepository', project) }),
  );
  return { name, id: project.id, cloneUrl: GitConfig?.RepositoryUrl ?? '' };
}

/**
 * Follows the first build of a project, and the training that it starts.
 * @throws ProjectFailedError
 */
export async function followFirstRun(aws: Aws, project: StandingProject, work: Work): Promise<FirstRun> {
  const build = await followBuild(aws, nameInProject('buildPipeline', project), work);
  return { build, ...(await followTraining(aws, nameInProject('trainingPipeline', project), work)) };
}

async function followBuild(
  aws: Pick<Aws, 'codebuild' | 'codepipeline'>,
  pipelineName: string,
  work: Work,
): Promise<string> {
  const { codepipeline } = aws;
  const pipelineExecutionId = await until(work, async () => {
    const { pipelineExecutionSummaries = [] } = await codepipeline.send(new ListBuildsCommand({ pipelineName }));
    return pipelineExecutionSummaries.at(-1)?.pipelineExecutionId; // newest first
  });
  const told = new Map<string, string>();
  const actions = async (): Promise<readonly ActionExecutionDetail[]> => {
    const { actionExecutionDetails = [] } = await codepipeline.send(
      new ListActionExecutionsCommand({ pipelineName, filter: { pipelineExecutionId } }),
    );
    for (const { actionName = '', status = '' } of actionExecutionDetails.toReversed()) {
      if (told.get(actionName) !== status) work.say(`  build: ${actionName} ${status}`);
      told.set(actionName, status);
    }
    return actionExecutionDetails;
  };
  const status = await until(work, async () => {
    await actions();
    const { pipelineExecution } = await codepipeline.send(
      new GetPipelineExecutionCommand({ pipelineName, pipelineExecutionId }),
    );
    return /^(InProgress|Stopping)$/.test(pipelineExecution?.status ?? 'InProgress')
      ? undefined
      : pipelineExecution?.status;
  });
  if (status === 'Succeeded') return pipelineExecutionId;
  const failed = (await actions()).find((action) => action.status === 'Failed');
  const { externalExecutionId, externalExecutionSummary, errorDetails } = failed?.output?.executionResult ?? {};
  const where = failed === undefined ? '' : ` in ${failed.actionName ?? ''}`;
  const why = errorDetails?.message ?? externalExecutionSummary ?? 'CodePipeline gives no reason';
  // Of a build, CodePipeline says no more than that it failed.
  const builds = externalExecutionId?.startsWith(`${pipelineName}:`) ? await buildsOf(aws, [externalExecutionId]) : [];
  const more = builds.map((build) => ` The build failed${buildFailure(build)}`).join('');
  throw new ProjectFailedError(
    `The first build of ${pipelineName} ended as ${status}${where}: ${why.replace(/\.?$/, '.')}${more} A push to the repository builds again.`,
  );
}

async function followTraining(
  { sagemaker }: Pick<Aws, 'sagemaker'>,
  PipelineName: string,
  work: Work,
): Promise<Omit<FirstRun, 'build'>> {
  const arn = await until(work, async () => {
    const { PipelineExecutionSummaries = [] } = await sagemaker.send(
      new ListPipelineExecutionsCommand({ PipelineName, SortBy: 'CreationTime', SortOrder: 'Ascending' }),
    );
    return PipelineExecutionSummaries[0]?.PipelineExecutionArn;
  });
  const told = new Map<string, string>();
  const steps = async (): Promise<FirstRun['steps']> => {
    const { PipelineExecutionSteps = [] } = await sagemaker.send(
      new ListPipelineExecutionStepsCommand({ PipelineExecutionArn: arn, SortOrder: 'Ascending' }),
    );
    return PipelineExecutionSteps.map(({ StepName: name = '', StepStatus: status = '' }) => {
      if (told.get(name) !== status) work.say(`  training: ${name} ${status}`);
      told.set(name, status);
      return { name, status };
    });
  };
  const { status, reason } = await until(work, async () => {
    await steps();
    const found = await sagemaker.send(new DescribePipelineExecutionCommand({ PipelineExecutionArn: arn }));
    const now = found.PipelineExecutionStatus ?? 'Executing';
    return /^(Executing|Stopping)$/.test(now) ? undefined : { status: now, reason: found.FailureReason };
  });
  if (status === 'Succeeded') return { execution: arn, steps: await steps() };
  throw new ProjectFailedError(
    `The first execution ${arn} ended as ${status}: ${reason ?? 'SageMaker gives no reason'}. In model-build, \`npm run pipeline -- wait ${arn}\` says more.`,
  );
}
