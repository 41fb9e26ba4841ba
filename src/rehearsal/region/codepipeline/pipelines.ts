// Pipelines: made, changed, shown and deleted.
import { assumed, documented } from '../behaviour';
import { AwsError } from '../errors';
import { now } from '../setting';
import { checkDeclaration, PROVIDERS } from './declaration';
import { executionKey, startExecution } from './execute';
import { API, defaults, existing, GUIDE, onPipeline } from './lookup';
import { operation, pipelineArn, type Declaration, type Pipeline } from './world';

const createPipeline = operation<{ pipeline: Declaration; tags?: Pipeline['tags'] }>(
  'CreatePipeline',
  {
    claims: [
      documented('Creating a pipeline starts it.', `${GUIDE}, "Create a pipeline"`),
      documented('A name that is taken: PipelineNameInUseException.', `${API}, CreatePipeline`),
      documented(
        'Source actions stand in the first stage alone; an input is the output of an earlier stage.',
        `${GUIDE}, "Pipeline structure reference"`,
      ),
      assumed(
        `Actions are of ${Object.keys(PROVIDERS).join(', ')}; others are refused, as are triggers and conditions.`,
      ),
    ],
    access: ({ pipeline }, world) => [
      { action: 'codepipeline:CreatePipeline', resources: [pipelineArn(world, pipeline.name)] },
    ],
  },
  ({ pipeline: declaration, tags = [] }, world, caller) => {
    if (world.pipelines.get(declaration.name)) {
      throw new AwsError(
        'PipelineNameInUseException',
        `A pipeline with the name '${declaration.name}' already exists in account '${world.account}'`,
      );
    }
    checkDeclaration(declaration);
    caller.requires(passing(declaration.roleArn));
    const made: Pipeline = { declaration: { ...declaration, version: 1 }, created: now(), updated: now(), tags };
    world.pipelines.put(declaration.name, made);
    startExecution(
      world,
      made,
      { triggerType: 'CreatePipeline', triggerDetail: caller.principal.session },
      defaults(made),
    );
    return { pipeline: made.declaration, tags };
  },
);

const updatePipeline = operation<{ pipeline: Declaration }>(
  'UpdatePipeline',
  {
    claims: [documented('The version goes up by one; nothing is started.', `${API}, UpdatePipeline`)],
    access: ({ pipeline }, world) => [
      { action: 'codepipeline:UpdatePipeline', resources: [pipelineArn(world, pipeline.name)] },
    ],
  },
  ({ pipeline: declaration }, world, caller) => {
    const before = existing(world, declaration.name);
    checkDeclaration(declaration);
    caller.requires(passing(declaration.roleArn));
    const changed = { ...declaration, version: before.declaration.version + 1 };
    world.pipelines.put(declaration.name, { ...before, declaration: changed, updated: now() });
    return { pipeline: changed };
  },
);

const getPipeline = operation<{ name: string }>(
  'GetPipeline',
  { claims: [], refuses: ['version'], access: onPipeline('GetPipeline') },
  ({ name }, world) => {
    const { declaration, created, updated } = existing(world, name);
    return { pipeline: declaration, metadata: { pipelineArn: pipelineArn(world, name), created, updated } };
  },
);

const deletePipeline = operation<{ name: string }>(
  'DeletePipeline',
  {
    claims: [
      documented('One that is not there is no error.', `${API}, DeletePipeline`),
      assumed('What runs is stopped, and goes with it.'),
    ],
    access: onPipeline('DeletePipeline'),
  },
  ({ name }, world) => {
    world.pipelines.delete(name);
    for (const { id, pipeline, status } of world.executions.all()) {
      if (pipeline !== name) continue;
      if (status === 'InProgress' || status === 'Stopping') world.running.stop(executionKey(world, id));
      else world.executions.delete(id);
    }
    return {};
  },
);

function passing(role: string) {
  return {
    action: 'iam:PassRole',
    resources: [role],
    context: { 'iam:PassedToService': 'codepipeline.amazonaws.com' },
  };
}

export const PIPELINE_OPERATIONS = [createPipeline, updatePipeline, getPipeline, deletePipeline];
