// The launch role's policy, derived from the template: what CloudFormation's handlers do with the resources that it holds, on the
// names that it gives them, on what carries the platform's tag.
import { PLATFORM_TAG, platformNames } from '../platform';
import { HANDLERS, type HandlerActions } from './handlers';
import { LaunchPolicyError, arnPattern, valuePattern } from './resource-pattern';
import type { Resource, Template } from './synthesize';

/** A statement of a policy; ARNs are texts for `Fn::Sub`. */
export interface Statement {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** Types whose resources carry no tags that a policy could ask for: their names have to do. */
const BY_NAME = new Set(['AWS::S3::Bucket', 'AWS::S3::BucketPolicy', 'AWS::KMS::Alias']);

/**
 * @param platform the platform's name, whose tag the resources carry
 * @throws LaunchPolicyError for a resource type whose handlers are not known
 */
export function launchPolicy(template: Template, platform: string): Statement[] {
  const byType = new Map<string, string[]>();
  for (const [id, { Type }] of Object.entries(template.Resources)) {
    byType.set(Type, [...(byType.get(Type) ?? []), id]);
  }
  const types = [...byType].sort(([left], [right]) => (left < right ? -1 : 1));
  return [
    ...merged(types.flatMap(([type, ids]) => statementsOf(type, ids, template, platform))),
    ...statement('Look', unique(types.flatMap(([type]) => handlersOf(type).anywhere ?? [])), ['*']),
    ...passRole(template, platform),
    ...connections(template),
    ...aliases(template, platform),
    ...seeds(template, platform),
  ];
}

/** The policy for several templates: what any of them takes, said once. */
export function launchStatements(templates: readonly Template[], platform: string): Statement[] {
  const used = new Map<string, number>();
  return merged(templates.flatMap((template) => launchPolicy(template, platform))).map((each) => {
    const count = (used.get(each.Sid) ?? 0) + 1;
    used.set(each.Sid, count);
    // A policy names each statement once, also where releases differ in what they take.
    return count === 1 ? each : { ...each, Sid: `${each.Sid}${count}` };
  });
}

function statementsOf(type: string, ids: readonly string[], template: Template, platform: string): Statement[] {
  const { read, create, change, tag, when = {} } = handlersOf(type);
  const resources = arnsOf(type, unique(ids.map((id) => arnPattern(template, id))));
  const properties = new Set(ids.flatMap((id) => Object.keys(template.Resources[id]?.Properties ?? {})));
  const changes = [...change, ...Object.entries(when).flatMap(([name, more]) => (properties.has(name) ? more : []))];
  const name = type.replace(/^AWS/, '').replaceAll('::', '');
  if (BY_NAME.has(type)) return statement(name, [...read, ...changes, ...tag], resources);

  const asked = { [`aws:RequestTag/${PLATFORM_TAG}`]: platform };
  const carried = { [`aws:ResourceTag/${PLATFORM_TAG}`]: platform };
  const boundary = boundaryOf(ids, template);
  const bound: Record<string, string> = boundary === undefined ? {} : { 'iam:PermissionsBoundary': boundary };
  // Creating a key happens before there is one that could be named.
  const created = type === 'AWS::KMS::Key' ? ['*'] : resources;
  return [
    ...statement(`${name}Read`, read, resources),
    ...statement(`${name}Create`, create, created, { ...asked, ...bound }),
    // Tags come with the creation, and may be changed while the resource carries the platform's.
    ...statement(`${name}Tag`, tag.slice(0, 1), resources, asked),
    ...statement(`${name}Change`, [...changes, ...tag], resources, carried),
    ...statement(`${name}Bound`, boundary === undefined ? [] : ['iam:PutRolePermissionsBoundary'], resources, bound),
  ];
}

/** One statement for types that share resources: a topic, its policy and its subscriptions. */
function merged(statements: readonly Statement[]): Statement[] {
  const groups = new Map<string, Statement>();
  for (const each of statements) {
    const key = JSON.stringify([each.Resource, each.Condition]);
    const other = groups.get(key);
    groups.set(key, {
      ...each,
      Sid: other !== undefined && other.Sid.length < each.Sid.length ? other.Sid : each.Sid,
      Action: unique([...(other?.Action ?? []), ...each.Action]),
    });
  }
  return [...groups.values()];
}

/** Each service gets the roles that the template hands to it, and no other service does. */
function passRole(template: Template, platform: string): Statement[] {
  // A role that a parameter names is one of those that the parameter accepts.
  const existing = `arn:\${AWS::Partition}:iam::\${AWS::AccountId}:role/${platformNames(platform).existingRoles}*`;
  const passed = new Map<string, string[]>();
  for (const { Type, Properties = {} } of Object.values(template.Resources)) {
    const [service, roles] = rolesPassed(Type, Properties);
    for (const role of roles) {
      const pattern = valuePattern(template, role);
      passed.set(service, [...(passed.get(service) ?? []), pattern === '*' ? existing : pattern]);
    }
  }
  return [...passed].sort().flatMap(([service, roles]) =>
    statement(`PassRoleTo${service}`, ['iam:PassRole'], unique(roles), {
      'iam:PassedToService': `${service}.amazonaws.com`,
    }),
  );
}

function rolesPassed(type: string, properties: NonNullable<Resource['Properties']>): [string, readonly unknown[]] {
  switch (type) {
    case 'AWS::CodeBuild::Project':
      return ['codebuild', [properties.ServiceRole]];
    case 'AWS::CodePipeline::Pipeline':
      return ['codepipeline', [properties.RoleArn]];
    case 'AWS::Lambda::Function':
      return ['lambda', [properties.Role]];
    case 'AWS::Events::Rule':
      // CDK writes a rule's targets as a list of objects.
      return [
        'events',
        (properties.Targets as readonly { RoleArn?: unknown }[]).flatMap(({ RoleArn }) => RoleArn ?? []),
      ];
    default:
      return ['', []];
  }
}

/** A pipeline is handed the connection that its source action names; the person who launches chooses which. */
function connections(template: Template): Statement[] {
  if (!('ConnectionArn' in template.Parameters)) return [];
  return ['codeconnections', 'codestar-connections'].flatMap((service) =>
    statement(
      `PassConnection${service.replace('-', '')}`,
      [`${service}:PassConnection`],
      [`arn:\${AWS::Partition}:${service}:\${AWS::Region}:\${AWS::AccountId}:connection/*`],
    ),
  );
}

/** An alias takes permissions on its key as well, which the handlers' schema does not list. Source: KMS API Reference, CreateAlias. */
function aliases(template: Template, platform: string): Statement[] {
  const keys = Object.entries(template.Resources).filter(([, { Type }]) => Type === 'AWS::KMS::Key');
  const found = Object.values(template.Resources).some(({ Type }) => Type === 'AWS::KMS::Alias');
  return statement(
    'KMSAliasOfKey',
    found ? ['kms:CreateAlias', 'kms:DeleteAlias', 'kms:UpdateAlias'] : [],
    keys.map(([id]) => arnPattern(template, id)),
    { [`aws:ResourceTag/${PLATFORM_TAG}`]: platform },
  );
}

/** A CodeCommit repository begins with a seed of the catalog. */
function seeds(template: Template, platform: string): Statement[] {
  const repositories = Object.values(template.Resources).filter(({ Type }) => Type === 'AWS::CodeCommit::Repository');
  const bucket = platformNames(platform).catalogBucket;
  return statement('Seeds', repositories.length === 0 ? [] : ['s3:GetObject', 's3:GetObjectVersion'], [
    `arn:\${AWS::Partition}:s3:::${bucket}/releases/*`,
  ]);
}

function statement(
  sid: string,
  actions: readonly string[],
  resources: readonly string[],
  equal: Readonly<Record<string, string>> = {},
): Statement[] {
  if (actions.length === 0) return [];
  return [
    {
      Sid: sid,
      Effect: 'Allow',
      Action: unique(actions),
      Resource: resources,
      ...(Object.keys(equal).length > 0 && { Condition: { StringEquals: equal } }),
    },
  ];
}

/** Actions on log groups name them with and without what stands for their streams. */
function arnsOf(type: string, arns: readonly string[]): readonly string[] {
  return type === 'AWS::Logs::LogGroup' ? arns.flatMap((arn) => [arn, `${arn}:*`]) : arns;
}

/** The one boundary of these roles. */
function boundaryOf(ids: readonly string[], template: Template): string | undefined {
  const boundaries = ids.flatMap((id) => {
    const boundary = template.Resources[id]?.Properties?.PermissionsBoundary;
    return boundary === undefined ? [] : [valuePattern(template, boundary)];
  });
  return unique(boundaries)[0];
}

function handlersOf(type: string): HandlerActions {
  const handlers = HANDLERS[type];
  if (handlers === undefined) {
    throw new LaunchPolicyError(`No permissions are known for ${type}: add them to src/catalog/handlers.ts.`);
  }
  return handlers;
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)].sort();
}
