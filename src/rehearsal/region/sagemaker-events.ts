// What SageMaker tells EventBridge, in its words.
// Source: SageMaker Developer Guide, "Events that Amazon SageMaker AI sends to Amazon EventBridge".
import { assumed, behavioursOf, documented } from './behaviour';
import type { RegionEvent } from './events';
import type { World } from './sagemaker';
import type { ServiceEvent } from './setting';

const GUIDE = 'SageMaker Developer Guide, "Events that Amazon SageMaker AI sends to Amazon EventBridge"';

export const SAGEMAKER_EVENT_BEHAVIOURS = behavioursOf('sagemaker:events', [
  documented('Each status of a pipeline execution, and of a step, is an event.', GUIDE),
  documented('A model package that is registered, or decided on, is an event.', GUIDE),
  assumed('ARNs of pipelines and executions are in lower case, as AWS’s drift-detection sample expects them.'),
  assumed('Each comes once; SageMaker may send several.'),
]);

/** Makes the function that says an event of the region in SageMaker's words; undefined where SageMaker says nothing. */
export function sagemakerEvents(world: World) {
  const statuses = new Map<string, string>();
  const previously = (key: string, status: string): string | undefined => {
    const before = statuses.get(key);
    statuses.set(key, status);
    return before;
  };
  const ofExecution = (arn: string) => {
    const execution = world.executions.get(arn.slice(arn.lastIndexOf('/') + 1));
    const pipelineArn = (execution?.PipelineArn ?? '').toLowerCase();
    return { execution, pipelineArn, pipelineExecutionArn: arn.toLowerCase() };
  };
  return (event: RegionEvent): ServiceEvent | undefined => {
    switch (event.kind) {
      case 'execution': {
        const { execution, pipelineArn, pipelineExecutionArn } = ofExecution(event.arn);
        return {
          source: 'aws.sagemaker',
          type: 'SageMaker Model Building Pipeline Execution Status Change',
          resources: [pipelineArn, pipelineExecutionArn],
          detail: {
            pipelineExecutionDisplayName: execution?.PipelineExecutionDisplayName,
            currentPipelineExecutionStatus: event.status,
            previousPipelineExecutionStatus: previously(event.arn, event.status),
            executionStartTime: time(execution?.CreationTime),
            ...(event.status !== 'Executing' && { executionEndTime: time(execution?.LastModifiedTime) }),
            pipelineExecutionDescription: execution?.PipelineExecutionDescription,
            pipelineArn,
            pipelineExecutionArn,
          },
        };
      }
      case 'step': {
        const { step, executionArn } = event;
        const { execution, pipelineArn, pipelineExecutionArn } = ofExecution(executionArn);
        const metadata: readonly [string, unknown][] = Object.entries(step.Metadata ?? {});
        const [kind, made] = metadata[0] ?? [];
        const definition = execution === undefined ? undefined : stepType(world, execution.PipelineArn, step.StepName);
        return {
          source: 'aws.sagemaker',
          type: 'SageMaker Model Building Pipeline Execution Step Status Change',
          resources: [pipelineArn, pipelineExecutionArn],
          detail: {
            metadata: kind === undefined ? {} : { [kind.slice(0, 1).toLowerCase() + kind.slice(1)]: lowered(made) },
            stepStartTime: step.StartTime.toISOString(),
            stepEndTime: step.EndTime?.toISOString(),
            stepName: step.StepName,
            stepType: definition ?? kind?.replace(/Job$/, ''),
            previousStepStatus: previously(`${executionArn}/${step.StepName}`, step.StepStatus),
            currentStepStatus: step.StepStatus,
            ...(step.FailureReason !== undefined && { failureReason: step.FailureReason }),
            ...(step.CacheHitResult !== undefined && { cacheHitResult: step.CacheHitResult }),
            pipelineArn,
            pipelineExecutionArn,
          },
        };
      }
      case 'package': {
        const found = world.packages.get(event.arn.slice(event.arn.indexOf('/') + 1));
        if (found === undefined) return undefined;
        return {
          source: 'aws.sagemaker',
          type: 'SageMaker Model Package State Change',
          resources: [event.arn],
          detail: {
            ...found,
            CreationTime: time(found.CreationTime),
            ...('LastModifiedTime' in found && { LastModifiedTime: time(found.LastModifiedTime) }),
            CertifyForMarketplace: false,
          },
        };
      }
      default:
        return undefined;
    }
  };
}

function time(seconds: unknown): string | undefined {
  return typeof seconds === 'number' ? new Date(seconds * 1000).toISOString() : undefined;
}

/** Members begin with a small letter in events. */
function lowered(made: unknown): unknown {
  if (typeof made !== 'object' || made === null) return made;
  return Object.fromEntries(
    Object.entries(made).map(([name, value]) => [name.slice(0, 1).toLowerCase() + name.slice(1), value as unknown]),
  );
}

function stepType(world: World, pipelineArn: string, name: string): string | undefined {
  const pipeline = world.pipelines.all().find((one) => one.PipelineArn === pipelineArn);
  const version = world.versions.get(`${pipeline?.PipelineName ?? ''}/${pipeline?.LatestVersion ?? 0}`);
  const { Steps = [] } = JSON.parse(version?.PipelineDefinition ?? '{}') as { Steps?: readonly StepJson[] }; // parsed when it came
  const within = (steps: readonly StepJson[]): StepJson | undefined => {
    for (const step of steps) {
      if (step.Name === name) return step;
      const found = within([...(step.Arguments?.IfSteps ?? []), ...(step.Arguments?.ElseSteps ?? [])]);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return within(Steps)?.Type;
}

interface StepJson {
  readonly Name: string;
  readonly Type: string;
  readonly Arguments?: { readonly IfSteps?: readonly StepJson[]; readonly ElseSteps?: readonly StepJson[] };
}
