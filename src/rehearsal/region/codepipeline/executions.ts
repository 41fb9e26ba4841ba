// Executions: started by a call or a push, stopped, and decided on by people.
import { assumed, documented } from '../behaviour';
import { AwsError } from '../errors';
import type { HostedPush } from '../git';
import { now } from '../setting';
import { providerOf } from './declaration';
import { tellExecution } from './events';
import { change, executionKey, startExecution } from './execute';
import { API, defaults, existing, existingExecution, GUIDE, onPipeline } from './lookup';
import { operation, pipelineArn, type Decision, type PipelineWorld } from './world';

const startPipelineExecution = operation<{ name: string; variables?: readonly { name: string; value: string }[] }>(
  'StartPipelineExecution',
  {
    claims: [
      documented('Variables that the pipeline declares take their values, or their defaults.', `${GUIDE}, "Variables"`),
      assumed(
        'Executions of a pipeline run one after the other; of those that wait, SUPERSEDED runs the newest, QUEUED all.',
      ),
    ],
    refuses: ['sourceRevisions'],
    access: onPipeline('StartPipelineExecution'),
  },
  ({ name, variables = [] }, world, caller) => {
    const pipeline = existing(world, name);
    const values: Record<string, string> = { ...defaults(pipeline) };
    for (const given of variables) {
      if (!pipeline.declaration.variables?.some((one) => one.name === given.name)) {
        throw new AwsError('ValidationException', `The pipeline ${name} has no variable ${given.name}.`);
      }
      values[given.name] = given.value;
    }
    const lacking = (pipeline.declaration.variables ?? []).filter((one) => !(one.name in values));
    if (lacking.length > 0)
      throw new AwsError(
        'ValidationException',
        `The variable ${lacking.map((one) => one.name).join(', ')} has no value.`,
      );
    const isRule = caller.principal.session.endsWith('/events');
    const trigger = {
      triggerType: isRule ? 'CloudWatchEvent' : 'StartPipelineExecution',
      triggerDetail: caller.principal.session,
    };
    return { pipelineExecutionId: startExecution(world, pipeline, trigger, values).id };
  },
);

const stopPipelineExecution = operation<{ pipelineName: string; pipelineExecutionId: string; reason?: string }>(
  'StopPipelineExecution',
  {
    claims: [
      assumed(
        'Actions under way are abandoned, whether or not that is asked for; a build ends with them, in nobody’s name.',
      ),
    ],
    access: onPipeline('StopPipelineExecution'),
  },
  ({ pipelineName, pipelineExecutionId: id, reason }, world) => {
    const execution = existingExecution(world, pipelineName, id);
    if (execution.status !== 'InProgress')
      throw new AwsError('PipelineExecutionNotStoppableException', `The execution ${id} is ${execution.status}.`);
    tellExecution(
      world,
      change(world, id, () => ({ status: 'Stopping', ...(reason && { statusSummary: reason }) })),
    );
    world.running.stop(executionKey(world, id));
    return { pipelineExecutionId: id };
  },
);

const putApprovalResult = operation<{
  pipelineName: string;
  stageName: string;
  actionName: string;
  result: Decision;
  token: string;
}>(
  'PutApprovalResult',
  {
    claims: [
      documented(
        'A rejected approval fails its action and the execution.',
        `${GUIDE}, "Manage approval actions in pipelines"`,
      ),
      documented('A token that is not the waiting one’s: InvalidApprovalTokenException.', `${API}, PutApprovalResult`),
    ],
    access: ({ pipelineName, stageName, actionName }, world) => [
      {
        action: 'codepipeline:PutApprovalResult',
        resources: [`${pipelineArn(world, pipelineName)}/${stageName}/${actionName}`],
      },
    ],
  },
  ({ pipelineName, result, token }, world) => {
    existing(world, pipelineName);
    const decide = world.approvals.get(token);
    if (decide === undefined) throw new AwsError('InvalidApprovalTokenException', 'The approval token is not valid.');
    decide(result);
    return { approvedAt: now() };
  },
);

/** A push to a connected repository starts the pipelines that read it. */
export function startAtPush(world: PipelineWorld, { repository, branch }: HostedPush): void {
  for (const pipeline of world.pipelines.all()) {
    const listens = pipeline.declaration.stages[0]?.actions.some(
      (action) =>
        providerOf(action) === 'Source/CodeStarSourceConnection' &&
        action.configuration?.FullRepositoryId === repository &&
        action.configuration.BranchName === branch &&
        (action.configuration.DetectChanges ?? 'true') !== 'false',
    );
    if (listens)
      startExecution(world, pipeline, { triggerType: 'WebhookV2', triggerDetail: repository }, defaults(pipeline));
  }
}

export const EXECUTION_OPERATIONS = [startPipelineExecution, stopPipelineExecution, putApprovalResult];
