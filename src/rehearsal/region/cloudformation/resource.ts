// What CloudFormation asks of a resource type. A service's types lie beside it in its `resources.ts`.
import { AwsError } from '../errors';
import type { Caller } from '../service';

/** A resource's properties, or a part of them, after intrinsic functions. */
export type Properties = Readonly<Record<string, unknown>>;

export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

/** Whose resource it is, and who makes it. */
export interface ResourceContext {
  readonly account: string;
  readonly region: string;
  readonly stackName: string;
  readonly stackId: string;
  readonly logicalId: string;
  readonly type: string;
  /** The stack's; a resource's own tags win over them (see {@link tagsOf}). */
  readonly stackTags: readonly Tag[];
  /** The role that the stack has, or whoever changes it: every call of a resource type goes through here. */
  readonly caller: Caller;
  /** A name for a resource that was given none, of the form `stack-logicalid-random`. */
  generatedName(longest: number): string;
  /** A presigned URL for the answer to a custom resource's request, and what takes the answer once it is there. */
  responseAt(requestId: string): { readonly url: string; take(): Promise<string | undefined> };
  /** Aborted when the region closes. */
  readonly signal: AbortSignal;
}

/** A resource as it is after a create or an update. */
export interface Resource {
  /** What `Ref` gives. */
  readonly physicalId: string;
  /** What `Fn::GetAtt` gives, by name. */
  readonly attributes?: Readonly<Record<string, string>>;
}

/** A change of the property replaces the resource, or is made in its place. */
export type OnChange = 'replaces' | 'updates';

export interface ResourceType {
  /** For example `AWS::SNS::Topic`. */
  readonly type: string;
  /** Every property that is heeded; a template with any other is refused. */
  readonly properties: Readonly<Record<string, OnChange>>;
  readonly required?: readonly string[];
  /** Properties and attributes may have any name, as those of custom resources do. */
  readonly open?: boolean;
  /** Names that `Fn::GetAtt` may ask for. */
  readonly attributes?: readonly string[];
  /** @throws AwsError, whose message becomes the resource's status reason */
  create(properties: Properties, context: ResourceContext): Promise<Resource>;
  /** Called for changes that replace nothing. */
  update(physicalId: string, properties: Properties, before: Properties, context: ResourceContext): Promise<Resource>;
  /** Deletes what may be gone already. */
  delete(physicalId: string, properties: Properties, context: ResourceContext): Promise<void>;
}

/** The tags of a resource: its own over its stack's. */
export function tagsOf({ Tags = [] }: Properties, { stackTags }: ResourceContext): Tag[] {
  const own = Tags as readonly Tag[]; // the call that creates the resource checks them
  return [...new Map([...stackTags, ...own].map((tag) => [tag.Key, { Key: tag.Key, Value: tag.Value }])).values()];
}

/** Those of the properties that are named, as they stand. */
export function picked(properties: Properties, ...names: readonly string[]): Properties {
  return Object.fromEntries(
    names.filter((name) => properties[name] !== undefined).map((name) => [name, properties[name]]),
  );
}

/** A property that is text; undefined when there is none. */
export function textOf(properties: Properties, name: string): string | undefined {
  const value = properties[name];
  if (value === undefined || typeof value === 'string') return value;
  throw new AwsError('ValidationError', `Properties validation failed: ${name} must be a string.`);
}
