// Names of what Lambda and callback steps need in the account: a function for each version of a step's code, a queue a step.
import { DefinitionError } from './builder';
import type { Environment } from './environment';

/** Characters of a bundle's hash in a function's name. Source of the limit of 64: Lambda API Reference, CreateFunction. */
const HASH_LENGTH = 8;

/** All of them begin so, which is what the roles of a launched project are allowed. */
export function resourceName({ projectId }: Pick<Environment, 'projectId'>, step: string): string {
  return `sagemaker-${projectId}-step-${step}`;
}

/** A function never changes: other code is another function, so that an execution runs what its pipeline's version was made with. */
export function functionName(environment: Environment, step: string, hash: string): string {
  return `${resourceName(environment, step)}-${hash.slice(0, HASH_LENGTH)}`;
}

export function functionArn(environment: Environment, step: string, hash: string): string {
  const { partition, account } = accountOf(environment);
  return `arn:${partition}:lambda:${environment.region}:${account}:function:${functionName(environment, step, hash)}`;
}

/** The group that functions of steps log to; the project's template makes it, with its retention. */
export function functionLogGroup({ projectId }: Environment): string {
  return `/aws/lambda/sagemaker-${projectId}-steps`;
}

/** Source: SQS Developer Guide, "Queue URLs". */
export function queueUrl(environment: Environment, step: string): string {
  const { partition, account } = accountOf(environment);
  const domain = partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
  return `https://sqs.${environment.region}.${domain}/${account}/${resourceName(environment, step)}`;
}

/** @throws DefinitionError when the role's ARN is none */
function accountOf({ roleArn }: Environment): { partition: string; account: string } {
  const [, partition, account] = /^arn:([^:]+):iam::(\d{12}):/.exec(roleArn) ?? [];
  if (partition === undefined || account === undefined)
    throw new DefinitionError(`SAGEMAKER_PIPELINE_ROLE_ARN is no ARN of a role: ${roleArn}`);
  return { partition, account };
}
