// What `Execution.…` refers to.
import { Float, type Value } from './json';

/** What an execution is called, and when it began. */
export interface ExecutionVariables {
  readonly PipelineName: string;
  readonly PipelineArn: string;
  readonly PipelineExecutionId: string;
  readonly PipelineExecutionArn: string;
  readonly StartDateTime: Date;
}

/** Names that can stand behind `Execution.`; those of jobs are left out, since only the job itself has them. */
export const EXECUTION_VARIABLES: readonly string[] = [
  'PipelineName',
  'PipelineArn',
  'PipelineExecutionId',
  'PipelineExecutionArn',
  'StartDateTime',
  'CurrentDateTime',
];

/** Dates are seconds since 1970, as the SDK's local executor has them. */
export function executionVariable(name: string, variables: ExecutionVariables, now: Date): Value | undefined {
  switch (name) {
    case 'StartDateTime':
      return new Float(variables.StartDateTime.getTime() / 1000);
    case 'CurrentDateTime':
      return new Float(now.getTime() / 1000);
    case 'PipelineName':
    case 'PipelineArn':
    case 'PipelineExecutionId':
    case 'PipelineExecutionArn':
      return variables[name];
    default:
      return undefined;
  }
}
