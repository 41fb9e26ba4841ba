// What the SageMaker operations share: how one is declared, what IAM is asked about it, and how they say no.
import { AwsError } from '../errors';
import {
  operationsOf,
  tagContext,
  type Access,
  type Caller,
  type Declaration,
  type Members,
  type Operation as AnyOperation,
} from '../service';
import { arn, type World } from './world';

export type { Members } from '../service';
export type Operation = AnyOperation<World>;

export const API = 'SageMaker API Reference';
export const GUIDE = 'SageMaker Developer Guide';

const declare = operationsOf<World>();

/** Declares an operation; the permission that it needs follows from its name and from what its request names. */
export function operation<Input extends object>(
  name: string,
  declaration: Declaration<Input & Members, World>,
  run: (input: Input & Members, world: World, caller: Caller) => Members | Promise<Members>,
): Operation {
  return declare<Input>(name, { access: (input, world) => accessOf(name, input, world), ...declaration }, run);
}

/**
 * The permissions of an operation: its own, those to tag and to hand on a role.
 * Source: Service Authorization Reference, "Actions, resources, and condition keys for Amazon SageMaker AI".
 */
export function accessOf(name: string, input: Members, world: World): Access[] {
  const resources = [resourceOf(name, input, world)];
  const tags = tagContext(input);
  const tagged = name.startsWith('Create') && Object.keys(tags).length > 0;
  const role = input.RoleArn ?? input.ExecutionRoleArn;
  return [
    { action: `sagemaker:${name}`, resources, context: tags },
    ...(tagged
      ? [{ action: 'sagemaker:AddTags', resources, context: { ...tags, 'sagemaker:TaggingAction': name } }]
      : []),
    ...(typeof role === 'string' ? [passRole(role)] : []),
  ];
}

/** Operations that IAM knows no resource for. */
const ANYWHERE = ['ListDomains', 'ListModelPackages', 'ListPipelines', 'ListProjects'];

/** Members that name what an operation is about, the first that is there, by the type in its ARN. */
const NAMED: readonly (readonly [string, string])[] = [
  ['EndpointName', 'endpoint'],
  ['EndpointConfigName', 'endpoint-config'],
  ['ModelPackageName', 'model-package'],
  ['ModelPackageGroupName', 'model-package-group'],
  ['ModelName', 'model'],
  ['PipelineName', 'pipeline'],
  ['ProcessingJobName', 'processing-job'],
  ['TrainingJobName', 'training-job'],
  ['CodeRepositoryName', 'code-repository'],
  ['ProjectName', 'project'],
  ['DomainId', 'domain'],
];

function resourceOf(name: string, input: Members, world: World): string {
  const given = input.ResourceArn ?? input.PipelineExecutionArn ?? input.ModelPackageArn;
  if (typeof given === 'string') return given;
  // A version of a group: its number is not known yet.
  if (name === 'CreateModelPackage') return arn(world, `model-package/${String(input.ModelPackageGroupName)}/*`);
  const found = NAMED.find(([member]) => input[member] !== undefined);
  if (ANYWHERE.includes(name) || found === undefined) return '*';
  const [member, type] = found;
  const named = String(input[member]);
  return named.startsWith('arn:') ? named : arn(world, `${type}/${named}`);
}

function passRole(roleArn: string): Access {
  return {
    action: 'iam:PassRole',
    resources: [roleArn],
    context: { 'iam:PassedToService': 'sagemaker.amazonaws.com' },
  };
}

export function invalid(message: string): AwsError {
  return new AwsError('ValidationException', message);
}

export function notFound(message: string): AwsError {
  return new AwsError('ResourceNotFound', message);
}
