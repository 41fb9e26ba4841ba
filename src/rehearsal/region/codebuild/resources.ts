// CodeBuild's resource type of CloudFormation.
import { textOf, type Properties, type ResourceType } from '../cloudformation/resource';
import { camel, smallTags } from '../cloudformation/shapes';
import type { Members } from '../service';

/** Source: CodeBuild API Reference, CreateProject: name. */
const LONGEST_NAME = 150;

const project: ResourceType = {
  type: 'AWS::CodeBuild::Project',
  properties: {
    Name: 'replaces',
    Description: 'updates',
    ServiceRole: 'updates',
    Source: 'updates',
    Artifacts: 'updates',
    Environment: 'updates',
    EncryptionKey: 'updates',
    LogsConfig: 'updates',
    TimeoutInMinutes: 'updates',
    QueuedTimeoutInMinutes: 'updates',
    VpcConfig: 'updates',
    Tags: 'updates',
  },
  required: ['ServiceRole', 'Source', 'Artifacts', 'Environment'],
  attributes: ['Arn'],
  async create(properties, context) {
    const name = textOf(properties, 'Name') ?? context.generatedName(LONGEST_NAME);
    const input = { ...members(properties), name, tags: smallTags(properties, context) };
    return asResource(await context.caller.call('codebuild', 'CreateProject', input));
  },
  async update(physicalId, properties, _before, context) {
    const input = { ...members(properties), name: physicalId, tags: smallTags(properties, context) };
    return asResource(await context.caller.call('codebuild', 'UpdateProject', input));
  },
  async delete(physicalId, _properties, { caller }) {
    await caller.call('codebuild', 'DeleteProject', { name: physicalId });
  },
};

function members(properties: Properties): Members {
  const { source, ...others } = camel(properties) as { readonly source: Members }; // `Source` is required
  const { buildSpec, ...rest } = source;
  return { ...others, source: { ...rest, ...(buildSpec !== undefined && { buildspec: buildSpec }) } };
}

function asResource(output: Members) {
  const { name, arn } = output.project as Members; // its model says so
  return { physicalId: String(name), attributes: { Arn: String(arn) } };
}

export const CODEBUILD_RESOURCES: readonly ResourceType[] = [project];
