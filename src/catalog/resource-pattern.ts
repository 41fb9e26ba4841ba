// ARNs of a template's resources as patterns: what the two parameters of a project fill in becomes `*`.
import type { Resource, Template } from './synthesize';

/** A template holds something that its launch policy cannot be derived from. */
export class LaunchPolicyError extends Error {
  override readonly name = 'LaunchPolicyError';
}

const HERE = '${AWS::Region}:${AWS::AccountId}';
const P = 'arn:${AWS::Partition}';

/** ARN of a resource by its type, from its names; texts for `Fn::Sub`. */
const ARNS: Readonly<Record<string, (text: (property: string) => string) => string>> = {
  'AWS::S3::Bucket': (text) => `${P}:s3:::${text('BucketName')}`,
  'AWS::S3::BucketPolicy': (text) => `${P}:s3:::${text('Bucket')}`,
  'AWS::IAM::Role': (text) => `${P}:iam::\${AWS::AccountId}:role/${text('RoleName')}`,
  'AWS::Lambda::Function': (text) => `${P}:lambda:${HERE}:function:${text('FunctionName')}`,
  'AWS::Lambda::Permission': (text) => `${P}:lambda:${HERE}:function:${text('FunctionName')}`,
  'Custom::ProjectHook': (text) => text('ServiceToken'),
  'AWS::Logs::LogGroup': (text) => `${P}:logs:${HERE}:log-group:${text('LogGroupName')}`,
  'AWS::Events::Rule': (text) => `${P}:events:${HERE}:rule/${text('Name')}`,
  'AWS::SNS::Topic': (text) => `${P}:sns:${HERE}:${text('TopicName')}`,
  'AWS::SNS::TopicPolicy': (text) => text('Topics'),
  'AWS::SNS::Subscription': (text) => text('TopicArn'),
  'AWS::KMS::Key': () => `${P}:kms:${HERE}:key/*`,
  'AWS::KMS::Alias': (text) => `${P}:kms:${HERE}:${text('AliasName')}`,
  'AWS::CodePipeline::Pipeline': (text) => `${P}:codepipeline:${HERE}:${text('Name')}`,
  'AWS::CodeBuild::Project': (text) => `${P}:codebuild:${HERE}:project/${text('Name')}`,
  'AWS::CodeCommit::Repository': (text) => `${P}:codecommit:${HERE}:${text('RepositoryName')}`,
  'AWS::SageMaker::ModelPackageGroup': (text) =>
    `${P}:sagemaker:${HERE}:model-package-group/${text('ModelPackageGroupName')}`,
  'AWS::SageMaker::CodeRepository': (text) => `${P}:sagemaker:${HERE}:code-repository/${text('CodeRepositoryName')}`,
};

/** Types whose `Ref` is an ARN; that of others is their name. */
const REF_IS_ARN = new Set(['AWS::SNS::Topic']);
/** Property that `Ref` answers with. */
const REF_NAMES: Readonly<Record<string, string>> = {
  'AWS::S3::Bucket': 'BucketName',
  'AWS::Lambda::Function': 'FunctionName',
  'AWS::Logs::LogGroup': 'LogGroupName',
  'AWS::CodeBuild::Project': 'Name',
};

/**
 * ARN of a resource of a template.
 * @returns text for `Fn::Sub`, with pseudo parameters and `*`
 * @throws LaunchPolicyError for a type that is not known here
 */
export function arnPattern(template: Template, id: string): string {
  const resource = resourceOf(template, id);
  const arn = ARNS[resource.Type];
  if (arn === undefined) throw unknown(id, resource);
  return arn((property) => valuePattern(template, resource.Properties?.[property]));
}

/** A string of a template, or an expression that yields one, as a pattern. A list counts by its only member. */
export function valuePattern(template: Template, value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value) && value.length === 1) return valuePattern(template, value[0]);
  if (typeof value === 'object' && value !== null) {
    if ('Fn::Sub' in value && typeof value['Fn::Sub'] === 'string') return patternOf(value['Fn::Sub']);
    if ('Ref' in value && typeof value.Ref === 'string') return refPattern(template, value.Ref);
    if ('Fn::GetAtt' in value && Array.isArray(value['Fn::GetAtt'])) {
      const [id, attribute] = value['Fn::GetAtt'] as readonly string[];
      if (id !== undefined && attribute === 'Arn') return arnPattern(template, id);
    }
  }
  throw new LaunchPolicyError(`No name can be told of ${JSON.stringify(value)}: write it with Fn::Sub, Ref or an Arn.`);
}

function refPattern(template: Template, id: string): string {
  if (id.startsWith('AWS::')) return `\${${id}}`;
  if (id in template.Parameters) return '*';
  const resource = resourceOf(template, id);
  if (REF_IS_ARN.has(resource.Type)) return arnPattern(template, id);
  const name = REF_NAMES[resource.Type];
  if (name === undefined) throw unknown(id, resource);
  return valuePattern(template, resource.Properties?.[name]);
}

/** Pseudo parameters stay; every other name is one that the launch fills in. */
function patternOf(text: string): string {
  return text.replace(/\$\{(?!AWS::)[^}]+\}/g, '*').replace(/\*+/g, '*');
}

function resourceOf(template: Template, id: string): Resource {
  const resource = template.Resources[id];
  if (resource === undefined) throw new LaunchPolicyError(`The template names ${id}, which it does not hold.`);
  return resource;
}

function unknown(id: string, { Type }: Resource): LaunchPolicyError {
  return new LaunchPolicyError(
    `${id} is of the type ${Type}: add its permissions to src/catalog/handlers.ts and its ARN to resource-pattern.ts.`,
  );
}
