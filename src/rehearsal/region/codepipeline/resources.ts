// CodePipeline's resource type of CloudFormation.
import { textOf, type Properties, type ResourceType } from '../cloudformation/resource';
import { camel, keepsTags, smallTags } from '../cloudformation/shapes';
import type { Members } from '../service';
import { without } from '../without';

/** Source: CodePipeline API Reference, PipelineDeclaration: name. */
const LONGEST_NAME = 100;

const pipeline: ResourceType = {
  type: 'AWS::CodePipeline::Pipeline',
  properties: {
    Name: 'replaces',
    RoleArn: 'updates',
    ArtifactStore: 'updates',
    Stages: 'updates',
    PipelineType: 'updates',
    ExecutionMode: 'updates',
    Variables: 'updates',
    Tags: 'updates',
  },
  required: ['RoleArn', 'Stages'],
  attributes: ['Version'],
  async create(properties, context) {
    const name = textOf(properties, 'Name') ?? context.generatedName(LONGEST_NAME);
    const input = { pipeline: declaration(properties, name), tags: smallTags(properties, context) };
    await context.caller.call('codepipeline', 'CreatePipeline', input);
    return { physicalId: name, attributes: { Version: '1' } };
  },
  async update(physicalId, properties, before, { caller }) {
    keepsTags(properties, before);
    const input = { pipeline: declaration(properties, physicalId) };
    const { pipeline: changed } = await caller.call('codepipeline', 'UpdatePipeline', input);
    return { physicalId, attributes: { Version: String((changed as Members).version) } }; // its model says so
  },
  async delete(physicalId, _properties, { caller }) {
    await caller.call('codepipeline', 'DeletePipeline', { name: physicalId });
  },
};

function declaration(properties: Properties, name: string): Members {
  return { ...(camel(without(properties, 'Tags'), 'Configuration') as Members), name }; // an object stays one
}

export const CODEPIPELINE_RESOURCES: readonly ResourceType[] = [pipeline];
