// What a template asks for: its resources in the order of their dependencies, and how they differ from those that are there.
import { isDeepStrictEqual } from 'node:util';
import type { Base } from '../base';
import { AwsError } from '../errors';
import { evaluate, references } from './intrinsics';
import { physicalIdAttributes, resourceType } from './types';
import { scopeOf, type Change, type Stack, type Target } from './stack';
import { templateError, type Template, type TemplateResource } from './template';

/** A template's resource whose condition holds. */
export interface PlannedResource extends TemplateResource {
  readonly logicalId: string;
  readonly dependsOn: readonly string[];
}

/** Types whose resources act for others, so that whoever makes them has to say so; those that can be named, with the property. */
const ACKNOWLEDGED: Readonly<Record<string, string>> = {
  'AWS::IAM::Role': 'RoleName',
  'AWS::IAM::ManagedPolicy': 'ManagedPolicyName',
};

/**
 * The resources of the template whose conditions hold, each after those that it depends on.
 * @throws AwsError for a type or property that the region has not, a name that nothing has, a cycle, a capability that is missing
 */
export function plannedResources(
  base: Base,
  stack: Pick<Stack, 'id' | 'name'> & Target,
  template: Template,
): PlannedResource[] {
  const scope = scopeOf(base, stack, template, () => undefined);
  const wanted = new Map(
    Object.entries(template.Resources).filter(
      ([, { Condition }]) => Condition === undefined || scope.condition(Condition),
    ),
  );
  checkNames(template);
  const planned = [...wanted].map(([logicalId, resource]): PlannedResource => {
    checkProperties(logicalId, resource);
    const mentioned = references(resource.Properties).map(({ name }) => name);
    const dependsOn = new Set([...resource.DependsOn, ...mentioned].filter((name) => wanted.has(name)));
    return { ...resource, logicalId, dependsOn: [...dependsOn] };
  });
  checkCapabilities(planned, stack.capabilities);
  return inOrder(planned);
}

/** How the stack's resources would change. Values that are not known before other resources are made count as changed. */
export function changesOf(base: Base, stack: Stack, target: Target, template: Template): Change[] {
  const after = { ...stack, ...target };
  const planned = plannedResources(base, after, template);
  const replaced = new Set<string>();
  const scope = scopeOf(base, after, template, (logicalId) => {
    const present = stack.resources[logicalId];
    if (present?.physicalId === undefined || replaced.has(logicalId)) {
      const unknown = `{{resolved when ${logicalId} is made}}`;
      const names = physicalIdAttributes(template.Resources[logicalId]?.Type ?? '');
      return { physicalId: unknown, attributes: Object.fromEntries(names.map((name) => [name, unknown])) };
    }
    return { physicalId: present.physicalId, attributes: present.attributes };
  });
  const changes = planned.flatMap(({ logicalId, Type: type, Properties }): Change[] => {
    const present = stack.resources[logicalId];
    if (present?.physicalId === undefined) return [{ action: 'Add', logicalId, type, properties: [] }];
    const { physicalId } = present;
    const properties = changedProperties(present.properties, evaluate(Properties, scope) as Record<string, unknown>);
    if (present.type !== type) throw templateError(`Update of resource type is not permitted: ${logicalId}`);
    const tagged = stack.tags.length !== target.tags.length || !isDeepStrictEqual(stack.tags, target.tags);
    if (properties.length === 0 && !(tagged && resourceType(type).properties.Tags !== undefined)) return [];
    const replacement = replaces(type, properties) ? 'True' : 'False';
    if (replacement === 'True') replaced.add(logicalId);
    return [{ action: 'Modify', logicalId, type, physicalId, replacement, properties }];
  });
  const names = new Set(planned.map(({ logicalId }) => logicalId));
  const removed = Object.values(stack.resources)
    .filter(({ logicalId, physicalId }) => !names.has(logicalId) && physicalId !== undefined)
    .map(({ logicalId, type, physicalId }): Change => ({
      action: 'Remove',
      logicalId,
      type,
      physicalId,
      properties: [],
    }));
  return [...changes, ...removed];
}

