// CodePipeline: pipelines of source, build and approval, and their executions.
import { assumed, behavioursOf, documented } from '../behaviour';
import { CODEPIPELINE_MODEL } from '../model';
import { behavioursOfApi, type ApiDeclaration } from '../service';
import { EXECUTION_OPERATIONS } from './executions';
import { GUIDE } from './lookup';
import { PIPELINE_OPERATIONS } from './pipelines';
import { PROGRESS_OPERATIONS } from './progress';
import type { PipelineWorld } from './world';

export { failInterruptedExecutions as failInterruptedPipelines } from './execute';
export { startAtPush } from './executions';
export { createPipelineWorld, type PipelineWorld } from './world';

export const CODEPIPELINE_API: ApiDeclaration<PipelineWorld> = {
  name: 'codepipeline',
  model: CODEPIPELINE_MODEL,
  operations: [...PIPELINE_OPERATIONS, ...EXECUTION_OPERATIONS, ...PROGRESS_OPERATIONS],
};

export const CODEPIPELINE_BEHAVIOURS = [
  ...behavioursOfApi(CODEPIPELINE_API),
  ...behavioursOf('codepipeline:executions', [
    documented(
      'Actions of one run order run together; a failed action fails its stage and the execution.',
      `${GUIDE}, "Pipeline structure reference"`,
    ),
    documented(
      'Sources and outputs are zips in the artifact bucket, read and written in the name of the pipeline’s role.',
      `${GUIDE}, "Input and output artifacts"`,
    ),
    documented(
      'A push to the branch of a connected repository starts the pipeline, unless DetectChanges is false.',
      `${GUIDE}, "CodeStarSourceConnection"`,
    ),
    documented(
      '#{namespace.name} is a variable of an action, of the pipeline, or of the execution; one that is not there fails the action.',
      `${GUIDE}, "Variables reference"`,
    ),
    documented(
      'Each state of an execution, a stage and an action is an event.',
      `${GUIDE}, "Monitoring CodePipeline events"`,
    ),
    assumed('The repository is read once for each execution, at its branch’s head.'),
    assumed('An interrupted execution is Failed, with the reason in its summary.'),
  ]),
];
