// What is there under a name, and whom a call on it asks about.
import { AwsError } from '../errors';
import { pipelineArn, type Execution, type Pipeline, type PipelineWorld } from './world';

export const API = 'CodePipeline API Reference';

export const GUIDE = 'CodePipeline User Guide';

export const onPipeline =
  (action: string) => (input: { readonly name?: string; readonly pipelineName?: string }, world: PipelineWorld) => [
    { action: `codepipeline:${action}`, resources: [pipelineArn(world, input.name ?? input.pipelineName ?? '')] },
  ];

export function existing({ pipelines, account }: PipelineWorld, name: string): Pipeline {
  const found = pipelines.get(name);
  if (found === undefined) {
    throw new AwsError(
      'PipelineNotFoundException',
      `Account '${account}' does not have a pipeline with name '${name}'`,
    );
  }
  return found;
}

export function existingExecution(world: PipelineWorld, name: string, id: string): Execution {
  existing(world, name);
  const found = world.executions.get(id);
  if (found?.pipeline !== name)
    throw new AwsError('PipelineExecutionNotFoundException', `The pipeline ${name} has no execution ${id}.`);
  return found;
}

export function defaults({ declaration: { variables = [] } }: Pipeline): Record<string, string> {
  return Object.fromEntries(
    variables.flatMap(({ name, defaultValue }) => (defaultValue === undefined ? [] : [[name, defaultValue]])),
  );
}
