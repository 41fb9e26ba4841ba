// SageMaker's resource types of CloudFormation.
import { picked, tagsOf, textOf, type ResourceType } from '../cloudformation/resource';

const modelPackageGroup: ResourceType = {
  type: 'AWS::SageMaker::ModelPackageGroup',
  properties: { ModelPackageGroupName: 'replaces', ModelPackageGroupDescription: 'replaces', Tags: 'updates' },
  required: ['ModelPackageGroupName'],
  async create(properties, context) {
    const { ModelPackageGroupArn } = await context.caller.call('sagemaker', 'CreateModelPackageGroup', {
      ...picked(properties, 'ModelPackageGroupName', 'ModelPackageGroupDescription'),
      Tags: tagsOf(properties, context),
    });
    return { physicalId: String(ModelPackageGroupArn) };
  },
  async update(physicalId, properties, _before, context) {
    await context.caller.call('sagemaker', 'AddTags', { ResourceArn: physicalId, Tags: tagsOf(properties, context) });
    return { physicalId };
  },
  async delete(physicalId, _properties, { caller }) {
    await caller.call('sagemaker', 'DeleteModelPackageGroup', { ModelPackageGroupName: physicalId });
  },
};

const codeRepository: ResourceType = {
  type: 'AWS::SageMaker::CodeRepository',
  properties: { CodeRepositoryName: 'replaces', GitConfig: 'replaces', Tags: 'updates' },
  required: ['GitConfig'],
  attributes: ['CodeRepositoryName'],
  async create(properties, context) {
    const CodeRepositoryName = textOf(properties, 'CodeRepositoryName') ?? context.generatedName(LONGEST_NAME);
    const { CodeRepositoryArn } = await context.caller.call('sagemaker', 'CreateCodeRepository', {
      CodeRepositoryName,
      GitConfig: properties.GitConfig,
      Tags: tagsOf(properties, context),
    });
    return { physicalId: String(CodeRepositoryArn), attributes: { CodeRepositoryName } };
  },
  async update(physicalId, properties, _before, context) {
    await context.caller.call('sagemaker', 'AddTags', { ResourceArn: physicalId, Tags: tagsOf(properties, context) });
    return { physicalId, attributes: { CodeRepositoryName: physicalId.slice(physicalId.lastIndexOf('/') + 1) } };
  },
  async delete(physicalId, _properties, { caller }) {
    const CodeRepositoryName = physicalId.slice(physicalId.lastIndexOf('/') + 1);
    await caller.call('sagemaker', 'DeleteCodeRepository', { CodeRepositoryName });
  },
};

/** Source: botocore 1.44.5, EntityName. */
const LONGEST_NAME = 63;

export const SAGEMAKER_RESOURCES: readonly ResourceType[] = [modelPackageGroup, codeRepository];