export function changedProperties(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.filter((name) => !isDeepStrictEqual(before[name], after[name]));
}

export function replaces(type: string, properties: readonly string[]): boolean {
  const known = resourceType(type).properties;
  return properties.some((name) => known[name] === 'replaces');
}

function checkProperties(logicalId: string, { Type, Properties }: TemplateResource): void {
  const { properties, required = [], open = false } = resourceType(Type);
  const unknown = open ? [] : Object.keys(Properties).filter((name) => !(name in properties));
  if (unknown.length > 0) {
    throw templateError(
      `Properties validation failed for resource ${logicalId}: the rehearsal region has no ${unknown.join(', ')} in ${Type}; it has ${Object.keys(properties).join(', ')}.`,
    );
  }
  const missing = required.filter((name) => Properties[name] === undefined);
  if (missing.length > 0)
    throw templateError(`Properties validation failed for resource ${logicalId}: required: ${missing.join(', ')}`);
}

/** Every name that the template refers to is there. */
function checkNames(template: Template): void {
  const { Resources, Parameters, Outputs, Conditions } = template;
  for (const [logicalId, resource] of Object.entries(Resources)) {
    const named = [...references(resource.Properties), ...resource.DependsOn.map((name) => ({ name }))];
    check(named, `Resources block of the template (${logicalId})`);
    if (resource.Condition !== undefined && !(resource.Condition in Conditions))
      throw templateError(`Template format error: Unresolved condition ${resource.Condition} of ${logicalId}`);
  }
  check(references(Outputs), 'Outputs block of the template');

  function check(named: readonly { name: string; attribute?: string }[], where: string): void {
    const unresolved = named.filter(
      ({ name }) => !(name in Resources) && !(name in Parameters) && !name.startsWith('AWS::'),
    );
    if (unresolved.length > 0) {
      const names = unresolved.map(({ name }) => name).join(', ');
      throw templateError(`Template format error: Unresolved resource dependencies [${names}] in the ${where}`);
    }
    for (const { name, attribute } of named) {
      const type = Resources[name]?.Type;
      if (attribute === undefined || type === undefined) continue;
      const { open = false, attributes = [] } = resourceType(type);
      if (!open && !attributes.includes(attribute))
        throw templateError(
          `Template error: resource ${name} does not support attribute type ${attribute} in Fn::GetAtt`,
        );
    }
  }
}

/**
 * What has to be acknowledged before resources are made.
 * Source: CloudFormation API Reference, CreateStack: Capabilities.
 */
export function capabilitiesOf(resources: readonly TemplateResource[]): ('CAPABILITY_IAM' | 'CAPABILITY_NAMED_IAM')[] {
  const acting = resources.filter(({ Type }) => Type in ACKNOWLEDGED);
  if (acting.length === 0) return [];
  const named = acting.some(({ Type, Properties }) => Properties[ACKNOWLEDGED[Type] ?? ''] !== undefined);
  return [named ? 'CAPABILITY_NAMED_IAM' : 'CAPABILITY_IAM'];
}

function checkCapabilities(planned: readonly PlannedResource[], given: readonly string[]): void {
  const [needed] = capabilitiesOf(planned);
  if (needed === undefined || given.includes('CAPABILITY_NAMED_IAM') || given.includes(needed)) return;
  throw new AwsError('InsufficientCapabilitiesException', `Requires capabilities : [${needed}]`);
}

/** @throws AwsError ValidationError for a cycle */
function inOrder(planned: readonly PlannedResource[]): PlannedResource[] {
  const ordered: PlannedResource[] = [];
  const placed = new Set<string>();
  while (ordered.length < planned.length) {
    const ready = planned.filter(
      ({ logicalId, dependsOn }) => !placed.has(logicalId) && dependsOn.every((name) => placed.has(name)),
    );
    if (ready.length === 0) {
      const left = planned.filter(({ logicalId }) => !placed.has(logicalId)).map(({ logicalId }) => logicalId);
      throw templateError(`Circular dependency between resources: [${left.join(', ')}]`);
    }
    ordered.push(...ready);
    for (const { logicalId } of ready) placed.add(logicalId);
  }
  return ordered;
}
