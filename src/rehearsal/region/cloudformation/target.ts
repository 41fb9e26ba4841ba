// What a request asks a stack to become: template, parameters, tags, capabilities, role.
import { mayAssume } from '../access';
import type { Base } from '../base';
import { AwsError } from '../errors';
import { parameterValues, storedParameter, type GivenParameter } from './parameters';
import type { Tag } from './resource';
import type { CloudFormation, Stack, Target } from './stack';
import { parseTemplate, templateError, type Template } from './template';
import type { Caller } from '../service';

export interface StackRequest {
  readonly TemplateBody?: string;
  readonly TemplateURL?: string;
  readonly UsePreviousTemplate?: boolean;
  readonly Parameters?: readonly GivenParameter[];
  readonly Capabilities?: readonly string[];
  readonly RoleARN?: string;
  readonly Tags?: readonly Tag[];
  readonly DeploymentConfig?: { readonly Mode?: string; readonly DisableRollback?: boolean };
}

/** @throws AwsError when the template or its parameters are not in order */
export async function targetOf(
  world: CloudFormation,
  request: StackRequest,
  before: Stack | undefined,
  caller: Caller,
): Promise<{ target: Target; template: Template }> {
  const templateBody = await bodyOf(world, request, before);
  const template = parseTemplate(templateBody);
  const parameters = parameterValues(template.Parameters, request.Parameters ?? [], before?.parameters ?? {});
  const resolved: Record<string, string> = {};
  for (const [name, value] of Object.entries(parameters)) {
    const parameter = template.Parameters[name];
    const stored = parameter === undefined ? undefined : storedParameter(parameter, value);
    if (stored === undefined) continue;
    const answer = await caller.call('ssm', 'GetParameter', { Name: stored }).catch((error: unknown) => {
      if (error instanceof AwsError && error.code === 'ParameterNotFound') {
        throw templateError(`Unable to fetch parameters [${stored}] from parameter store for this account.`);
      }
      throw error;
    });
    resolved[name] = (answer.Parameter as { readonly Value: string }).Value; // GetParameter's answer was checked
  }
  const roleArn = request.RoleARN ?? before?.roleArn;
  if (request.RoleARN !== undefined) {
    await refuseUnlessAssumable(world, request.RoleARN);
    caller.requires({
      action: 'iam:PassRole',
      resources: [request.RoleARN],
      context: { 'iam:PassedToService': 'cloudformation.amazonaws.com' },
    });
  }
  const target: Target = {
    templateBody,
    parameters,
    resolved,
    tags: request.Tags ?? before?.tags ?? [],
    capabilities: request.Capabilities ?? before?.capabilities ?? [],
    ...(roleArn !== undefined && { roleArn }),
  };
  return { target, template };
}

/** @throws AwsError ValidationError for a role that CloudFormation cannot take */
export async function refuseUnlessAssumable({ apis }: Base, roleArn: string): Promise<void> {
  if (await mayAssume(apis, 'cloudformation.amazonaws.com', roleArn)) return;
  throw templateError(`Role ${roleArn} is invalid or cannot be assumed`);
}

/** @throws AwsError ValidationError */
export async function bodyOf(
  { storage }: Pick<CloudFormation, 'storage'>,
  request: Pick<StackRequest, 'TemplateBody' | 'TemplateURL' | 'UsePreviousTemplate'>,
  before?: Stack,
): Promise<string> {
  const { TemplateBody, TemplateURL, UsePreviousTemplate } = request;
  if (TemplateBody !== undefined) return TemplateBody;
  if (UsePreviousTemplate === true && before !== undefined) return before.templateBody;
  if (TemplateURL === undefined) throw templateError('Either Template URL or Template Body must be specified.');
  return storage.readText(objectUri(TemplateURL)).catch((error: unknown) => {
    throw templateError(`S3 error: ${error instanceof Error ? error.message : String(error)}`);
  });
}

/**
 * The object that a URL of S3 names, in path style or virtual-hosted style.
 * Source: S3 User Guide, "Virtual hosting of general purpose buckets".
 */
export function objectUri(url: string): string {
  const { hostname, pathname } = new URL(url);
  const bucket = /^(.+?)\.s3[.-]/.exec(hostname)?.[1];
  const path = decodeURIComponent(pathname).slice(1);
  return bucket === undefined ? `s3://${path}` : `s3://${bucket}/${path}`;
}
